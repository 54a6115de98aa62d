using System.Collections.Immutable;
using Ploy.Relational.Changes;
using Ploy.Relational.Model;
using Ploy.Sqlite.Scripts;

namespace Ploy.Sqlite.Rendering;

/// <summary>
/// What a table has that the language cannot say and that goes with the table where it is made anew, unless it is made again: checks,
/// collations, generated columns, indexes over expressions, when keys are looked at. What needs a column that goes, goes with it.
/// </summary>
internal sealed class KeptParts
{
    private readonly ImmutableArray<UnmanagedObject> _objects;
    private readonly Table? _before;

    private KeptParts(Table? before, ImmutableArray<UnmanagedObject> objects, ImmutableArray<string> goneIndexes) => (_before, _objects, GoneIndexes) = (before, objects, goneIndexes);

    /// <summary>Those of a new table: none.</summary>
    public static KeptParts None { get; } = new(null, [], []);

    /// <summary>The names of indexes that go, because they need a column that goes: a script says so, since one that leaves them out may only not know of them.</summary>
    public ImmutableArray<string> GoneIndexes { get; }

    /// <summary>Generated columns, each as it was written.</summary>
    public IEnumerable<(string Name, string Text)> GeneratedColumns => _objects.Where(o => o.Kind == UnmanagedObject.GeneratedColumn).Select(o => (o.Name.Name, o.Definition!)); // others were left out

    /// <summary>How a column was written that is generated though the language does not say so; null where it is none.</summary>
    public string? TextOf(Column column) => column.Generated is not null ? null
        : GeneratedColumns.FirstOrDefault(c => string.Equals(c.Name, column.Name, StringComparison.OrdinalIgnoreCase)).Text;

    /// <summary>Checks, each as it was written.</summary>
    public IEnumerable<string> Checks => Definitions("check constraint");

    /// <summary>What stands behind the last parenthesis, with a blank before it.</summary>
    public string Options => string.Concat(Definitions("table option").Select(o => " " + o));

    /// <summary>The statements that make the indexes again.</summary>
    public IEnumerable<string> Indexes => IndexKinds.SelectMany(Definitions);

    /// <summary>The parts of a table that is made anew.</summary>
    public static KeptParts Of(RedefineTable table, DatabaseSchema before)
    {
        var gone = table.Dropped.Select(c => c.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var made = table.After.Indexes.Select(i => i.Name).Concat(table.After.Objects.Where(o => o.Kind is ObjectKind.Check or ObjectKind.Index).Select(o => o.Name.Name)).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var own = before.Unmanaged.Where(u => u.Table == table.Before.Name && u.Definition is not null && !made.Contains(u.Name.Name)).ToList();
        return new KeptParts(
            table.Before,
            [.. own.Where(u => !SqliteLexer.Mentions(u.Definition!, gone) && !(u.Kind == UnmanagedObject.GeneratedColumn && table.After.FindColumn(u.Name.Name)?.Generated is not null))],
            [.. own.Where(u => IndexKinds.Contains(u.Kind) && SqliteLexer.Mentions(u.Definition!, gone)).Select(u => u.Name.Name)]);
    }

    private static readonly string[] IndexKinds = ["expression index", UnmanagedObject.GeneratedIndex, UnmanagedObject.PartialIndex];

    /// <summary>When a key is looked at, with a blank before it; empty where that is at once. One that was ours and is no more says so, since the script means it.</summary>
    public string TimeOf(ForeignKey key)
    {
        if (_before?.Objects.FirstOrDefault(o => o.Kind == ObjectKind.Deferrable && string.Equals(o.Name.Name, key.ImpliedName(_before.Name), StringComparison.OrdinalIgnoreCase)) is not { } item) return "";
        return " " + (item.IsManaged ? TableText.NotDeferrable : item.Definition.Text);
    }

    /// <summary>COLLATE with a blank before it; empty where the column has none.</summary>
    public string CollationOf(Column column) =>
        _objects.FirstOrDefault(o => o.Kind == "collation" && o.Name.Name == column.Name) is { Definition: { } name } ? " COLLATE " + name : "";

    private IEnumerable<string> Definitions(string kind) => _objects.Where(o => o.Kind == kind).Select(o => o.Definition!); // others were left out
}
