using Ploy.Relational.Model;

namespace Ploy.Sqlite.Types;

/// <summary>SQLite's column types as the engine declares them; what they mean is their affinity (sqlite.org/datatype3.html).</summary>
public static class SqliteTypes
{
    /// <summary>The column type of a scalar.</summary>
    public static ColumnType Default(TypeFamily family, ColumnArity arity) => new()
    {
        Family = family,
        StoreType = family switch
        {
            TypeFamily.Int => "INTEGER",
            TypeFamily.BigInt => "BIGINT",
            TypeFamily.Float => "REAL",
            TypeFamily.Decimal => "DECIMAL",
            TypeFamily.Boolean => "BOOLEAN",
            TypeFamily.DateTime => "DATETIME",
            TypeFamily.Binary => "BLOB",
            TypeFamily.Json => "JSONB",
            _ => "TEXT",
        },
        Arity = arity,
    };
}
