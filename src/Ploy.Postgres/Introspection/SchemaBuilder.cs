using Ploy.Core;
using Ploy.Relational.Model;

namespace Ploy.Postgres.Introspection;

/// <summary>Makes the schema from the catalogue's rows. Tables, enums and indexes are in the order of their names, as the engine has them.</summary>
internal sealed class SchemaBuilder(CatalogRows rows, bool leavesPartialIndexes)
{
    /// <summary>The history is nobody's table: neither a difference nor an object to name.</summary>
    private const string History = "_prisma_migrations";

    private readonly ILookup<QualifiedName, SchemaObject> _parts = rows.Objects.Where(o => o.IsOfTable)
        .ToLookup(o => o.Object.Table!.Value, o => WithUses(rows, o.Object, o.Number)); // what belongs to a table has one

    /// <summary>Builds it.</summary>
    public DatabaseSchema Build() => new()
    {
        Namespaces = rows.Namespaces.ToEquatableArray(),
        Extensions = rows.Extensions.ToEquatableArray(),
        Enums = rows.Enums.ToEquatableArray(),
        Sequences = rows.Sequences.ToEquatableArray(),
        Tables = rows.Tables.Where(t => t.Name.Name != History).Select(t => TableOf(t.Id, t.Name)).ToEquatableArray(),
        Views = rows.Views.Select(v => v.View with { Columns = ColumnsOf(v.Id) }).ToEquatableArray(),
        Objects = rows.Objects.Where(o => !o.IsOfTable && o.Object.Table?.Name != History).Select(o => WithUses(rows, o.Object, o.Number)).ToEquatableArray(),
        Unmanaged = rows.Unmanaged.Concat(PartialIndexes()).Where(u => u.Table?.Name != History).ToEquatableArray(),
    };

    private IEnumerable<UnmanagedObject> PartialIndexes() =>
        from table in leavesPartialIndexes ? rows.Tables : []
        from index in rows.Indexes.GetValueOrDefault(table.Id, [])
        where index.Index.Predicate is not null
        select new UnmanagedObject(UnmanagedObject.PartialIndex, table.Name with { Name = index.Index.Name }, table.Name, Index: index.Index);

    private bool IsManaged(CatalogIndex index) => !index.IsPrimary && !(leavesPartialIndexes && index.Index.Predicate is not null);

    private Table TableOf(long id, QualifiedName name)
    {
        var indexes = rows.Indexes.GetValueOrDefault(id, []);
        var key = indexes.Find(i => i.IsPrimary);
        return new Table
        {
            Name = name,
            Columns = ColumnsOf(id),
            PrimaryKey = key is null ? null : new PrimaryKey(key.Index.Name, key.Index.Parts),
            Indexes = indexes.Where(IsManaged).Select(i => i.Index).ToEquatableArray(),
            ForeignKeys = rows.ForeignKeys.GetValueOrDefault(id, []).ToEquatableArray(),
            Objects = _parts[name].ToEquatableArray(),
        };
    }

    private static SchemaObject WithUses(CatalogRows rows, SchemaObject item, (long, long) number) =>
        rows.Uses.TryGetValue(number, out var uses) ? item with { Uses = new ObjectUses(uses.ToEquatableArray()) } : item;

    private EquatableArray<Column> ColumnsOf(long id) => rows.Columns.GetValueOrDefault(id, []).Select(ColumnOf).ToEquatableArray();

    private static Column ColumnOf(CatalogColumn row)
    {
        var type = CatalogTypes.TypeOf(row);
        var value = row.Default is null || row.IsIdentity || row.IsGenerated ? null : DefaultParser.Parse(row.Default, type.Family, type.Arity == ColumnArity.List);
        return new Column
        {
            Name = row.Name,
            Type = type,
            Default = value,
            IsAutoIncrement = row.IsIdentity || value is DefaultValue.NextValue,
            Generated = row.IsGenerated && row.Default is { } text ? new SqlExpression(text, text) : null,
            Printed = new PrintedColumn(row.DeclaredType, value is null ? null : row.Default),
        };
    }
}
