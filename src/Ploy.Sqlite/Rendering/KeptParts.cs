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

    private KeptParts(ImmutableArray<UnmanagedObject> objects, ImmutableArray<string> goneIndexes) => (_objects, GoneIndexes) = (objects, goneIndexes);

    /// <summary>Those of a new table: none.</summary>
    public static KeptParts None { get; } = new([], []);

    /// <summary>The names of indexes that go, because they need a column that goes: a script says so, since one that leaves them out may only not know of them.</summary>
    public ImmutableArray<string> GoneIndexes { get; }

    /// <summary>Generated columns, each as it was written.</summary>
    public IEnumerable<string> GeneratedColumns => Definitions("generated column");

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
            [.. own.Where(u => !SqliteLexer.Mentions(u.Definition!, gone) && !(u.Kind == "generated column" && table.After.FindColumn(u.Name.Name) is not null))],
            [.. own.Where(u => IndexKinds.Contains(u.Kind) && SqliteLexer.Mentions(u.Definition!, gone)).Select(u => u.Name.Name)]);
    }

    private static readonly string[] IndexKinds = ["expression index", "index on a generated column", UnmanagedObject.PartialIndex];

    /// <summary>When a key is looked at, with a blank before it; empty where that is at once.</summary>
    public string TimeOf(ForeignKey key) =>
        _objects.Any(o => o.Kind == TableText.DeferrableKey && string.Equals(o.Name.Name, string.Join(',', key.Columns), StringComparison.OrdinalIgnoreCase)) ? " " + TableText.Deferred : "";

    /// <summary>COLLATE with a blank before it; empty where the column has none.</summary>
    public string CollationOf(Column column) =>
        _objects.FirstOrDefault(o => o.Kind == "collation" && o.Name.Name == column.Name) is { Definition: { } name } ? " COLLATE " + name : "";

    private IEnumerable<string> Definitions(string kind) => _objects.Where(o => o.Kind == kind).Select(o => o.Definition!); // others were left out
}
