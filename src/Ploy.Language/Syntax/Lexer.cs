using System.Collections.Immutable;
using Ploy.Core.Text;

namespace Ploy.Language.Syntax;

/// <summary>Cuts a text into tokens: every character lies in exactly one. Linear, and never fails.</summary>
internal static class Lexer
{
    public static ImmutableArray<Token> Tokenize(string text)
    {
        var tokens = ImmutableArray.CreateBuilder<Token>(text.Length / 3);
        for (var at = 0; at < text.Length;)
        {
            var (kind, end) = Next(text, at);
            tokens.Add(new Token(kind, TextSpan.FromBounds(at, end)));
            at = end;
        }

        return tokens.ToImmutable();
    }

    private static (TokenKind Kind, int End) Next(string text, int at)
    {
        var c = text[at];
        if (c is '\n') return (TokenKind.NewLine, at + 1);
        if (c is '\r') return (TokenKind.NewLine, at + (at + 1 < text.Length && text[at + 1] == '\n' ? 2 : 1));
        if (Characters.IsBlank(c)) return (TokenKind.Blank, While(text, at, Characters.IsBlank));
        if (c == '/' && at + 1 < text.Length)
        {
            if (text[at + 1] == '/')
                return (at + 2 < text.Length && text[at + 2] == '/' ? TokenKind.DocComment : TokenKind.Comment, LineEnd(text, at));
            if (text[at + 1] == '*' && text.IndexOf("*/", at + 2, StringComparison.Ordinal) is >= 0 and var close)
                return (TokenKind.BlockComment, close + 2);
        }

        if (c == '"') return (TokenKind.String, StringEnd(text, at));
        if (char.IsAsciiDigit(c) || (c == '-' && at + 1 < text.Length && char.IsAsciiDigit(text[at + 1])))
            return Number(text, at);
        if (Characters.IsIdentifierStart(c)) return (TokenKind.Word, While(text, at, Characters.IsIdentifierPart));
        if (c == '@' && at + 1 < text.Length && text[at + 1] == '@') return (TokenKind.Punctuation, at + 2);
        if (c is '@' or '{' or '}' or '(' or ')' or '[' or ']' or ',' or ':' or '=' or '?' or '.' or '!') return (TokenKind.Punctuation, at + 1);
        var isPair = char.IsHighSurrogate(c) && at + 1 < text.Length && char.IsLowSurrogate(text[at + 1]);
        return (TokenKind.Bad, at + (isPair ? 2 : 1));
    }

    private static (TokenKind Kind, int End) Number(string text, int at)
    {
        var end = While(text, at + 1, char.IsAsciiDigit);
        if (end + 1 < text.Length && text[end] == '.' && char.IsAsciiDigit(text[end + 1])) end = While(text, end + 1, char.IsAsciiDigit);
        // A name may begin with a digit as far as tokens go.
        return end < text.Length && text[at] != '-' && Characters.IsIdentifierPart(text[end])
            ? (TokenKind.Word, While(text, at, Characters.IsIdentifierPart))
            : (TokenKind.Number, end);
    }

    private static int StringEnd(string text, int at)
    {
        var end = at + 1;
        while (end < text.Length && text[end] is not ('"' or '\n' or '\r')) end += text[end] == '\\' && end + 1 < text.Length && text[end + 1] is not ('\n' or '\r') ? 2 : 1;
        return end < text.Length && text[end] == '"' ? end + 1 : end;
    }

    private static int LineEnd(string text, int at)
    {
        var end = text.AsSpan(at).IndexOfAny('\n', '\r');
        return end < 0 ? text.Length : at + end;
    }

    private static int While(string text, int at, Func<char, bool> isPart)
    {
        while (at < text.Length && isPart(text[at])) at++;
        return at;
    }
}

/// <summary>Which characters the language's grammar lets stand where.</summary>
internal static class Characters
{
    public static bool IsBlank(char c) => c is ' ' or '\t' || (c > '\x7f' && char.GetUnicodeCategory(c) == System.Globalization.UnicodeCategory.SpaceSeparator);

    public static bool IsIdentifierStart(char c) => char.IsAsciiLetterOrDigit(c) || (c > '\x7f' && (char.IsLetterOrDigit(c) || char.IsSurrogate(c)));

    public static bool IsIdentifierPart(char c) => IsIdentifierStart(c) || c is '_' or '-';
}
