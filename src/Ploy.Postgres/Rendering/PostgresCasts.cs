using System.Collections.Frozen;
using Ploy.Relational.Changes;
using Ploy.Relational.Model;

namespace Ploy.Postgres.Rendering;

/// <summary>
/// Which casts PostgreSQL makes of itself where a column gets another type, and how it is told to where it does not: without, the engine's
/// script is refused even where the table has no row.
/// </summary>
/// <remarks>Rows of <c>pg_cast</c> with <c>castcontext</c> "a" or "i" in versions 13 to 18, without those of internal types; every type turns into text.</remarks>
internal static class PostgresCasts
{
    private static readonly string[] Texts = ["text", "varchar", "char", "citext", "name"];

    private static readonly FrozenDictionary<string, string[]> Automatic = new Dictionary<string, string[]>(StringComparer.Ordinal)
    {
        ["text"] = [],
        ["varchar"] = [],
        ["char"] = [],
        ["citext"] = [],
        ["uuid"] = [],
        ["xml"] = [],
        ["bytea"] = [],
        ["boolean"] = [],
        ["smallint"] = ["integer", "bigint", "oid", "real", "double precision", "numeric"],
        ["integer"] = ["smallint", "bigint", "oid", "real", "double precision", "numeric", "money"],
        ["bigint"] = ["smallint", "integer", "oid", "real", "double precision", "numeric", "money"],
        ["oid"] = ["integer", "bigint"],
        ["real"] = ["smallint", "integer", "bigint", "double precision", "numeric"],
        ["double precision"] = ["smallint", "integer", "bigint", "real", "numeric"],
        ["numeric"] = ["smallint", "integer", "bigint", "real", "double precision", "money"],
        ["money"] = ["numeric"],
        ["bit"] = ["varbit"],
        ["varbit"] = ["bit"],
        ["json"] = ["jsonb"],
        ["jsonb"] = ["json"],
        ["date"] = ["timestamp", "timestamptz"],
        ["time"] = ["interval", "timetz"],
        ["timetz"] = ["time"],
        ["timestamp"] = ["date", "time", "timestamptz"],
        ["timestamptz"] = ["date", "time", "timetz", "timestamp"],
        ["interval"] = ["time"],
        ["inet"] = ["cidr"],
        ["cidr"] = ["inet"],
        ["macaddr"] = ["macaddr8"],
        ["macaddr8"] = ["macaddr"],
        ["point"] = ["box"],
        ["box"] = ["polygon"],
        ["path"] = ["polygon"],
        ["polygon"] = ["path"],
        ["circle"] = [],
        ["line"] = [],
        ["lseg"] = [],
        ["tsvector"] = [],
        ["tsquery"] = [],
        ["int4range"] = [],
        ["int8range"] = [],
        ["numrange"] = [],
        ["tsrange"] = [],
        ["tstzrange"] = [],
        ["daterange"] = [],
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, string> Aliases = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["int2"] = "smallint",
        ["int"] = "integer",
        ["int4"] = "integer",
        ["int8"] = "bigint",
        ["float4"] = "real",
        ["float8"] = "double precision",
        ["decimal"] = "numeric",
        ["bool"] = "boolean",
        ["character varying"] = "varchar",
        ["character"] = "char",
        ["bpchar"] = "char",
        ["bit varying"] = "varbit",
        ["timestamp without time zone"] = "timestamp",
        ["timestamp with time zone"] = "timestamptz",
        ["time without time zone"] = "time",
        ["time with time zone"] = "timetz",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>
    /// The expression that casts a column; null where PostgreSQL casts of itself, or where a type is none of its own and nobody knows.
    /// </summary>
    /// <param name="before">The type before.</param>
    /// <param name="after">The type after; a list where the one before is.</param>
    /// <param name="column">The column's name in quotes.</param>
    /// <param name="type">The whole type after, as DDL writes it.</param>
    public static string? Using(ColumnType before, ColumnType after, string column, string type)
    {
        if (before.Enum is not null || after.Enum is not null) return null;
        var (from, to) = (NameOf(before), NameOf(after));
        if (from == to || Texts.Contains(to) || !Automatic.TryGetValue(from, out var targets) || !Automatic.ContainsKey(to) || targets.Contains(to)) return null;
        var list = before.Arity == ColumnArity.List ? "[]" : "";
        return from switch
        {
            "money" when targets.Concat(Automatic["numeric"]).Contains(to) => $"{column}::numeric{list}::{type}",

            // Without the currency's sign.
            "money" => $"{column}::numeric{list}::text{list}::{type}",
            "timestamp" when to == "timetz" => $"{column}::timestamptz{list}::{type}",
            _ => $"{column}::text{list}::{type}",
        };
    }

    /// <summary>The same where values of an enum become lists of one, or lists become values, which they only do if none of them has more than one: nothing goes unsaid.</summary>
    public static string UsingOfEnum(ColumnType before, ColumnType after, string column, string type)
    {
        if (before.Arity == ColumnArity.List) return $"nullif(array_to_string({column}, ','), '')::{type}";
        return before.Arity == ColumnArity.Required ? $"ARRAY[{column}]" : $"array_remove(ARRAY[{column}], NULL)";
    }

    /// <summary>The same where the enum is another type, which lacks labels.</summary>
    /// <param name="use">The column.</param>
    /// <param name="column">Its name in quotes.</param>
    /// <param name="type">The whole type after, as DDL writes it.</param>
    public static string UsingOfReplacedEnum(EnumColumn use, string column, string type) => use.ArityBefore switch
    {
        null => $"{column}::text::{type}",
        { } arity => UsingOfEnum(use.Column.Type with { Arity = arity }, use.Column.Type, column, type) + (arity == ColumnArity.List ? "" : $"::text[]::{type}"),
    };

    private static string NameOf(ColumnType type)
    {
        var name = type.StoreType.ToLowerInvariant();
        var (open, close) = (name.IndexOf('(', StringComparison.Ordinal), name.IndexOf(')', StringComparison.Ordinal));
        if (open >= 0 && close > open) name = name[..open].TrimEnd() + name[(close + 1)..];
        return Aliases.GetValueOrDefault(name, name);
    }
}
