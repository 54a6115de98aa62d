using Ploy.Core;

namespace Ploy.Relational.Model;

/// <summary>
/// Generated columns that an introspector keeps apart from a table's others, as the engine does not see them (SQLite). Where a directive or a field of the schema means one,
/// it is a column like any other.
/// </summary>
public static class HiddenColumns
{
    /// <summary>The schema with some of them among the columns of their tables, and what else it has as it was.</summary>
    /// <param name="schema">A live database's, or one that files describe, which has none.</param>
    /// <param name="isMeant">Whether one is meant.</param>
    /// <param name="withIndexes">Whether the indexes over them become indexes of the table, too; those of other columns that are not seen stay apart.</param>
    public static DatabaseSchema Reveal(DatabaseSchema schema, Func<UnmanagedObject, bool> isMeant, bool withIndexes)
    {
        ArgumentNullException.ThrowIfNull(schema);
        var meant = schema.Unmanaged.Where(u => u is { Column: not null, Table: not null } && isMeant(u)).ToLookup(u => u.Table!.Value, u => u.Column!); // asked just now
        if (meant.Count == 0) return schema;
        var indexes = schema.Unmanaged.Where(u => withIndexes && u is { Kind: UnmanagedObject.GeneratedIndex, Index: not null, Table: not null }).ToLookup(u => u.Table!.Value); // asked just now
        var seen = new HashSet<UnmanagedObject>();
        var tables = schema.Tables.Select(t => meant.Contains(t.Name) ? With(t) : t).ToEquatableArray();
        return schema with { Tables = tables, Unmanaged = seen.Count == 0 ? schema.Unmanaged : schema.Unmanaged.Where(u => !seen.Contains(u)).ToEquatableArray() };

        Table With(Table table)
        {
            var whole = table with { Columns = table.Columns.Concat(meant[table.Name]).ToEquatableArray() };
            var over = indexes[table.Name].Where(u => IsOver(u.Index!, whole)).ToList(); // asked for above
            seen.UnionWith(over);
            return over.Count == 0 ? whole : whole with { Indexes = whole.Indexes.Concat(over.Select(u => u.Index!)).OrderBy(i => i.Name, StringComparer.Ordinal).ToEquatableArray() };
        }
    }

    /// <summary>Whether a table has all columns of an index.</summary>
    public static bool IsOver(TableIndex index, Table table) => index.Parts.All(p => table.FindColumn(p.Column) is not null);
}
