using System.Collections.Immutable;
using Ploy.Core.Text;

namespace Ploy.Language.Syntax;

/// <summary>Cuts a text into tokens: every character lies in exactly one. Linear, and never fails.</summary>
internal static class Lexer
{
    public static ImmutableArray<Token> Tokenize(string text)
    {
        var tokens = ImmutableArray.CreateBuilder<Token>(text.Length / 3);
        var comments = new BlockCommentEnds(text);
        for (var at = 0; at < text.Length;)
        {
            var (kind, end) = Next(text, at, comments);
            tokens.Add(new Token(kind, TextSpan.FromBounds(at, end)));
            at = end;
        }

        return tokens.ToImmutable();
    }

    private static (TokenKind Kind, int End) Next(string text, int at, BlockCommentEnds comments)
    {
        var c = text[at];
        if (c is '\n') return (TokenKind.NewLine, at + 1);
        if (c is '\r') return (TokenKind.NewLine, at + (at + 1 < text.Length && text[at + 1] == '\n' ? 2 : 1));
        if (Characters.IsBlank(c)) return (TokenKind.Blank, While(text, at, Characters.IsBlank));
        if (c == '/' && at + 1 < text.Length)
        {
            if (text[at + 1] == '/')
                return (at + 2 < text.Length && text[at + 2] == '/' ? TokenKind.DocComment : TokenKind.Comment, Characters.LineEnd(text, at));
            if (text[at + 1] == '*' && comments.Find(at) is { } close) return (TokenKind.BlockComment, close);
        }

        if (c == '"') return (TokenKind.String, StringEnd(text, at));
        if (char.IsAsciiDigit(c) || (c == '-' && at + 1 < text.Length && char.IsAsciiDigit(text[at + 1])))
            return Number(text, at);
        if (Characters.IdentifierEnd(text, at) is var end && end > at) return (TokenKind.Word, end);
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
        return text[at] != '-' && Characters.IdentifierEnd(text, at) is var name && name > end ? (TokenKind.Word, name) : (TokenKind.Number, end);
    }

    private static int StringEnd(string text, int at)
    {
        var end = at + 1;
        while (end < text.Length && text[end] is >= ' ' and not '"') end += text[end] == '\\' && end + 1 < text.Length ? 2 : 1;
        return end < text.Length && text[end] == '"' ? end + 1 : end;
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
    // Digits and the hyphen; letters and the underscore: a bit for each.
    private const ulong LowNameParts = 0x03FF_2000_0000_0000;
    private const ulong HighNameParts = 0x07FF_FFFE_87FF_FFFE;

    public static bool IsBlank(char c) => c is ' ' or '\t' || (c > '\x7f' && char.GetUnicodeCategory(c) == System.Globalization.UnicodeCategory.SpaceSeparator);

    /// <summary>Where the line break behind <paramref name="at"/> stands; the text's length where there is none.</summary>
    public static int LineEnd(string text, int at)
    {
        var end = text.AsSpan(at).IndexOfAny('\n', '\r');
        return end < 0 ? text.Length : at + end;
    }

    /// <summary>Where the name that begins at <paramref name="at"/> ends; <paramref name="at"/> itself where none begins.</summary>
    /// <remarks>Names are ASCII digits and letters of any script; marks join them only inside, and no combining character is one.</remarks>
    public static int IdentifierEnd(string text, int at)
    {
        var end = at;
        if (end >= text.Length || text[end] is '_' or '-') return at;
        while (end < text.Length && IsAsciiNamePart(text[end])) end++;
        // Nearly all names are of ASCII characters.
        return end < text.Length && text[end] > '\x7f' ? OtherIdentifierEnd(text, end) : end;
    }

    private static bool IsAsciiNamePart(char c) => c < 128 && (((c < 64 ? LowNameParts : HighNameParts) >> (c & 63)) & 1) != 0;

    private static int OtherIdentifierEnd(string text, int end)
    {
        while (end < text.Length)
        {
            var c = text[end];
            if (IsAsciiNamePart(c) || (c > '\x7f' && char.IsLetter(c))) end++;
            else if (char.IsHighSurrogate(c) && char.IsLetter(text, end)) end += 2;
            else break;
        }

        return end;
    }
}
