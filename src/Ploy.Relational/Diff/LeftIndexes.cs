using Ploy.Core;
using Ploy.Relational.Model;

namespace Ploy.Relational.Diff;

/// <summary>
/// Partial indexes beside a schema that cannot say them, and indexes over generated columns that are not seen beside one that has the column. Such a schema may all the same mean one of them by an index of its own, whose predicate somebody wrote into
/// the migration: the engine compares the two without the predicate, and so do we. Those that no index of the schema means are left alone.
/// </summary>
internal static class LeftIndexes
{
    /// <summary>Both sides as they are to be compared.</summary>
    public static (DatabaseSchema Before, DatabaseSchema After) Settle(DatabaseSchema before, NameScope beforeScope, DatabaseSchema after, NameScope afterScope)
    {
        (before, after) = SettleOne(before, beforeScope, after, afterScope);
        (after, before) = SettleOne(after, afterScope, before, beforeScope);
        return (before, after);
    }

    private static (DatabaseSchema Side, DatabaseSchema Other) SettleOne(DatabaseSchema side, NameScope scope, DatabaseSchema other, NameScope otherScope)
    {
        if (!side.Unmanaged.Any(u => u.Kind is UnmanagedObject.PartialIndex or UnmanagedObject.GeneratedIndex)) return (side, other);
        var left = side.Unmanaged.Where(u => u is { Kind: UnmanagedObject.PartialIndex, Table: not null } || IsSeen(u)).ToLookup(u => scope.Resolve(u.Table!.Value)); // asked just now
        var read = new Dictionary<QualifiedName, List<TableIndex>>();
        var tables = new List<Table>();
        foreach (var table in other.Tables)
        {
            var name = otherScope.Resolve(table.Name);
            var meant = left[name].Where(u => table.Indexes.Any(i => i.Name == u.Name.Name && (u.Index is null || Means(i, u.Index)))).Select(u => u.Name.Name).ToHashSet(StringComparer.Ordinal);
            var rest = meant.Count == 0 ? table : table with { Indexes = table.Indexes.Where(i => !meant.Contains(i.Name)).ToEquatableArray() };
            read[name] = [.. left[name].Where(u => !meant.Contains(u.Name.Name)).SelectMany(u => Read(u, rest))];
            tables.Add(rest);
        }

        // A table that only this side has comes or goes with all its indexes.
        foreach (var table in left)
            if (!read.ContainsKey(table.Key))
                read[table.Key] = [.. table.Select(u => u.Index).OfType<TableIndex>()];
        return (WithRead(side, scope, read), other with { Tables = tables.ToEquatableArray() });

        bool IsSeen(UnmanagedObject item) => item is { Kind: UnmanagedObject.GeneratedIndex, Index: { } index, Table: { } name }
            && side.Tables.FirstOrDefault(t => t.Name == name) is { } table && HiddenColumns.IsOver(index, table);
    }

    // Over the columns of an index of the schema it is that index under another name; as the name of another index it is in the way.
    private static IEnumerable<TableIndex> Read(UnmanagedObject left, Table table)
    {
        if (left.Index is not { } index) yield break;
        if (table.Indexes.Any(i => Means(i, index))) yield return index with { Predicate = null };
        else if (table.Indexes.Any(i => i.Name == index.Name)) yield return index;
    }

    private static DatabaseSchema WithRead(DatabaseSchema side, NameScope scope, Dictionary<QualifiedName, List<TableIndex>> read)
    {
        if (read.Values.All(r => r.Count == 0)) return side;
        return side with
        {
            Tables = side.Tables
                .Select(t => read.GetValueOrDefault(scope.Resolve(t.Name)) is { Count: > 0 } added
                    ? t with { Indexes = t.Indexes.Concat(added).OrderBy(i => i.Name, StringComparer.Ordinal).ToEquatableArray() }
                    : t)
                .ToEquatableArray(),
        };
    }

    private static bool Means(TableIndex wanted, TableIndex partial) =>
        wanted.Predicate is null
        && wanted.IsUnique == partial.IsUnique
        && wanted.Method == partial.Method
        && wanted.Parts.Select(p => (p.Column, p.IsDescending)).SequenceEqual(partial.Parts.Select(p => (p.Column, p.IsDescending)));
}
