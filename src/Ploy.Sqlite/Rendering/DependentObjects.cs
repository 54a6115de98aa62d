using System.Collections.Immutable;
using Ploy.Relational.Changes;
using Ploy.Relational.Model;
using Ploy.Sqlite.Scripts;
using Ploy.Sqlite.Sessions;

namespace Ploy.Sqlite.Rendering;

/// <summary>
/// Triggers and views that use tables which are made anew. SQLite refuses to rename a table while one of them names it in vain, and drops a
/// table's own triggers with it; so all of them go before and come back after.
/// </summary>
internal sealed class DependentObjects
{
    private readonly ImmutableArray<UnmanagedObject> _triggers;
    private readonly ImmutableArray<View> _views;

    private DependentObjects(ImmutableArray<UnmanagedObject> triggers, ImmutableArray<View> views) => (_triggers, _views) = (triggers, views);

    /// <summary>Those of the tables of a change, views over such views included.</summary>
    public static DependentObjects Of(RedefineTables change, DatabaseSchema before)
    {
        var names = change.Tables.Select(t => t.Before.Name.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var views = new List<View>();
        var rest = before.Views.Where(v => v.Definition is not null).ToList();
        while (rest.FindIndex(v => SqliteLexer.Mentions(v.Definition!, names)) is >= 0 and var next) // only those with a definition are among the rest
        {
            views.Add(rest[next]);
            names.Add(rest[next].Name.Name);
            rest.RemoveAt(next);
        }

        var triggers = before.Unmanaged.Where(u => u is { Kind: "trigger", Definition: { } text } && SqliteLexer.Mentions(text, names));
        return new DependentObjects([.. triggers], [.. views]);
    }

    /// <summary>The statements that drop them.</summary>
    public IEnumerable<string> Drop() =>
        _triggers.Select(t => $"DROP TRIGGER {SqliteNames.Quote(t.Name.Name)}").Concat(_views.Reverse().Select(v => $"DROP VIEW {SqliteNames.Quote(v.Name.Name)}"));

    /// <summary>The statements that make them again, as they were written.</summary>
    public IEnumerable<string> Create() => _views.Select(v => v.Definition!).Concat(_triggers.Select(t => t.Definition!)); // both have one, see above
}
