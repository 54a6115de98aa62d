using Ploy.Core;
using Ploy.Postgres.Types;
using Ploy.Relational.Model;
using Ploy.Relational.Pulling;

namespace Ploy.Postgres.Pulling;

/// <summary>PostgreSQL's columns and indexes in the schema language.</summary>
internal sealed class PostgresPullRules : PullRules
{
    /// <inheritdoc />
    public override bool JoinTablesHaveKeys => true;

    /// <inheritdoc />
    public override bool HasEnums => true;

    /// <inheritdoc />
    public override bool RemarksOnObjects => true;

    /// <inheritdoc />
    public override NativeTypeName? NativeType(ColumnType type)
    {
        var arguments = type.Arguments;
        return type.StoreType switch
        {
            "INTEGER" or "BIGINT" or "DOUBLE PRECISION" or "BOOLEAN" or "TEXT" or "BYTEA" or "JSONB" => null,
            "DECIMAL" when arguments is ["65", "30"] => null,
            "TIMESTAMP" when arguments is ["3"] => null,
            // What the catalogue leaves out is 6, the server's own precision; the engine does not ask for that of a list.
            "TIMESTAMP" or "TIMESTAMPTZ" or "TIME" or "TIMETZ" when arguments.Count == 0 && type.Arity != ColumnArity.List => Named(type.StoreType, ["6"]),
            _ => Named(type.StoreType, arguments),
        };
    }

    private static NativeTypeName? Named(string storeType, EquatableArray<string> arguments) =>
        PostgresTypes.NativeOf(storeType) is { } native ? new NativeTypeName(native, arguments) : null;

    /// <inheritdoc />
    public override PulledDefault? Default(Column column)
    {
        if (column.IsAutoIncrement) return new PulledDefault.AutoIncrement();
        if (column.Generated is { } generated) return new PulledDefault.Expression(generated.Text);
        return column.Printed.Default is { } printed ? PulledDefaultReader.Read(printed, column.Type.Family, column.Type.Arity == ColumnArity.List) : null;
    }

    /// <inheritdoc />
    public override string UnsupportedType(ColumnType type) => type.Arity == ColumnArity.List ? "_" + type.StoreType : type.StoreType;

    /// <inheritdoc />
    public override string? IndexType(string? method) => method switch
    {
        "hash" => "Hash",
        "gist" => "Gist",
        "gin" => "Gin",
        "spgist" => "SpGist",
        "brin" => "Brin",
        _ => null,
    };

    /// <inheritdoc />
    public override IEnumerable<ForeignKey> ForeignKeys(Table table) => table.ForeignKeys;
}
