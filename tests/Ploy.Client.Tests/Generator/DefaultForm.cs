using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore.Migrations.Operations;
using NpgsqlTypes;

namespace Ploy.Client.Tests.Generator;

/// <summary>Whether two defaults are one in two forms: a value and its SQL, or the same SQL as written and as the database prints it.</summary>
internal static partial class DefaultForm
{
    public static bool AreSame(ColumnOperation a, ColumnOperation b) =>
        Canonical(a, Zoneless(a)) is { } mine && Canonical(b, Zoneless(b)) is { } theirs && OfType(mine, a.ColumnType ?? "") == OfType(theirs, b.ColumnType ?? "");

    /// <summary>A column without a zone does not read the one of a literal.</summary>
    private static string? Zoneless(ColumnOperation column) =>
        column.DefaultValueSql is { } sql && (column.ColumnType?.TrimEnd('[', ']').EndsWith("without time zone", StringComparison.Ordinal) == true || column.ColumnType?.TrimEnd('[', ']') == "date") ? Offset().Replace(sql, "'") : column.DefaultValueSql;

    /// <summary>What a column keeps of it: a time of day, or as many digits as its type of fraction has.</summary>
    private static string OfType(string canonical, string type)
    {
        if (type.StartsWith("time", StringComparison.Ordinal) && !type.StartsWith("timestamp", StringComparison.Ordinal))
            return canonical.StartsWith("time ", StringComparison.Ordinal) ? new DateTime(long.Parse(canonical[5..], CultureInfo.InvariantCulture)).ToString("HH:mm:ss.FFFFFF", CultureInfo.InvariantCulture) : Clock().Match(canonical).Value;
        if (type == "date" && canonical.StartsWith("time ", StringComparison.Ordinal)) return new DateTime(long.Parse(canonical[5..], CultureInfo.InvariantCulture)).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        if (type is "double precision" or "REAL" && double.TryParse(canonical, NumberStyles.Float, CultureInfo.InvariantCulture, out var wide)) return wide.ToString("R", CultureInfo.InvariantCulture);
        if (type == "real" && float.TryParse(canonical, NumberStyles.Float, CultureInfo.InvariantCulture, out var narrow)) return narrow.ToString("R", CultureInfo.InvariantCulture);
        return canonical;
    }

    /// <summary>Null where there is no default. The scaffolder of SQLite gives both, and its value keeps doubled quotes.</summary>
    private static string? Canonical(ColumnOperation column, string? sql) => sql is not null ? OfSql(sql, column.ColumnType is "bytea" or "BLOB" or "bytea[]") : column.DefaultValue is { } value ? OfValue(value) : null;

    private static string OfValue(object value) => value switch
    {
        bool boolean => boolean ? "true" : "false",
        DateTime time => "time " + time.Ticks.ToString(CultureInfo.InvariantCulture),
        byte[] bytes => "x" + Convert.ToHexString(bytes),
        BitArray bits => OfText(string.Concat(bits.Cast<bool>().Select(b => b ? '1' : '0'))),
        Guid guid => OfText(guid.ToString()),
        Enum label => OfText(label.GetType().GetField(label.ToString())?.GetCustomAttribute<PgNameAttribute>()?.PgName ?? label.ToString()),
        string text => OfText(text),
        IFormattable number => OfText(number.ToString(null, CultureInfo.InvariantCulture)),
        _ => value.ToString() ?? "",
    };

    private static string OfSql(string sql, bool isBinary)
    {
        var text = sql.Trim();
        while (true)
        {
            var before = text;
            if (Cast().Match(text) is { Success: true } cast) text = text[..cast.Index].Trim();
            if (text.Length > 1 && text[0] == '(' && text[^1] == ')') text = text[1..^1].Trim();
            if (text == before) break;
        }

        if (Array().Match(text) is { Success: true } items) return "[" + string.Join(",", Item().Matches(items.Groups[1].Value).Select(m => OfSql(m.Value, isBinary))) + "]";
        if (text is "now()" or "CURRENT_TIMESTAMP") return "now";
        if (isBinary && Bytes().Match(text) is { Success: true } bytes) return "x" + (bytes.Groups[1].Value + bytes.Groups[2].Value).ToUpperInvariant();
        if (text.StartsWith("E'", StringComparison.Ordinal)) text = text[1..].Replace("\\\\", "\\", StringComparison.Ordinal);
        return text.Length > 1 && text[0] == '\'' && text[^1] == '\'' ? OfText(text[1..^1].Replace("''", "'", StringComparison.Ordinal)) : OfText(text);
    }

    /// <summary>A text by what it means: a number however it is written, a time, JSON, or itself.</summary>
    private static string OfText(string text)
    {
        if (text is "true" or "false") return text;
        if (text is "{}" or "[]") return "[]";
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
            return decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var exact) ? (exact / 1.0000000000000000000000000000m).ToString(CultureInfo.InvariantCulture) : number.ToString("R", CultureInfo.InvariantCulture);
        if (Date().IsMatch(text) && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
            return "time " + time.UtcTicks.ToString(CultureInfo.InvariantCulture);
        if (text.StartsWith('{') || text.StartsWith('['))
        {
            try
            {
                return Sorted(JsonElement.Parse(text));
            }
            catch (JsonException)
            {
                return text;
            }
        }

        return text;
    }

    /// <summary><c>jsonb</c> keeps keys in an order of its own.</summary>
    private static string Sorted(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Object => $"{{{string.Join(',', json.EnumerateObject().OrderBy(p => p.Name, StringComparer.Ordinal).Select(p => $"{JsonSerializer.Serialize(p.Name)}:{Sorted(p.Value)}"))}}}",
        JsonValueKind.Array => $"[{string.Join(',', json.EnumerateArray().Select(Sorted))}]",
        _ => JsonSerializer.Serialize(json),
    };

    [GeneratedRegex(@"::(""[^""]+""|[a-z_]+)(\.""?[\w ]+""?)?( [a-z ]+)?(\([0-9, ]+\))?( [a-z ]+)?(\[\])?$")]
    private static partial Regex Cast();

    [GeneratedRegex(@"^ARRAY\[(.*)\]$", RegexOptions.Singleline)]
    private static partial Regex Array();

    [GeneratedRegex(@"(?:E?'(?:[^']|'')*'|\([^()]*\)|[^,'])+", RegexOptions.Singleline)]
    private static partial Regex Item();

    [GeneratedRegex(@"^(?:'\\x([0-9a-fA-F]*)'|[xX]'([0-9a-fA-F]*)')$")]
    private static partial Regex Bytes();

    [GeneratedRegex(@"\d\d:\d\d:\d\d(\.\d+)?")]
    private static partial Regex Clock();

    [GeneratedRegex(@" [+-]\d\d:\d\d'")]
    private static partial Regex Offset();

    [GeneratedRegex(@"^\d{1,4}-\d\d-\d\d")]
    private static partial Regex Date();
}
