using System.Globalization;
using System.Text.Json;
using Ploy.Core;
using Ploy.Relational.Model;
using Ploy.Sqlite.Scripts;

namespace Ploy.Sqlite.Introspection;

/// <summary>Reads a default as SQLite keeps it, which is as it was written, without parentheses around it.</summary>
internal static class DefaultParser
{
    /// <summary>The default's meaning for a column of that family; null where it is NULL.</summary>
    public static DefaultValue? Parse(string written, TypeFamily family)
    {
        var text = SqliteExpressions.Bare(written);
        if (text.Equals("NULL", StringComparison.OrdinalIgnoreCase)) return null;
        if (family == TypeFamily.DateTime && IsNow(text)) return new DefaultValue.Now();
        return Literal(text, family) is { } literal ? new DefaultValue.Literal(literal) : new DefaultValue.Expression(new SqlExpression(text, text));
    }

    private static bool IsNow(string text) => text.ToLowerInvariant() is "current_timestamp" or "datetime('now')" or "datetime('now', 'localtime')";

    private static LiteralValue? Literal(string text, TypeFamily family)
    {
        var lexer = new SqliteLexer(text);
        var token = lexer.Next();
        var isOne = token.Kind != SqliteTokenKind.End && lexer.Next().Kind == SqliteTokenKind.End;
        // A column of numbers makes a number of a string that looks like one (https://www.sqlite.org/datatype3.html#type_affinity).
        var bare = isOne && token.Kind == SqliteTokenKind.Text && text[0] == '\'' ? SqliteLexer.NameOf(text, token) : text;
        return family switch
        {
            TypeFamily.Int or TypeFamily.BigInt => Number(bare, NumberStyles.AllowLeadingSign),
            TypeFamily.Float or TypeFamily.Decimal => Number(bare, NumberStyles.Float),
            TypeFamily.Boolean when bare != text => bare switch
            {
                "1" => new LiteralValue.Boolean(true),
                "0" => new LiteralValue.Boolean(false),
                _ => null,
            },
            TypeFamily.Boolean => text.ToLowerInvariant() switch
            {
                "true" or "1" => new LiteralValue.Boolean(true),
                "false" or "0" => new LiteralValue.Boolean(false),
                _ => null,
            },
            TypeFamily.String when isOne && IsString(text, token) => new LiteralValue.Text(SqliteLexer.NameOf(text, token)),
            TypeFamily.String when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number.ToString(CultureInfo.InvariantCulture) == text =>
                new LiteralValue.Text(text), // a column of text makes text of a number
            TypeFamily.String => null,
            TypeFamily.Json => Json(text, isOne ? token : default),
            TypeFamily.Binary => isOne && text.StartsWith("x'", StringComparison.OrdinalIgnoreCase) && text.Length % 2 == 1 ? Bytes(text) : null,
            _ => null,
        };
    }

    // A name alone is a string to SQLite, in whatever quotes.
    private static bool IsString(string text, SqliteToken token) => token.Kind switch
    {
        SqliteTokenKind.Text => text[0] == '\'',
        SqliteTokenKind.QuotedName => true,
        SqliteTokenKind.Word => text.ToLowerInvariant() is not ("current_timestamp" or "current_date" or "current_time" or "true" or "false"),
        _ => false,
    };

    // The engine writes JSON without quotes where it should have some: what it meant is what is there.
    private static LiteralValue.Text? Json(string text, SqliteToken token)
    {
        if (token.Kind == SqliteTokenKind.Text && text[0] == '\'') return new LiteralValue.Text(SqliteLexer.NameOf(text, token));
        try
        {
            using var document = JsonDocument.Parse(text);
            return new LiteralValue.Text(text);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static LiteralValue.Bytes? Bytes(string text)
    {
        try
        {
            return new LiteralValue.Bytes(Convert.FromHexString(text.AsSpan(2, text.Length - 3)).ToEquatableArray());
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private static LiteralValue.Number? Number(string text, NumberStyles style) =>
        double.TryParse(text, style, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value) ? new LiteralValue.Number(Plain(text, value)) : null;

    // As the schema's own numbers are: no plus, no leading zeros, no exponent.
    private static string Plain(string text, double value)
    {
        if (text.AsSpan().IndexOfAny('e', 'E') >= 0) return value.ToString(CultureInfo.InvariantCulture);
        var digits = text.TrimStart('-', '+').TrimStart('0');
        if (digits.Length == 0 || digits[0] == '.') digits = "0" + digits;
        return text[0] == '-' && value != 0 ? "-" + digits : digits;
    }
}
