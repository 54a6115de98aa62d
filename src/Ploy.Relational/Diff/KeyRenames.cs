using System.Globalization;
using Ploy.Core;
using Ploy.Relational.Changes;

namespace Ploy.Relational.Diff;

/// <summary>
/// Primary keys that take a name which something else gives up by a later step. The engine names them table by table, before it drops tables and renames indexes and foreign
/// keys, so that the server refuses the first whose new name is still there: here such a key waits under another one until its name is free.
/// </summary>
internal sealed class KeyRenames
{
    private readonly List<AlterTable> _tables = [];
    private readonly List<AlterTable> _last = [];

    private KeyRenames() { }

    /// <summary>The changes of tables, behind them the last names of those keys that took the names of others of them.</summary>
    public IReadOnlyList<AlterTable> Tables => _tables;

    /// <summary>The last names of those keys that must wait for other steps; for behind all of these.</summary>
    public IReadOnlyList<AlterTable> Last => _last;

    /// <summary>The same steps, none of which takes a name that is not free.</summary>
    /// <param name="tables">The changes of tables.</param>
    /// <param name="late">The names that steps behind those give up.</param>
    /// <param name="scope">Of the schema before.</param>
    public static KeyRenames Untangle(IReadOnlyList<AlterTable> tables, IReadOnlySet<ScopedName> late, NameScope scope)
    {
        var result = new KeyRenames();
        var held = tables.Select(t => GivenUp(t, scope)).OfType<ScopedName>().ToHashSet();
        var soon = new List<AlterTable>();
        foreach (var table in tables)
        {
            if (GivenUp(table, scope) is { } free) held.Remove(free);
            if (Taken(table) is not { } name)
                result._tables.Add(table);
            else if (late.Contains(ScopedName.Of(scope, table.Before, name)) || late.Contains(ScopedName.OfForeignKey(scope, table.Before, name)))
                result.PutAside(table, result._last, "_renamed_key_");
            else if (held.Contains(ScopedName.Of(scope, table.Before, name)))
                result.PutAside(table, soon, "_renamed_");
            else
                result._tables.Add(table);
        }

        result._tables.AddRange(soon);
        return result;
    }

    private void PutAside(AlterTable table, List<AlterTable> later, string prefix)
    {
        var key = table.After.PrimaryKey! with { Name = string.Create(CultureInfo.InvariantCulture, $"{prefix}{later.Count + 1}") }; // it takes a name
        later.Add(table with { Changes = [new RenamePrimaryKey(key, table.After.PrimaryKey)] });
        _tables.Add(table with
        {
            Changes = table.Changes.Select(change => change switch
            {
                RenamePrimaryKey rename => rename with { After = key },
                AddPrimaryKey => new AddPrimaryKey(key),
                _ => change,
            }).ToEquatableArray(),
        });
    }

    private static ScopedName? GivenUp(AlterTable table, NameScope scope) =>
        table.Before.PrimaryKey?.Name is { } name && table.Changes.Any(c => c is RenamePrimaryKey or DropPrimaryKey) ? ScopedName.Of(scope, table.Before, name) : null;

    private static string? Taken(AlterTable table) =>
        table.After.PrimaryKey?.Name is { } name && name != table.Before.PrimaryKey?.Name && table.Changes.Any(c => c is RenamePrimaryKey or AddPrimaryKey) ? name : null;
}
