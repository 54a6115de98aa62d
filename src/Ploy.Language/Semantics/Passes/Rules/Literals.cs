using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Ploy.Language.Syntax;

namespace Ploy.Language.Semantics.Passes.Rules;

/// <summary>Whether the characters of a default are a value of the field's type.</summary>
internal static partial class Literals
{
    /// <summary>What the literal should be and is not, in words; null where it is fine.</summary>
    public static string? Problem(ScalarKind kind, ExpressionSyntax literal) => (kind, literal) switch
    {
        (ScalarKind.Json, StringSyntax text) when !IsJson(text.Value) => "valid JSON",
        (ScalarKind.Bytes, StringSyntax text) when !IsBase64(text.Value) => "base64",
        (ScalarKind.DateTime, StringSyntax text) when !IsDateTime(text.Value) => "a time as RFC 3339 has it, such as `2026-01-31T12:00:00Z`",
        (ScalarKind.Int or ScalarKind.BigInt, NumberSyntax number) when !IsInteger(number.Text) => "a whole number of 64 bits",
        (ScalarKind.Decimal, StringSyntax text) when !Decimal().IsMatch(text.Value) => "a decimal number",
        _ => null,
    };

    /// <summary>The literal as the user reads it.</summary>
    public static string Show(ExpressionSyntax literal) => literal switch
    {
        StringSyntax text => text.Value,
        NumberSyntax number => number.Text,
        ConstantSyntax word => word.Text,
        _ => "",
    };

    private static bool IsInteger(string text) => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _);

    private static bool IsJson(string text)
    {
        try
        {
            var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(text), new JsonReaderOptions { MaxDepth = 127 });
            while (reader.Read())
            {
                if (reader.TokenType == JsonTokenType.Number && (!reader.TryGetDouble(out var number) || !double.IsFinite(number))) return false;
                // Half of a pair of surrogates is no character, which shows only when the text is read.
                if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName) reader.GetString();
            }

            return true;
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>With padding, without blanks, and without bits left over.</summary>
    private static bool IsBase64(string text)
    {
        if (text.Any(char.IsWhiteSpace)) return false;
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var length) && Convert.ToBase64String(bytes.AsSpan(0, length)) == text;
    }

    private static bool IsDateTime(string text)
    {
        var match = Rfc3339().Match(text);
        if (!match.Success) return false;
        int Part(string name) => int.Parse(match.Groups[name].ValueSpan, CultureInfo.InvariantCulture);
        var (year, month, day) = (Part("year"), Part("month"), Part("day"));
        if (month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year == 0 ? 4 : year, month)) return false;
        // A leap second is a second.
        if (Part("hour") > 23 || Part("minute") > 59 || Part("second") > 60) return false;
        return !match.Groups["offsetHour"].Success || (Part("offsetHour") <= 23 && Part("offsetMinute") <= 59);
    }

    [GeneratedRegex(@"^(?<year>[0-9]{4})-(?<month>[0-9]{2})-(?<day>[0-9]{2})[Tt ](?<hour>[0-9]{2}):(?<minute>[0-9]{2}):(?<second>[0-9]{2})(\.[0-9]+)?([Zz]|[+\u2212-](?<offsetHour>[0-9]{2}):(?<offsetMinute>[0-9]{2}))\z")]
    private static partial Regex Rfc3339();

    [GeneratedRegex(@"^[+-]?([0-9][0-9_]*\.?[0-9_]*|\.[0-9][0-9_]*)([eE][+-]?[0-9]+)?\z")]
    private static partial Regex Decimal();
}
