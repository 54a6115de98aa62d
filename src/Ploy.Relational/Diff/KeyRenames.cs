using System.Globalization;
using Ploy.Core;
using Ploy.Relational.Changes;

namespace Ploy.Relational.Diff;

/// <summary>
/// Primary keys that take each other's names. The engine renames them table by table, so that the server refuses the first whose new name is still there: here it waits
/// under another one until all tables are altered.
/// </summary>
internal static class KeyRenames
{
    /// <summary>The same steps, none of which takes a name that a later one gives up.</summary>
    public static IEnumerable<AlterTable> Untangle(IReadOnlyList<AlterTable> tables, NameScope scope)
    {
        var held = tables.Select(t => Of(t) is { } rename ? (Scope(t), rename.Before.Name) : default).ToHashSet();
        var late = new List<AlterTable>();
        foreach (var table in tables)
        {
            if (Of(table) is { } rename)
            {
                held.Remove((Scope(table), rename.Before.Name));
                if (held.Contains((Scope(table), rename.After.Name)))
                {
                    var waiting = rename.After with { Name = string.Create(CultureInfo.InvariantCulture, $"_renamed_{late.Count + 1}") };
                    late.Add(table with { Changes = [rename with { Before = waiting }] });
                    yield return table with { Changes = table.Changes.Select(c => c == rename ? rename with { After = waiting } : c).ToEquatableArray() };
                    continue;
                }
            }

            yield return table;
        }

        foreach (var table in late) yield return table;

        string? Scope(AlterTable table) => scope.Resolve(table.Before.Name).Namespace;
    }

    // A key that is made anew has its new name from the beginning.
    private static RenamePrimaryKey? Of(AlterTable table) =>
        table.Changes.Any(c => c is AddPrimaryKey) ? null : table.Changes.OfType<RenamePrimaryKey>().FirstOrDefault();
}
