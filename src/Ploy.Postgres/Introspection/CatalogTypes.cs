using Ploy.Core;
using Ploy.Postgres.Types;
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

        return (column.TypeNamespace == "pg_catalog" || column.TypeName == "citext") && NativeName(column.TypeName) is { } native
            ? PostgresTypes.Native(native, ArgumentsOf(column, native), arity)
            : new ColumnType { Family = TypeFamily.Unsupported, StoreType = WithoutBrackets(column), Arity = arity };
    }

    private static string WithoutBrackets(CatalogColumn column) =>
        column.IsArray && column.PrintedType.EndsWith("[]", StringComparison.Ordinal) ? column.PrintedType[..^2] : column.PrintedType;

    // The catalogue's names: https://www.postgresql.org/docs/current/datatype.html, "Aliases"; "bpchar" is CHAR.
    private static string? NativeName(string name) => name switch
    {
        "int2" => "SmallInt",
        "int4" => "Integer",
        "oid" => "Oid",
        "int8" => "BigInt",
        "float4" => "Real",
        "float8" => "DoublePrecision",
        "numeric" => "Decimal",
        "money" => "Money",
        "bool" => "Boolean",
        "text" => "Text",
        "citext" => "Citext",
        "varchar" => "VarChar",
        "bpchar" => "Char",
        "inet" => "Inet",
        "xml" => "Xml",
        "bit" => "Bit",
        "varbit" => "VarBit",
        "uuid" => "Uuid",
        "bytea" => "ByteA",
        "json" => "Json",
        "jsonb" => "JsonB",
        "date" => "Date",
        "time" => "Time",
        "timetz" => "Timetz",
        "timestamp" => "Timestamp",
        "timestamptz" => "Timestamptz",
        _ => null,
    };

    // character varying(65)[], timestamp(3) without time zone. A time without digits has six, which the engine says for single values alone: a
    // schema that says three is another type.
    private static EquatableArray<string> ArgumentsOf(CatalogColumn column, string native)
    {
        var printed = column.PrintedType;
        var open = printed.IndexOf('(', StringComparison.Ordinal);
        if (open < 0) return !column.IsArray && native is "Time" or "Timetz" or "Timestamp" or "Timestamptz" ? ["6"] : [];
        var close = printed.IndexOf(')', open);
        return printed[(open + 1)..close].Split(',').ToEquatableArray();
    }
}
