using System.Text;
using Ploy.Relational.Changes;
using Ploy.Relational.Diff;
using Ploy.Relational.Model;

namespace Ploy.Relational.Planning;

/// <summary>
/// Tells a difference to people, in the engine's sections and words. Each section begins with an empty line; sections come by kind, then by the
/// name of the object.
/// </summary>
public static class ChangeSummary
{
    /// <summary>What is said where nothing differs; no newline behind it.</summary>
    public const string Empty = "No difference detected.";

    /// <summary>The summary; <see cref="Empty"/> where nothing differs, else it ends with a newline.</summary>
    public static string Render(SchemaDifference difference)
    {
        if (difference.IsEmpty) return Empty;
        var describer = new ChangeDescriber();
        foreach (var change in difference.Changes) change.Accept(describer);
        var text = new StringBuilder();
        foreach (var section in describer.Sections.OrderBy(s => s.Kind).ThenBy(s => s.Name, Utf8Order.Instance))
        {
            text.Append('\n').Append(section.Header).Append('\n');
            foreach (var line in section.Lines) text.Append(line).Append('\n');
        }

        return text.ToString();
    }
}

/// <summary>The sections in the order in which they are told.</summary>
internal enum SummarySection
{
    RemovedExtensions,
    AddedExtensions,
    AddedNamespaces,
    AddedEnums,
    AddedTables,
    RemovedEnums,
    RemovedTables,
    RedefinedTable,
    ChangedEnum,
    ChangedTable,
    Objects,
}

/// <summary>One section with its lines.</summary>
internal sealed record Section(SummarySection Kind, string Name, string Header)
{
    public List<string> Lines { get; } = [];
}

/// <summary>Sorts the lines of all changes into sections.</summary>
internal sealed class ChangeDescriber : SchemaChangeVisitor<bool>
{
    private readonly Dictionary<(SummarySection, string), Section> _sections = [];

    public IEnumerable<Section> Sections => _sections.Values;

    public override bool Visit(CreateNamespace change) => Item(SummarySection.AddedNamespaces, "[+] Added Schemas", change.Name);

    public override bool Visit(MoveToNamespace change)
    {
        var (name, kind) = (change.Before.Name, change.IsEnum ? "enum" : "table");
        Get(change.IsEnum ? SummarySection.ChangedEnum : SummarySection.ChangedTable, name, $"[*] Changed the `{name}` {kind}").Lines.Add($"  [*] Moved to the namespace `{change.After.Namespace}`");
        return true;
    }

    public override bool Visit(DropExtension change) => Item(SummarySection.RemovedExtensions, "[-] Removed extensions", change.Extension.Name);

    public override bool Visit(CreateExtension change) => Item(SummarySection.AddedExtensions, "[+] Added extensions", change.Extension.Name);

    public override bool Visit(CreateEnum change) => Item(SummarySection.AddedEnums, "[+] Added enums", change.Enum.Name.Name);

    public override bool Visit(AlterEnum change)
    {
        var name = change.Before.Name.Name;
        var section = Get(SummarySection.ChangedEnum, name, $"[*] Changed the `{name}` enum");
        section.Lines.AddRange(change.Added.Select(l => $"  [+] Added variant `{l}`"));
        section.Lines.AddRange(change.Removed.Select(l => $"  [-] Removed variant `{l}`"));
        return true;
    }

    public override bool Visit(DropForeignKey change) =>
        Line(change.Before, $"  [-] Removed foreign key on columns ({string.Join(", ", change.ForeignKey.Columns)})");

    public override bool Visit(DropIndex change) => Line(change.Table, "  [-] Removed " + Describe(change.Index));

    public override bool Visit(AlterTable change)
    {
        var describer = new TableDescriber();
        foreach (var inner in change.Changes) Line(change.Before, inner.Accept(describer));
        return true;
    }

    public override bool Visit(DropTable change) => Item(SummarySection.RemovedTables, "[-] Removed tables", change.Table.Name.Name);

    public override bool Visit(DropEnum change) => !change.IsReplaced && Item(SummarySection.RemovedEnums, "[-] Removed enums", change.Enum.Name.Name);

    public override bool Visit(CreateTable change) => Item(SummarySection.AddedTables, "[+] Added tables", change.Table.Name.Name);

    public override bool Visit(RedefineTables change)
    {
        foreach (var table in change.Tables)
            Get(SummarySection.RedefinedTable, table.Before.Name.Name, $"[*] Redefined table `{table.Before.Name.Name}`");
        return true;
    }

    public override bool Visit(CreateIndex change) => Line(change.After, "  [+] Added " + Describe(change.Index));

    public override bool Visit(RenameForeignKey change) =>
        Line(change.After, $"  [*] Renamed the foreign key \"{change.BeforeKey.Name}\" to \"{change.AfterKey.Name}\"");

    public override bool Visit(AddForeignKey change) =>
        Line(change.Table, $"  [+] Added foreign key on columns ({string.Join(", ", change.ForeignKey.Columns)})");

    public override bool Visit(RenameIndex change) =>
        Line(change.Before, $"  [*] Renamed index `{change.BeforeIndex.Name}` to `{change.AfterIndex.Name}`");

    public override bool Visit(RedefineIndex change) => Line(change.Before, $"  [*] Redefined index `{change.BeforeIndex.Name}`");

    public override bool Visit(CreateObject change) => Object(change.Object, change.Reason == ObjectReason.Rebuilt ? "[*] Rebuilt" : "[+] Added");

    public override bool Visit(DropObject change) => change.Reason == ObjectReason.Wanted && Object(change.Object, "[-] Removed");

    public override bool Visit(ReplaceObject change) => Object(change.After, "[*] Replaced");

    public override bool Visit(AdoptObject change) => Object(change.Object, "[=] Adopted");

    // What belongs to a table is told with it.
    private bool Object(SchemaObject item, string verb)
    {
        var line = $"  {verb} {item.Kind.Word()}{(item.Kind.IsOnlyOne() ? "" : $" `{item.Name.Name}`")}";
        if (item.Table is { } table) Get(SummarySection.ChangedTable, table.Name, $"[*] Changed the `{table.Name}` table").Lines.Add(line);
        else Get(SummarySection.Objects, "", "[*] Changed objects").Lines.Add(line);
        return true;
    }

    private static string Describe(TableIndex index) =>
        $"{(index.IsUnique ? "unique " : "")}index on columns ({string.Join(", ", index.Parts.Select(p => p.Column))})";

    private bool Item(SummarySection kind, string header, string name)
    {
        Get(kind, "", header).Lines.Add("  - " + name);
        return true;
    }

    private bool Line(Table table, string line)
    {
        Get(SummarySection.ChangedTable, table.Name.Name, $"[*] Changed the `{table.Name.Name}` table").Lines.Add(line);
        return true;
    }

    private Section Get(SummarySection kind, string name, string header)
    {
        if (!_sections.TryGetValue((kind, name), out var section)) _sections.Add((kind, name), section = new Section(kind, name, header));
        return section;
    }
}

/// <summary>One line for each change inside a table.</summary>
internal sealed class TableDescriber : TableChangeVisitor<string>
{
    public override string Visit(AddColumn change) => $"  [+] Added column `{change.Column.Name}`";

    public override string Visit(DropColumn change) => $"  [-] Removed column `{change.Column.Name}`";

    public override string Visit(AlterColumn change) =>
        $"  [*] Altered column `{change.After.Name}` ({Describe(change.Before, change.After, change.Aspects)})";

    public override string Visit(RecreateColumn change) =>
        $"  [*] Column `{change.After.Name}` would be dropped and recreated ({Describe(change.Before, change.After, change.Aspects)})";

    public override string Visit(DropPrimaryKey change) => $"  [-] Dropped the primary key on columns ({Columns(change.Key)})";

    public override string Visit(RenamePrimaryKey change) => $"  [*] Renamed the primary key on columns ({Columns(change.Before)})";

    public override string Visit(AddPrimaryKey change) => $"  [+] Added primary key on columns ({Columns(change.Key)})";

    private static string Columns(PrimaryKey key) => string.Join(", ", key.Parts.Select(p => p.Column));

    private static string Describe(Column before, Column after, ColumnAspects aspects)
    {
        var parts = new List<string>();
        if (aspects.HasFlag(ColumnAspects.Arity)) parts.Add($"changed from {before.Type.Arity} to {after.Type.Arity}");
        if (aspects.HasFlag(ColumnAspects.Default))
            parts.Add($"default changed from `{DefaultText.Describe(before.Default)}` to `{DefaultText.Describe(after.Default)}`");
        if (aspects.HasFlag(ColumnAspects.Type)) parts.Add("type changed");
        if (aspects.HasFlag(ColumnAspects.AutoIncrement))
            parts.Add(before.IsAutoIncrement ? "column is no longer autoincrementing" : "column became autoincrementing");
        if (aspects.HasFlag(ColumnAspects.Generated))
            parts.Add(after.Generated is null ? "column is no longer generated" : before.Generated is null ? "column became generated" : "what it is generated from changed");
        return string.Join(", ", parts);
    }
}
