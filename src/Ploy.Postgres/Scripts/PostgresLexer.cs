namespace Ploy.Postgres.Scripts;

/// <summary>What a token of SQL is, as far as finding statements needs to know.</summary>
internal enum SqlTokenKind
{
    /// <summary>The text's end; of no length.</summary>
    End,

    /// <summary>An unquoted identifier or keyword.</summary>
    Word,

    /// <summary>An identifier in quotes.</summary>
    QuotedName,

    /// <summary>A string of any form, dollar quotes included.</summary>
    Text,

    /// <summary>A number or a parameter.</summary>
    Number,

    /// <summary>One character of punctuation.</summary>
    Punctuation,
}

/// <summary>A token; offsets in UTF-16 units, <paramref name="End"/> behind its last.</summary>
internal readonly record struct SqlToken(SqlTokenKind Kind, int Start, int End);

/// <summary>
/// Finds the tokens of PostgreSQL's SQL (https://www.postgresql.org/docs/current/sql-syntax-lexical.html). Never fails: an unclosed
/// quote or comment reaches to the end. Each character is looked at a constant number of times.
/// </summary>
internal sealed class PostgresLexer(string text)
{
    /// <summary>Where the next token is sought.</summary>
    public int Position { get; set; }

    /// <summary>Where a comment begins that is not closed; null while there is none.</summary>
    public int? OpenComment { get; private set; }

    /// <summary>Whether a backslash in an ordinary string is itself (the server's default since 9.1).</summary>
    public bool StandardStrings { get; set; } = true;

    /// <summary>Skips blanks and comments, then reads one token.</summary>
    public SqlToken Next()
    {
        SkipTrivia();
        var start = Position;
        if (start >= text.Length) return new SqlToken(SqlTokenKind.End, start, start);
        var c = text[start];
        switch (c)
        {
            case '\'':
                return Finish(SqlTokenKind.Text, start, EndOfQuoted(start + 1, '\'', !StandardStrings));
            case '"':
                return Finish(SqlTokenKind.QuotedName, start, EndOfQuoted(start + 1, '"', false));
            case '$':
                return Dollar(start);
            case >= '0' and <= '9':
                return Finish(SqlTokenKind.Number, start, EndOfNumber(start));
        }

        return IsWordStart(c) ? Word(start) : Finish(SqlTokenKind.Punctuation, start, start + 1);
    }

    /// <summary>Skips blanks and comments, nested ones too.</summary>
    public void SkipTrivia()
    {
        while (Position < text.Length)
        {
            var c = text[Position];
            if (c is ' ' or '\t' or '\n' or '\r' or '\f' or '\v' || c == '\uFEFF') Position++;
            else if (c == '-' && Peek(1) == '-') Position = EndOfLine(Position);
            else if (c == '/' && Peek(1) == '*') Position = EndOfComment(Position);
            else return;
        }
    }

    /// <summary>The offset of the line break at or behind <paramref name="position"/>, or the end.</summary>
    public int EndOfLine(int position)
    {
        var end = text.AsSpan(position).IndexOfAny('\n', '\r');
        return end < 0 ? text.Length : position + end;
    }

    private static bool IsWordStart(char c) => char.IsAsciiLetter(c) || c == '_' || c >= '\u0080';

    private static bool IsWordPart(char c) => IsWordStart(c) || char.IsAsciiDigit(c) || c == '$';

    private char Peek(int ahead) => Position + ahead < text.Length ? text[Position + ahead] : '\0';

    private SqlToken Finish(SqlTokenKind kind, int start, int end)
    {
        Position = end;
        return new SqlToken(kind, start, end);
    }

    private SqlToken Word(int start)
    {
        // E'', B'', X'', N'', U&'' and U&"": the prefix belongs to the string.
        var next = start + 1 < text.Length ? text[start + 1] : '\0';
        if (next == '\'' && text[start] is 'e' or 'E' or 'b' or 'B' or 'x' or 'X' or 'n' or 'N')
            return Finish(SqlTokenKind.Text, start, EndOfQuoted(start + 2, '\'', text[start] is 'e' or 'E' || !StandardStrings && text[start] is 'n' or 'N'));
        if (text[start] is 'u' or 'U' && next == '&' && start + 2 < text.Length && text[start + 2] is '\'' or '"')
        {
            var quote = text[start + 2];
            return Finish(quote == '"' ? SqlTokenKind.QuotedName : SqlTokenKind.Text, start, EndOfQuoted(start + 3, quote, false));
        }

        var end = start + 1;
        while (end < text.Length && IsWordPart(text[end])) end++;
        return Finish(SqlTokenKind.Word, start, end);
    }

    private int EndOfQuoted(int position, char quote, bool escapes)
    {
        while (position < text.Length)
        {
            if (text[position] == '\\' && escapes)
            {
                position += 2;
                continue;
            }

            if (text[position] == quote)
            {
                if (position + 1 < text.Length && text[position + 1] == quote) position++;
                else if (!escapes || Continuation(position + 1) is not { } next) return position + 1;
                else position = next;
            }

            position++;
        }

        return text.Length;
    }

    // Behind a line break a string goes on, and backslashes mean there what they meant before
    // (https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-STRINGS); null where it does not. Other strings may be
    // taken for two.
    private int? Continuation(int position)
    {
        var hasBreak = false;
        for (; position < text.Length; position++)
        {
            switch (text[position])
            {
                case '\n' or '\r':
                    hasBreak = true;
                    break;
                case ' ' or '\t' or '\f' or '\v':
                    break;
                case '-' when position + 1 < text.Length && text[position + 1] == '-':
                    position = EndOfLine(position) - 1;
                    break;
                default:
                    return hasBreak && text[position] == '\'' ? position : null;
            }
        }

        return null;
    }

    private int EndOfNumber(int position)
    {
        while (position < text.Length && (char.IsAsciiLetterOrDigit(text[position]) || text[position] is '_' or '.')) position++;
        return position;
    }

    private int EndOfComment(int position)
    {
        var depth = 0;
        var start = position;
        while (position < text.Length)
        {
            var pair = position + 1 < text.Length ? text.AsSpan(position, 2) : default;
            if (pair is "/*")
            {
                depth++;
                position += 2;
            }
            else if (pair is "*/")
            {
                position += 2;
                if (--depth == 0) return position;
            }
            else
            {
                position++;
            }
        }

        OpenComment = start;
        return text.Length;
    }

    private SqlToken Dollar(int start)
    {
        var end = start + 1;
        if (end < text.Length && char.IsAsciiDigit(text[end])) return Finish(SqlTokenKind.Number, start, EndOfNumber(end));
        if (end < text.Length && IsWordStart(text[end]))
            while (end < text.Length && IsWordPart(text[end]) && text[end] != '$')
                end++;
        if (end >= text.Length || text[end] != '$') return Finish(SqlTokenKind.Punctuation, start, start + 1);

        var tag = text.AsSpan(start, end + 1 - start);
        var close = text.AsSpan(end + 1).IndexOf(tag, StringComparison.Ordinal);
        return Finish(SqlTokenKind.Text, start, close < 0 ? text.Length : end + 1 + close + tag.Length);
    }
}
