using Ploy.Migrations.Files;
using Ploy.Relational.Changes;
using Ploy.Relational.Model;

namespace Ploy.Design.Commands;

/// <summary>Proposes a name for a migration from what it does: <c>init</c>, <c>create_orders</c>, <c>add_phone_to_customers</c>.</summary>
public sealed class NameProposal : SchemaChangeVisitor<IEnumerable<string>>
{
    private const int MaxLength = 60;

    private static readonly NameProposal Instance = new();

    private NameProposal()
    {
    }

    /// <summary>The name, slugged; never empty.</summary>
    public static string For(SchemaDifference difference)
    {
        ArgumentNullException.ThrowIfNull(difference);
        if (difference.Before.Tables.IsEmpty && difference.Before.Enums.IsEmpty) return "init";
        var phrases = difference.Changes.SelectMany(c => c.Accept(Instance)).Distinct(StringComparer.Ordinal).ToList();
        // Keys and indexes come with what they are for; alone they are what happens.
        var main = phrases.Where(p => !p.StartsWith('~')).ToList();
        if (main.Count == 0) main = [.. phrases.Select(p => p.TrimStart('~'))];
        var name = main switch
        {
            [] => "migration",
            [var only] => only,
            [var first, var second] => $"{first} and {second}",
            [var first, ..] => $"{first} and more",
        };
        var slug = MigrationNames.Slug(name);
        if (slug.Length > MaxLength && main.Count > 1) slug = MigrationNames.Slug($"{main[0]} and more");
        return slug.Length == 0 ? "migration" : slug;
    }

    /// <inheritdoc />
    public override IEnumerable<string> Visit(CreateNamespace change) => [$"~create schema {change.Name}"];

    /// <inheritdoc />
    public override IEnumerable<string> Visit(DropExtension change) => [$"~drop extension {change.Extension.Name}"];

    /// <inheritdoc />
    public override IEnumerable<string> Visit(CreateExtension change) => [$"~add extension {change.Extension.Name}"];

    /// <inheritdoc />
    public override IEnumerable<string> Visit(CreateEnum change) => [$"~add {change.Enum.Name.Name}"];

    /// <inheritdoc />
    public override IEnumerable<string> Visit(AlterEnum change) => [$"change {change.Before.Name.Name}"];

    /// <inheritdoc />
    public override IEnumerable<string> Visit(DropEnum change) => change.IsReplaced ? [] : [$"~drop {change.Enum.Name.Name}"];

    /// <inheritdoc />
    public override IEnumerable<string> Visit(DropForeignKey change) => [$"~drop foreign key of {change.Before.Name.Name}"];

    /// <inheritdoc />
    public override IEnumerable<string> Visit(AddForeignKey change) => [$"~add foreign key to {change.Table.Name.Name}"];

    /// <inheritdoc />
    public override IEnumerable<string> Visit(RenameForeignKey change) => [$"~rename foreign key of {change.After.Name.Name}"];

    /// <inheritdoc />
    public override IEnumerable<string> Visit(DropIndex change) => [$"~drop index of {change.Table.Name.Name}"];

    /// <inheritdoc />
    public override IEnumerable<string> Visit(CreateIndex change) => [$"~index {change.After.Name.Name} by {Columns(change.Index)}"];

    /// <inheritdoc />
    public override IEnumerable<string> Visit(RenameIndex change) => [$"~rename index of {change.After.Name.Name}"];

    /// <inheritdoc />
    public override IEnumerable<string> Visit(RedefineIndex change) => [$"~change index of {change.After.Name.Name}"];

    /// <inheritdoc />
    public override IEnumerable<string> Visit(CreateTable change) => [$"create {change.Table.Name.Name}"];

    /// <inheritdoc />
    public override IEnumerable<string> Visit(DropTable change) => [$"drop {change.Table.Name.Name}"];

    /// <inheritdoc />
    public override IEnumerable<string> Visit(AlterTable change) => Columns(change.Changes, change.After);

    /// <inheritdoc />
    public override IEnumerable<string> Visit(RedefineTables change) => change.Tables.Select(Columns);

    /// <inheritdoc />
    public override IEnumerable<string> Visit(CreateObject change) => change.Reason == ObjectReason.Wanted ? [$"~add {change.Object.Kind.Word()} {NameOf(change.Object)}"] : [];

    /// <inheritdoc />
    public override IEnumerable<string> Visit(DropObject change) => change.Reason == ObjectReason.Wanted ? [$"~drop {change.Object.Kind.Word()} {NameOf(change.Object)}"] : [];

    /// <inheritdoc />
    public override IEnumerable<string> Visit(ReplaceObject change) => [$"~change {change.After.Kind.Word()} {NameOf(change.After)}"];

    /// <inheritdoc />
    public override IEnumerable<string> Visit(MoveToNamespace change) => [$"move {change.After.Name} to {change.After.Namespace}"];

    /// <inheritdoc />
    public override IEnumerable<string> Visit(AdoptObject change) => [$"~adopt {change.Object.Kind.Word()} {NameOf(change.Object)}"];

    private static string NameOf(SchemaObject item)
    {
        var name = item.Kind.IsOnlyOne() || item.Kind == ObjectKind.ColumnComment ? item.Table?.Name ?? "" : item.Name.Name;
        var arguments = name.IndexOf('(', StringComparison.Ordinal);
        return arguments > 0 ? name[..arguments] : name;
    }

    private static string Columns(TableIndex index) => string.Join(' ', index.Parts.Select(p => p.Column));

    private static string Columns(RedefineTable change)
    {
        var added = change.After.Columns.Where(c => change.Before.FindColumn(c.Name) is null).Select(c => c.Name).ToList();
        var dropped = change.Before.Columns.Where(c => change.After.FindColumn(c.Name) is null).Select(c => c.Name).ToList();
        var table = change.After.Name.Name;
        return (added, dropped) switch
        {
            ({ Count: > 0 }, { Count: 0 }) => $"add {Few(added)} to {table}",
            ({ Count: 0 }, { Count: > 0 }) => $"drop {Few(dropped)} from {table}",
            _ => $"change {table}",
        };
    }

    private static IEnumerable<string> Columns(Core.EquatableArray<TableChange> changes, Table table)
    {
        var name = table.Name.Name;
        var added = changes.OfType<AddColumn>().Select(c => c.Column.Name).ToList();
        var dropped = changes.OfType<DropColumn>().Select(c => c.Column.Name).ToList();
        var altered = changes.OfType<AlterColumn>().Select(c => c.After.Name).Concat(changes.OfType<RecreateColumn>().Select(c => c.After.Name)).ToList();
        if (added.Count > 0) yield return $"add {Few(added)} to {name}";
        if (dropped.Count > 0) yield return $"drop {Few(dropped)} from {name}";
        if (altered.Count > 0) yield return $"change {Few(altered)} of {name}";
        if (added.Count + dropped.Count + altered.Count == 0) yield return $"~change key of {name}";
    }

    private static string Few(List<string> names) => names.Count <= 2 ? string.Join(" and ", names) : $"{names.Count} columns";
}
