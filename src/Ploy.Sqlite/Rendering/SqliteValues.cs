using System.Text.Json;
using Ploy.Relational.Model;
using Ploy.Sqlite.Scripts;
using Ploy.Sqlite.Sessions;

namespace Ploy.Sqlite.Rendering;

/// <summary>Writes defaults.</summary>
internal static class SqliteValues
{
    /// <summary>The default's text; null where nobody says it (<c>dbgenerated()</c>) or the rowid counts.</summary>
    /// <param name="value">The default.</param>
    /// <param name="family">The column's. JSON is text in quotes, but a number is one without them too, and so the engine writes it.</param>
    public static string? Default(DefaultValue value, TypeFamily family) => value switch
    {
        DefaultValue.Literal { Value: LiteralValue.Text json } when family == TypeFamily.Json && IsNumber(json.Value) => json.Value,
        DefaultValue.Literal literal => Literal(literal.Value),
        DefaultValue.Now => "CURRENT_TIMESTAMP",
        DefaultValue.Expression expression => expression.Sql.Text.Length == 0 ? null : Expression(expression.Sql.Text),
        DefaultValue.NextValue or DefaultValue.Unknown => null,
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>Whether the default is a literal, not the time or what an expression makes.</summary>
    public static bool IsConstant(DefaultValue value) => value switch
    {
        DefaultValue.Now => false,
        DefaultValue.Expression expression => expression.Sql.Text.Length == 0 || SqliteExpressions.IsLiteral(expression.Sql.Text),
        _ => true,
    };

    // Other than a literal, a signed number or a word it stands in parentheses (https://www.sqlite.org/syntax/column-constraint.html); SQLite reads it back without them.
    private static string Expression(string text)
    {
        if (SqliteExpressions.Bare(text) != text.Trim()) return text;
        var lexer = new SqliteLexer(text);
        var token = lexer.Next();
        if (token.Kind == SqliteTokenKind.Punctuation && text[token.Start] is '-' or '+') _ = lexer.Next();
        return lexer.Next().Kind == SqliteTokenKind.End ? text : $"({text})";
    }

    private static bool IsNumber(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.ValueKind == JsonValueKind.Number;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static string Literal(LiteralValue value) => value switch
    {
        LiteralValue.Text text => SqliteNames.Literal(text.Value),
        LiteralValue.EnumLabel label => SqliteNames.Literal(label.Value),
        LiteralValue.Number number => number.Value,
        LiteralValue.Boolean boolean => boolean.Value ? "true" : "false",
        LiteralValue.Bytes bytes => "X'" + Convert.ToHexString(bytes.Value.AsSpan()) + "'",
        LiteralValue.List => throw new System.Diagnostics.UnreachableException("SQLite has no lists; the schema was validated."),
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
