using Ploy.Relational.Model;
using Ploy.Sqlite.Types;

namespace Ploy.Sqlite.Introspection;

/// <summary>What declared types mean, as the engine has it: by the whole name, whatever its affinity.</summary>
internal static class CatalogTypes
{
    /// <summary>The type of a column.</summary>
    public static ColumnType Parse(string declared, ColumnArity arity)
    {
        var name = declared.ToLowerInvariant();
        var family = FamilyOf(name);
        return family == TypeFamily.Unsupported
            ? new ColumnType { Family = family, StoreType = name, Arity = arity }
            : SqliteTypes.Default(family, arity);
    }

    private static TypeFamily FamilyOf(string name) => name switch
    {
        "int" or "integer" or "serial" => TypeFamily.Int,
        "bigint" => TypeFamily.BigInt,
        "real" or "float" or "double" => TypeFamily.Float,
        "boolean" => TypeFamily.Boolean,
        "text" => TypeFamily.String,
        "date" or "datetime" or "timestamp" => TypeFamily.DateTime,
        "blob" or "binary" => TypeFamily.Binary,
        "jsonb" => TypeFamily.Json,
        _ when name.Contains("char", StringComparison.Ordinal) => TypeFamily.String,
        _ when name.StartsWith("decimal", StringComparison.Ordinal) || name.StartsWith("numeric", StringComparison.Ordinal) => TypeFamily.Decimal,
        _ => TypeFamily.Unsupported,
    };
}
