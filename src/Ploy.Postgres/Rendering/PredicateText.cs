using Ploy.Postgres.Scripts;

namespace Ploy.Postgres.Rendering;

/// <summary>Predicates of partial indexes as text.</summary>
internal static class PredicateText
{
    /// <summary>The predicate in one pair of parentheses.</summary>
    public static string InParentheses(string predicate) => IsInParentheses(predicate) ? predicate : "(" + predicate + ")";

    /// <summary>Whether two predicates differ only in blanks, parentheses, letter case of words, and quotes that change nothing.</summary>
    public static bool Same(string before, string after)
    {
        var (first, second) = (Words(before), Words(after));
        return first.SequenceEqual(second, StringComparer.Ordinal);
    }

    private static bool IsInParentheses(string text)
    {
        var lexer = new PostgresLexer(text);
        var (depth, isFirst) = (0, true);
        while (true)
        {
            var token = lexer.Next();
            if (token.Kind == SqlTokenKind.End) return !isFirst && depth == 0;
            var c = token.Kind == SqlTokenKind.Punctuation ? text[token.Start] : ' ';
            if (isFirst && c != '(' || !isFirst && depth == 0) return false;
            depth += c == '(' ? 1 : c == ')' ? -1 : 0;
            isFirst = false;
        }
    }

    private static List<string> Words(string text)
    {
        var words = new List<string>();
        var lexer = new PostgresLexer(text);
        for (var token = lexer.Next(); token.Kind != SqlTokenKind.End; token = lexer.Next())
        {
            var word = text[token.Start..token.End];
            if (token.Kind == SqlTokenKind.Punctuation && word is "(" or ")") continue;
            words.Add(token.Kind switch
            {
                SqlTokenKind.Word => word.ToLowerInvariant(),
                SqlTokenKind.QuotedName => word[1..^1],
                _ => word,
            });
        }

        return words;
    }
}
