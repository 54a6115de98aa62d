using System.Text;
using Ploy.Core;

namespace Ploy.Postgres.Introspection;

/// <summary>
/// Strings as the server prints them: in single quotes, and with an <c>E</c> before where there is a backslash.
/// https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-STRINGS
/// </summary>
internal static class StringLiterals
{
    /// <summary>The string's value; null for forms that the server does not print for a default (dollar quotes, <c>U&amp;''</c>, bits).</summary>
    public static string? Unquote(ReadOnlySpan<char> literal)
    {
        var escapes = literal.Length > 0 && literal[0] is 'E' or 'e';
        if (escapes) literal = literal[1..];
        if (literal.Length < 2 || literal[0] != '\'' || literal[^1] != '\'') return null;
        var text = literal[1..^1].ToString().Replace("''", "'", StringComparison.Ordinal);
        return escapes ? text.Replace("\\\\", "\\", StringComparison.Ordinal) : text;
    }

    /// <summary>The bytes of <c>\x6869</c>, or of the older form with octal escapes; null where it is neither.</summary>
    public static EquatableArray<byte>? Bytes(string text)
    {
        if (text.StartsWith("\\x", StringComparison.Ordinal))
        {
            var digits = text[2..];
            return digits.Length % 2 == 0 && digits.All(char.IsAsciiHexDigit) ? Convert.FromHexString(digits).ToEquatableArray() : null;
        }

        return text.Contains('\\', StringComparison.Ordinal) ? null : Encoding.UTF8.GetBytes(text).ToEquatableArray();
    }
}

/// <summary>Arrays in their text form: https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO.</summary>
internal static class ArrayLiterals
{
    /// <summary>The items of a one-dimensional array without nulls; null for anything else.</summary>
    public static List<string>? Parse(string text)
    {
        text = text.Trim();
        if (text.Length < 2 || text[0] != '{' || text[^1] != '}') return null;
        var items = new List<string>();
        if (text.AsSpan(1, text.Length - 2).Trim().IsEmpty) return items;
        var position = 1;
        while (true)
        {
            if (ReadItem(text, ref position) is not { } item) return null;
            items.Add(item);
            if (position == text.Length - 1) return items;
            if (text[position++] != ',') return null;
        }
    }

    private static string? ReadItem(string text, ref int position)
    {
        while (position < text.Length - 1 && char.IsWhiteSpace(text[position])) position++;
        return text[position] == '"' ? ReadQuoted(text, ref position) : ReadPlain(text, ref position);
    }

    private static string? ReadQuoted(string text, ref int position)
    {
        var value = new StringBuilder();
        for (position++; position < text.Length - 1; position++)
        {
            if (text[position] == '"')
            {
                position++;
                return value.ToString();
            }

            if (text[position] == '\\') position++;
            value.Append(text[position]);
        }

        return null;
    }

    private static string? ReadPlain(string text, ref int position)
    {
        var value = new StringBuilder();
        for (; position < text.Length - 1 && text[position] != ','; position++)
        {
            if (text[position] is '{' or '}' or '"') return null;
            if (text[position] == '\\') position++;
            value.Append(text[position]);
        }

        var item = value.ToString().TrimEnd();
        return item.Length == 0 || item.Equals("NULL", StringComparison.OrdinalIgnoreCase) ? null : item;
    }
}
