using Ploy.Relational.Model;

namespace Ploy.Postgres.Rendering;

/// <summary>Which operator class an index takes where none is named, so that naming it makes no difference.</summary>
/// <remarks>PostgreSQL manual, "Operator Classes and Operator Families"; <c>opcdefault</c> of <c>pg_opclass</c> in versions 13 to 18.</remarks>
internal static class PostgresOperatorClasses
{
    /// <summary>Whether the class is the default of the method for the type.</summary>
    /// <param name="name">The class as the database calls it.</param>
    /// <param name="method">The access method in lower case.</param>
    /// <param name="type">The column's type; null where the column is not known.</param>
    public static bool IsDefault(string name, string method, ColumnType? type)
    {
        if (type is null) return false;
        if (type.Arity == ColumnArity.List) return name == "array_ops";
        return method switch
        {
            "btree" or "hash" => name == (type.Family == TypeFamily.Enum ? "enum_ops" : TypeName(type, method) + "_ops"),
            "gin" => type.StoreType == "JSONB" && name == "jsonb_ops",
            "gist" => false,
            "spgist" => type.StoreType == "INET" ? name == "inet_ops" : type.StoreType is "TEXT" or "VARCHAR" && name == "text_ops",
            "brin" => name == (type.StoreType == "INET" ? "inet_inclusion_ops" : TypeName(type, method) + "_minmax_ops"),
            _ => false,
        };
    }

    private static string? TypeName(ColumnType type, string method) => type.StoreType switch
    {
        "SMALLINT" => "int2",
        "INTEGER" => "int4",
        "BIGINT" => "int8",
        "OID" => "oid",
        "REAL" => "float4",
        "DOUBLE PRECISION" => "float8",
        "DECIMAL" => "numeric",
        "MONEY" => "money",
        "BOOLEAN" => "bool",
        "TEXT" or "VARCHAR" => "text",
        "CHAR" => "bpchar",
        "CITEXT" => "citext",
        "INET" => "inet",
        "BIT" => "bit",
        "VARBIT" => "varbit",
        "UUID" => "uuid",
        "BYTEA" => "bytea",
        "JSONB" => "jsonb",
        "DATE" => "date",
        "TIME" => "time",
        "TIMETZ" => "timetz",
        "TIMESTAMP" => "timestamp",
        "TIMESTAMPTZ" => "timestamptz",
        _ => method,
    };
}
