using Ploy.Core;
using Ploy.Relational.Model;

namespace Ploy.Postgres.Introspection;

/// <summary>Which column type stands behind a type of the catalogue.</summary>
internal static class CatalogTypes
{
    /// <summary>The column's type; <see cref="TypeFamily.Unsupported"/> with the printed text for what the language has no name for.</summary>
    public static ColumnType TypeOf(CatalogColumn column)
    {
        var arity = column.IsArray ? ColumnArity.List : column.IsRequired ? ColumnArity.Required : ColumnArity.Nullable;
        if (column.IsEnum)
        {
            var name = new QualifiedName(column.TypeNamespace, column.TypeName);
            return new ColumnType { Family = TypeFamily.Enum, StoreType = column.TypeName, Enum = name, Arity = arity };
        }

        return (column.TypeNamespace == "pg_catalog" || column.TypeName == "citext") && Known(column.TypeName) is { } known
            ? new ColumnType { Family = known.Family, StoreType = known.StoreType, Arguments = ArgumentsOf(column.PrintedType), Arity = arity }
            : new ColumnType { Family = TypeFamily.Unsupported, StoreType = column.IsArray && column.PrintedType.EndsWith("[]", StringComparison.Ordinal) ? column.PrintedType[..^2] : column.PrintedType, Arity = arity };
    }

    private static (TypeFamily Family, string StoreType)? Known(string name) => name switch
    {
        "int2" => (TypeFamily.Int, "SMALLINT"),
        "int4" => (TypeFamily.Int, "INTEGER"),
        "oid" => (TypeFamily.Int, "OID"),
        "int8" => (TypeFamily.BigInt, "BIGINT"),
        "float4" => (TypeFamily.Float, "REAL"),
        "float8" => (TypeFamily.Float, "DOUBLE PRECISION"),
        "numeric" => (TypeFamily.Decimal, "DECIMAL"),
        "money" => (TypeFamily.Decimal, "MONEY"),
        "bool" => (TypeFamily.Boolean, "BOOLEAN"),
        "text" => (TypeFamily.String, "TEXT"),
        "citext" => (TypeFamily.String, "CITEXT"),
        "varchar" => (TypeFamily.String, "VARCHAR"),
        "bpchar" => (TypeFamily.String, "CHAR"),
        "inet" => (TypeFamily.String, "INET"),
        "xml" => (TypeFamily.String, "XML"),
        "bit" => (TypeFamily.String, "BIT"),
        "varbit" => (TypeFamily.String, "VARBIT"),
        "uuid" => (TypeFamily.Uuid, "UUID"),
        "bytea" => (TypeFamily.Binary, "BYTEA"),
        "json" => (TypeFamily.Json, "JSON"),
        "jsonb" => (TypeFamily.Json, "JSONB"),
        "date" => (TypeFamily.DateTime, "DATE"),
        "time" => (TypeFamily.DateTime, "TIME"),
        "timetz" => (TypeFamily.DateTime, "TIMETZ"),
        "timestamp" => (TypeFamily.DateTime, "TIMESTAMP"),
        "timestamptz" => (TypeFamily.DateTime, "TIMESTAMPTZ"),
        _ => null,
    };

    // character varying(65)[], timestamp(3) without time zone
    private static EquatableArray<string> ArgumentsOf(string printed)
    {
        var open = printed.IndexOf('(', StringComparison.Ordinal);
        if (open < 0) return [];
        var close = printed.IndexOf(')', open);
        return printed[(open + 1)..close].Split(',').ToEquatableArray();
    }
}
