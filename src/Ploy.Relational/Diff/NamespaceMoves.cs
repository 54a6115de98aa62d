using Ploy.Core;
using Ploy.Relational.Changes;
using Ploy.Relational.Model;

namespace Ploy.Relational.Diff;

/// <summary>
/// Finds tables and enums that only change their namespace: the one of a name that goes from one namespace and the one of the same name that comes in another. The
/// schema before is then that in which they have moved already, so that all else is compared as if they had always stood there.
/// </summary>
internal static class NamespaceMoves
{
    /// <summary>The moves, and the schema before with them done.</summary>
    public static (DatabaseSchema Before, List<MoveToNamespace> Moves) Find(DatabaseSchema before, DatabaseSchema after, Dialect dialect)
    {
        if (dialect.DefaultNamespace is null) return (before, []);
        var (scope, afterScope) = (new NameScope(before, dialect), new NameScope(after, dialect));
        var tables = Pairs(before.Tables.Select(t => scope.Resolve(t.Name)), after.Tables.Select(t => afterScope.Resolve(t.Name)), dialect.DiffRules.IsIgnored);
        var enums = Pairs(before.Enums.Select(e => scope.Resolve(e.Name)), after.Enums.Select(e => afterScope.Resolve(e.Name)), _ => false);
        if (tables.Count == 0 && enums.Count == 0) return (before, []);
        var moved = before with
        {
            Tables = before.Tables.Select(MoveTable).ToEquatableArray(),
            Enums = before.Enums.Select(e => e with { Name = Enum(e.Name) }).ToEquatableArray(),
            Objects = before.Objects.Select(MoveObject).ToEquatableArray(),
            Unmanaged = before.Unmanaged.Select(u => u.Table is { } table ? u with { Table = Table(table) } : u).ToEquatableArray(),
        };
        var ours = moved.Tables.SelectMany(t => t.Objects).Concat(moved.Objects).Where(o => o is { IsManaged: true, Table: not null }).ToLookup(o => scope.Resolve(o.Table!.Value)); // asked for
        return (moved,
        [
            .. enums.Select(m => new MoveToNamespace(true, m.Key, m.Value, [])),
            .. tables.Select(m => new MoveToNamespace(false, m.Key, m.Value, ours[m.Value].ToEquatableArray())),
        ]);

        QualifiedName Table(QualifiedName name) => tables.TryGetValue(scope.Resolve(name), out var next) ? next : name;

        QualifiedName Enum(QualifiedName name) => enums.TryGetValue(scope.Resolve(name), out var next) ? next : name;

        Table MoveTable(Table table) => table with
        {
            Name = Table(table.Name),
            Columns = table.Columns.Select(c => c.Type.Enum is { } type && Enum(type) != type ? c with { Type = c.Type with { Enum = Enum(type) } } : c).ToEquatableArray(),
            ForeignKeys = table.ForeignKeys.Select(k => Table(k.Target) is var target && target != k.Target ? k with { Target = target } : k).ToEquatableArray(),
            Objects = table.Objects.Select(MoveObject).ToEquatableArray(),
        };

        SchemaObject MoveObject(SchemaObject item) => item with
        {
            Table = item.Table is { } table ? Table(table) : null,
            Uses = new ObjectUses(item.Uses.Items.Select(u => u with { Name = Table(u.Name) }).ToEquatableArray()),
        };
    }

    // In the order of the schema before; a name that goes or comes more than once says nothing.
    private static Dictionary<QualifiedName, QualifiedName> Pairs(IEnumerable<QualifiedName> before, IEnumerable<QualifiedName> after, Func<string, bool> isIgnored)
    {
        var (old, next) = (before.ToList(), after.ToList());
        var (kept, known) = (next.ToHashSet(), old.ToHashSet());
        var gone = old.Where(n => !kept.Contains(n) && !isIgnored(n.Name)).ToLookup(n => n.Name, StringComparer.Ordinal);
        var come = next.Where(n => !known.Contains(n)).ToLookup(n => n.Name, StringComparer.Ordinal);
        var pairs = new Dictionary<QualifiedName, QualifiedName>();
        foreach (var group in gone)
            if (group.Count() == 1 && come[group.Key].Count() == 1 && group.First().Namespace is not null)
                pairs.Add(group.First(), come[group.Key].First());
        return pairs;
    }
}
