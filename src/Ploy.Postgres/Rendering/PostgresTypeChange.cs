using System.Globalization;
using Ploy.Core;
using Ploy.Relational.Changes;
using Ploy.Relational.Model;

namespace Ploy.Postgres.Rendering;

/// <summary>
/// What happens to values where a column goes from one type to another. The table is the engine's, whose scripts and warnings follow from it;
/// PostgreSQL itself would cast some of what it calls impossible.
/// </summary>
internal static class PostgresTypeChange
{
    private const TypeChangeKind Safe = TypeChangeKind.SafeCast;
    private const TypeChangeKind Risky = TypeChangeKind.RiskyCast;
    private const TypeChangeKind Impossible = TypeChangeKind.NotCastable;

    /// <summary>The kind of change; null where both are the same.</summary>
    public static TypeChangeKind? Compare(ColumnType before, ColumnType after)
    {
        var (wasList, isList) = (before.Arity == ColumnArity.List, after.Arity == ColumnArity.List);
        if (wasList && !isList) return FromList(after);
        if (isList && !wasList) return Impossible;
        if (before.Family == TypeFamily.Unsupported && after.Family == TypeFamily.Unsupported)
            return before.StoreType == after.StoreType || IsWithArguments(before.StoreType, after.StoreType) ? null : Risky;
        if (before.Family == TypeFamily.Unsupported || after.Family == TypeFamily.Unsupported) return Risky;
        return before.StoreType == after.StoreType && before.Arguments == after.Arguments ? null : Cast(before, after);
    }

    // `vector`, which the engine's `db pull` writes, says no length: `vector(3)`, which somebody chose by hand, is it all the same and stays.
    private static bool IsWithArguments(string type, string name) =>
        type.Length > name.Length && type[name.Length] == '(' && type[^1] == ')' && type.StartsWith(name, StringComparison.OrdinalIgnoreCase);

    private static TypeChangeKind FromList(ColumnType after) => after.StoreType switch
    {
        "TEXT" => Safe,
        "VARCHAR" => after.Arguments.IsEmpty ? Safe : Risky,
        "CHAR" => Risky,
        _ => Impossible,
    };

    private static TypeChangeKind? Cast(ColumnType before, ColumnType after)
    {
        var (length, target) = (Number(before.Arguments, 0), after.StoreType);
        var newLength = Number(after.Arguments, 0);
        return before.StoreType switch
        {
            "INET" => target is "CITEXT" or "TEXT" or "VARCHAR" ? Safe : Impossible,
            "MONEY" => target is "CITEXT" or "TEXT" or "VARCHAR" ? Safe : Risky,
            "CITEXT" => target is "TEXT" or "VARCHAR" ? Safe : Risky,
            "OID" => target is "TEXT" or "VARCHAR" or "BIGINT" or "INTEGER" ? Safe : Impossible,
            "SMALLINT" => FromInteger(after, digits: 3, characters: 4, "INTEGER", "BIGINT"),
            "INTEGER" => target == "SMALLINT" ? Risky : FromInteger(after, digits: 10, characters: 11, "BIGINT", "BIGINT"),
            "BIGINT" => target is "SMALLINT" or "INTEGER" ? Risky : FromInteger(after, digits: 19, characters: 20, "BIGINT", "BIGINT"),
            "DECIMAL" => FromDecimal(before, after),
            "REAL" => FromFloat(after, characters: 47),
            "DOUBLE PRECISION" => target == "REAL" ? Risky : FromFloat(after, characters: 317),
            "VARCHAR" => FromVarChar(length, after, newLength),
            "CHAR" => FromChar(length, after, newLength),
            "TEXT" => target is "CITEXT" || target == "VARCHAR" && newLength is null ? Safe : target is "VARCHAR" or "CHAR" ? Risky : Impossible,
            "BYTEA" => IsUnboundText(after) ? Safe : target is "VARCHAR" or "CHAR" && newLength > 2 ? Risky : Impossible,
            "TIMESTAMP" => FromTime(before, after, characters: 22, "TIMESTAMP", "TIMESTAMPTZ", "DATE", "TIME", "TIMETZ"),
            "TIMESTAMPTZ" => FromTime(before, after, characters: 27, "TIMESTAMP", "TIMESTAMPTZ", "DATE", "TIME", "TIMETZ"),
            "DATE" => FromTime(before, after, characters: 27, "TIMESTAMP", "TIMESTAMPTZ"),
            "TIME" => FromTime(before, after, characters: 13, "TIMETZ"),
            "TIMETZ" => FromTime(before, after, characters: 18, "TIMETZ", "TIME"),
            "BOOLEAN" => FromBoolean(target, newLength),
            "BIT" => FromBit(length, after, newLength),
            "VARBIT" => FromVarBit(length, after, newLength),
            "UUID" => IsUnboundText(after) || target is "VARCHAR" or "CHAR" && newLength > 31 ? Safe : Impossible,
            "XML" => IsUnboundText(after) ? Safe : target is "VARCHAR" or "CHAR" ? Risky : Impossible,
            "JSON" or "JSONB" => IsUnboundText(after) || target is "JSON" or "JSONB" ? Safe : target is "VARCHAR" or "CHAR" ? Risky : Impossible,
            _ => Risky,
        };
    }

    private static bool IsUnboundText(ColumnType type) => type.StoreType == "TEXT" || type.StoreType == "VARCHAR" && type.Arguments.IsEmpty;

    private static TypeChangeKind FromInteger(ColumnType after, int digits, int characters, string wider, string widest)
    {
        var target = after.StoreType;
        if (target == wider || target == widest || target is "REAL" or "DOUBLE PRECISION" or "TEXT") return Safe;
        return target switch
        {
            "DECIMAL" => Number(after.Arguments, 0) - Number(after.Arguments, 1) < digits ? Risky : Safe,
            "VARCHAR" or "CHAR" => ToCharacters(after, characters),
            _ => Impossible,
        };
    }

    private static TypeChangeKind ToCharacters(ColumnType after, int needed) => Number(after.Arguments, 0) switch
    {
        { } length => length < needed ? Risky : Safe,
        null => after.StoreType == "CHAR" ? Risky : Safe,
    };

    private static TypeChangeKind FromFloat(ColumnType after, int characters) => after.StoreType switch
    {
        "SMALLINT" or "INTEGER" or "BIGINT" or "DECIMAL" => Risky,
        "DOUBLE PRECISION" or "TEXT" => Safe,
        "VARCHAR" or "CHAR" => ToCharacters(after, characters),
        _ => Impossible,
    };

    private static TypeChangeKind FromDecimal(ColumnType before, ColumnType after)
    {
        var (precision, scale) = (Number(before.Arguments, 0), Number(before.Arguments, 1) ?? 0);
        return after.StoreType switch
        {
            "SMALLINT" => ToInteger(2),
            "INTEGER" => ToInteger(9),
            "BIGINT" => ToInteger(18),
            "DECIMAL" => ToDecimal(precision, scale, Number(after.Arguments, 0), Number(after.Arguments, 1) ?? 0),
            "REAL" or "DOUBLE PRECISION" => Risky,
            "VARCHAR" or "CHAR" => ToText(),
            "TEXT" => Safe,
            _ => Impossible,
        };

        TypeChangeKind ToInteger(int digits) => precision is null || scale > 0 || precision > digits ? Risky : Safe;

        // All digits, a sign, and a point where there are digits behind it.
        TypeChangeKind ToText() => Number(after.Arguments, 0) is { } length
            ? length < (precision is null ? 131073 : precision + (scale > 0 ? 2 : 1)) ? Risky : Safe
            : after.StoreType == "CHAR" ? Risky : Safe;
    }

    private static TypeChangeKind ToDecimal(int? precision, int scale, int? newPrecision, int newScale)
    {
        if (newPrecision is null) return Safe;
        if (precision is null) return newPrecision < 131072 || newScale < 16383 ? Risky : Safe;
        return precision - scale > newPrecision - newScale || scale > newScale ? Risky : Safe;
    }

    private static TypeChangeKind FromVarChar(int? length, ColumnType after, int? newLength)
    {
        if (after.StoreType == "TEXT") return Safe;
        if (after.StoreType is not ("VARCHAR" or "CHAR")) return Impossible;
        return (length, newLength) switch
        {
            (null, null) => after.StoreType == "CHAR" ? Risky : Safe,
            (null, _) => Risky,
            (1, null) => Safe,
            (_, null) => after.StoreType == "CHAR" ? Risky : Safe,
            _ => length > newLength ? Risky : Safe,
        };
    }

    private static TypeChangeKind FromChar(int? length, ColumnType after, int? newLength)
    {
        if (after.StoreType == "TEXT") return Safe;
        if (after.StoreType is not ("VARCHAR" or "CHAR")) return Impossible;
        return (length, newLength) switch
        {
            (null, _) or (1, null) => Safe,
            (_, null) => after.StoreType == "CHAR" ? Risky : Safe,
            _ => length > newLength ? Risky : Safe,
        };
    }

    private static TypeChangeKind? FromTime(ColumnType before, ColumnType after, int characters, params ReadOnlySpan<string> castable)
    {
        if (IsUnboundText(after) || after.StoreType is "CHAR" or "VARCHAR" && Number(after.Arguments, 0) > characters) return Safe;

        // A precision on one side only is none: the server's own default is the finest.
        if (after.StoreType == before.StoreType && (after.Arguments.IsEmpty || before.Arguments.IsEmpty)) return null;
        return castable.Contains(after.StoreType) ? Safe : Impossible;
    }

    private static TypeChangeKind FromBoolean(string target, int? newLength) => target switch
    {
        "TEXT" or "VARCHAR" => Safe,
        "CHAR" => newLength switch
        {
            > 4 => Safe,
            > 3 => Risky,
            _ => Impossible,
        },
        _ => Impossible,
    };

    private static TypeChangeKind FromBit(int? length, ColumnType after, int? newLength)
    {
        var target = after.StoreType;
        if (length is null) return target is "TEXT" or "VARCHAR" or "CHAR" or "VARBIT" ? Safe : Impossible;
        if (IsUnboundText(after) || target == "VARBIT" && newLength is null) return Safe;
        return target is "VARCHAR" or "VARBIT" or "CHAR" && newLength >= length ? Safe : Impossible;
    }

    private static TypeChangeKind FromVarBit(int? length, ColumnType after, int? newLength)
    {
        var target = after.StoreType;
        if (IsUnboundText(after)) return Safe;
        if (length is null) return target is "VARCHAR" or "CHAR" or "BIT" ? Risky : Impossible;
        return target switch
        {
            "VARBIT" => newLength is null || newLength > length ? Safe : Impossible,
            "VARCHAR" or "CHAR" => newLength >= length ? Safe : Risky,
            "BIT" => newLength is null || newLength <= length ? Risky : Impossible,
            _ => Impossible,
        };
    }

    private static int? Number(EquatableArray<string> arguments, int index) =>
        index < arguments.Count && int.TryParse(arguments[index], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
