namespace Ploy.Sqlite.Scripts;

/// <summary>What is asked of an expression's text.</summary>
internal static class SqliteExpressions
{
    /// <summary>The expression as SQLite keeps it: without blanks and one pair of parentheses around it.</summary>
    public static string Bare(string written)
    {
        var text = written.Trim();
        var lexer = new SqliteLexer(text);
        var depth = 0;
        for (var token = lexer.Next(); token.Kind != SqliteTokenKind.End; token = lexer.Next())
        {
            var c = token.Kind == SqliteTokenKind.Punctuation ? text[token.Start] : ' ';
            depth += c == '(' ? 1 : c == ')' ? -1 : 0;
            if (depth == 0) return c == ')' && token.End == text.Length ? text[1..^1].Trim() : text;
        }

        return text;
    }

    /// <summary>Whether the expression is one literal, signed or not, in parentheses or not.</summary>
    public static bool IsLiteral(string written)
    {
        var text = Bare(written);
        if (text != written.Trim()) return IsLiteral(text);
        var lexer = new SqliteLexer(text);
        var token = lexer.Next();
        if (token.Kind == SqliteTokenKind.Punctuation && text[token.Start] is '-' or '+') token = lexer.Next();
        var isLiteral = token.Kind is SqliteTokenKind.Number or SqliteTokenKind.Text or SqliteTokenKind.QuotedName
            || text[token.Start..token.End].ToUpperInvariant() is "NULL" or "TRUE" or "FALSE";
        return isLiteral && lexer.Next().Kind == SqliteTokenKind.End;
    }
}
