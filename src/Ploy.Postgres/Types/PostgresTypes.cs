using System.Collections.Frozen;
using Ploy.Core;
using Ploy.Relational.Model;

namespace Ploy.Postgres.Types;

/// <summary>A type that the language has a name for.</summary>
/// <param name="Native">Its name behind <c>@db.</c>.</param>
/// <param name="StoreType">Its name in DDL.</param>
/// <param name="Family">What kind of value it holds.</param>
public sealed record PostgresType(string Native, string StoreType, TypeFamily Family);

/// <summary>PostgreSQL's types under their names in the language and in DDL (PostgreSQL manual, "Data Types").</summary>
public static class PostgresTypes
{
    /// <summary>All of them, in no order that means anything.</summary>
    public static IReadOnlyList<PostgresType> All { get; } =
    [
        new("Text", "TEXT", TypeFamily.String),
        new("Char", "CHAR", TypeFamily.String),
        new("VarChar", "VARCHAR", TypeFamily.String),
        new("Bit", "BIT", TypeFamily.String),
        new("VarBit", "VARBIT", TypeFamily.String),
        new("Uuid", "UUID", TypeFamily.Uuid),
        new("Xml", "XML", TypeFamily.String),
        new("Inet", "INET", TypeFamily.String),
        new("Citext", "CITEXT", TypeFamily.String),
        new("Boolean", "BOOLEAN", TypeFamily.Boolean),
        new("SmallInt", "SMALLINT", TypeFamily.Int),
        new("Integer", "INTEGER", TypeFamily.Int),
        new("Int", "INTEGER", TypeFamily.Int),
        new("Oid", "OID", TypeFamily.Int),
        new("BigInt", "BIGINT", TypeFamily.BigInt),
        new("Real", "REAL", TypeFamily.Float),
        new("DoublePrecision", "DOUBLE PRECISION", TypeFamily.Float),
        new("Decimal", "DECIMAL", TypeFamily.Decimal),
        new("Money", "MONEY", TypeFamily.Decimal),
        new("Timestamp", "TIMESTAMP", TypeFamily.DateTime),
        new("Timestamptz", "TIMESTAMPTZ", TypeFamily.DateTime),
        new("Date", "DATE", TypeFamily.DateTime),
        new("Time", "TIME", TypeFamily.DateTime),
        new("Timetz", "TIMETZ", TypeFamily.DateTime),
        new("Json", "JSON", TypeFamily.Json),
        new("JsonB", "JSONB", TypeFamily.Json),
        new("ByteA", "BYTEA", TypeFamily.Binary),
    ];

    private static readonly FrozenDictionary<string, PostgresType> ByNative = All.ToFrozenDictionary(t => t.Native, StringComparer.Ordinal);

    // `Int` is another word for `Integer`: the first of the list counts.
    private static readonly FrozenDictionary<string, string> ByStoreType = All.DistinctBy(t => t.StoreType).ToFrozenDictionary(t => t.StoreType, t => t.Native, StringComparer.Ordinal);

    /// <summary>The name behind <c>@db.</c> of a type in DDL; null where it has none.</summary>
    public static string? NativeOf(string storeType) => ByStoreType.GetValueOrDefault(storeType);

    /// <summary>The column type of a scalar without a native type, as the engine chooses it.</summary>
    public static ColumnType Default(TypeFamily family, ColumnArity arity)
    {
        (string name, EquatableArray<string> arguments) = family switch
        {
            TypeFamily.Int => ("INTEGER", default(EquatableArray<string>)),
            TypeFamily.BigInt => ("BIGINT", default),
            TypeFamily.Float => ("DOUBLE PRECISION", default),
            TypeFamily.Decimal => ("DECIMAL", ["65", "30"]),
            TypeFamily.Boolean => ("BOOLEAN", default),
            TypeFamily.DateTime => ("TIMESTAMP", ["3"]),
            TypeFamily.Binary => ("BYTEA", default),
            TypeFamily.Json => ("JSONB", default),
            TypeFamily.Uuid => ("UUID", default),
            _ => ("TEXT", default),
        };
        return new ColumnType { Family = family, StoreType = name, Arguments = arguments, Arity = arity };
    }

    /// <summary>The column type of a native type; one that is unknown was refused before.</summary>
    public static ColumnType Native(string name, EquatableArray<string> arguments, ColumnArity arity)
    {
        var type = ByNative[name];
        return new ColumnType { Family = type.Family, StoreType = type.StoreType, Arguments = arguments, Arity = arity };
    }
}
