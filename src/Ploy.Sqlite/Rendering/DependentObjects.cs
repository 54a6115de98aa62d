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
    private readonly ImmutableArray<SchemaObject> _triggers;
    private readonly ImmutableArray<SchemaObject> _views;

    private DependentObjects(ImmutableArray<SchemaObject> triggers, ImmutableArray<SchemaObject> views) => (_triggers, _views) = (triggers, views);

    /// <summary>Those of the tables of a change, views over such views included, without what goes for good or is made again by its own step.</summary>
    public static DependentObjects Of(RedefineTables change, SchemaDifference difference)
    {
        var gone = difference.Changes.OfType<DropObject>().Select(d => d.Object.Key).ToHashSet();
        // Over a view that goes first, another one would name it in vain.
        var names = change.Tables.Select(t => t.Before.Name.Name).Concat(gone.Where(k => k.Kind == ObjectKind.View).Select(k => k.Name.Name)).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var views = new List<SchemaObject>();
        var rest = difference.Before.Objects.Where(o => o.Kind == ObjectKind.View && !gone.Contains(o.Key)).ToList();
        while (rest.FindIndex(v => SqliteLexer.Mentions(v.Definition.Text, names)) is >= 0 and var next)
        {
            views.Add(rest[next]);
            names.Add(rest[next].Name.Name);
            rest.RemoveAt(next);
        }

        var triggers = difference.Before.Objects.Where(o => o.Kind == ObjectKind.Trigger && !gone.Contains(o.Key) && SqliteLexer.Mentions(o.Definition.Text, names));
        return new DependentObjects([.. triggers], [.. views]);
    }

    /// <summary>The statements that drop them.</summary>
    public IEnumerable<string> Drop() =>
        _triggers.Select(t => $"DROP TRIGGER {SqliteNames.Quote(t.Name.Name)}").Concat(_views.Reverse().Select(v => $"DROP VIEW {SqliteNames.Quote(v.Name.Name)}"));

    /// <summary>The statements that make them again, as they were written.</summary>
    public IEnumerable<string> Create() => _views.Select(v => v.Definition.Text).Concat(_triggers.Select(t => t.Definition.Text));
}
