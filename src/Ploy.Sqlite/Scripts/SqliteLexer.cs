namespace Ploy.Sqlite.Scripts;

/// <summary>What a token of SQL is.</summary>
internal enum SqliteTokenKind
{
    /// <summary>The text's end; of no length.</summary>
    End,

    /// <summary>An unquoted identifier or keyword.</summary>
    Word,

    /// <summary>An identifier in double quotes, backticks or brackets.</summary>
    QuotedName,

    /// <summary>A string in single quotes, or a blob.</summary>
    Text,

    /// <summary>A number or a parameter.</summary>
    Number,

    /// <summary>One character of punctuation.</summary>
    Punctuation,
}

/// <summary>A token; offsets in UTF-16 units, <paramref name="End"/> behind its last.</summary>
internal readonly record struct SqliteToken(SqliteTokenKind Kind, int Start, int End);

/// <summary>
/// Finds the tokens of SQLite's SQL (https://www.sqlite.org/draft/tokenreq.html). Never fails: an unclosed quote or comment reaches to the
/// end. Each character is looked at a constant number of times.
/// </summary>
internal sealed class SqliteLexer(string text)
{
    /// <summary>Where the next token is sought.</summary>
    public int Position { get; set; }

    /// <summary>Skips blanks and comments, then reads one token.</summary>
    public SqliteToken Next()
    {
        SkipTrivia();
        var start = Position;
        if (start >= text.Length) return new SqliteToken(SqliteTokenKind.End, start, start);
        var c = text[start];
        switch (c)
        {
            case '\'':
                return Finish(SqliteTokenKind.Text, start, EndOfQuoted(start + 1, '\''));
            case '"' or '`':
                return Finish(SqliteTokenKind.QuotedName, start, EndOfQuoted(start + 1, c));
            case '[':
                return Finish(SqliteTokenKind.QuotedName, start, EndOfBrackets(start + 1));
            case 'x' or 'X' when start + 1 < text.Length && text[start + 1] == '\'':
                return Finish(SqliteTokenKind.Text, start, EndOfQuoted(start + 2, '\''));
            case >= '0' and <= '9':
                return Finish(SqliteTokenKind.Number, start, EndOfNumber(start));
            case '?' or ':' or '@' or '$' or '#':
                return Finish(SqliteTokenKind.Number, start, EndOfWord(start + 1));
        }

        return IsWordStart(c) ? Finish(SqliteTokenKind.Word, start, EndOfWord(start + 1)) : Finish(SqliteTokenKind.Punctuation, start, start + 1);
    }

    /// <summary>Skips blanks and comments; comments do not nest.</summary>
    public void SkipTrivia()
    {
        while (Position < text.Length)
        {
            var c = text[Position];
            if (c is ' ' or '\t' or '\n' or '\r' or '\f' || c == '\uFEFF') Position++;
            else if (c == '-' && Peek(1) == '-') Position = EndOfLine(Position);
            else if (c == '/' && Peek(1) == '*') Position = EndOfComment(Position + 2);
            else return;
        }
    }

    /// <summary>The offset of the line break at or behind <paramref name="position"/>, or the end. Only a line feed ends a line.</summary>
    public int EndOfLine(int position)
    {
        var end = text.AsSpan(position).IndexOf('\n');
        return end < 0 ? text.Length : position + end;
    }

    /// <summary>The name that a token stands for: a word as it is, a quoted one without its quotes.</summary>
    public static string NameOf(string text, SqliteToken token)
    {
        var written = text[token.Start..token.End];
        if (token.Kind is not (SqliteTokenKind.QuotedName or SqliteTokenKind.Text) || written.Length < 2) return written;
        var quote = written[0] == '[' ? "]" : written[..1];
        return quote == "]" ? written[1..^1] : written[1..^1].Replace(quote + quote, quote, StringComparison.Ordinal);
    }

    /// <summary>Whether a text has one of the names as a token.</summary>
    public static bool Mentions(string text, IReadOnlySet<string> names)
    {
        if (names.Count == 0) return false;
        var lexer = new SqliteLexer(text);
        for (var token = lexer.Next(); token.Kind != SqliteTokenKind.End; token = lexer.Next())
            if (token.Kind is SqliteTokenKind.Word or SqliteTokenKind.QuotedName && names.Contains(NameOf(text, token)))
                return true;
        return false;
    }

    private static bool IsWordStart(char c) => char.IsAsciiLetter(c) || c == '_' || c >= '\u0080';

    private char Peek(int ahead) => Position + ahead < text.Length ? text[Position + ahead] : '\0';

    private SqliteToken Finish(SqliteTokenKind kind, int start, int end)
    {
        Position = end;
        return new SqliteToken(kind, start, end);
    }

    private int EndOfWord(int position)
    {
        while (position < text.Length && (IsWordStart(text[position]) || char.IsAsciiDigit(text[position]) || text[position] == '$')) position++;
        return position;
    }

    private int EndOfQuoted(int position, char quote)
    {
        for (; position < text.Length; position++)
        {
            if (text[position] != quote) continue;
            if (position + 1 >= text.Length || text[position + 1] != quote) return position + 1;
            position++;
        }

        return text.Length;
    }

    private int EndOfBrackets(int position)
    {
        var end = text.AsSpan(position).IndexOf(']');
        return end < 0 ? text.Length : position + end + 1;
    }

    private int EndOfNumber(int position)
    {
        while (position < text.Length && (char.IsAsciiLetterOrDigit(text[position]) || text[position] is '_' or '.')) position++;
        return position;
    }

    private int EndOfComment(int position)
    {
        var end = text.AsSpan(Math.Min(position, text.Length)).IndexOf("*/", StringComparison.Ordinal);
        return end < 0 ? text.Length : position + end + 2;
    }
}
