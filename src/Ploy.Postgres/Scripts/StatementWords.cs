namespace Ploy.Postgres.Scripts;

/// <summary>A name as a statement writes it, folded as the server folds it.</summary>
/// <param name="Schema">The namespace; null where none is written.</param>
/// <param name="Name">The name.</param>
/// <param name="IsQuoted">Whether the name stands in quotes.</param>
internal readonly record struct WrittenName(string? Schema, string Name, bool IsQuoted);

/// <summary>Walks through a statement's tokens from its beginning.</summary>
internal sealed class StatementWords
{
    private readonly string _text;
    private readonly PostgresLexer _lexer;
    private SqlToken _current;

    /// <summary>Begins at the first token.</summary>
    public StatementWords(string text)
    {
        _text = text;
        _lexer = new PostgresLexer(text);
        _current = _lexer.Next();
    }

    /// <summary>Takes an unquoted word where it is the next token.</summary>
    /// <param name="word">In upper case.</param>
    public bool Take(string word)
    {
        if (_current.Kind != SqlTokenKind.Word || !Current.Equals(word, StringComparison.OrdinalIgnoreCase)) return false;
        _current = _lexer.Next();
        return true;
    }

    /// <summary>Takes words as long as they follow.</summary>
    public void TakeAll(params ReadOnlySpan<string> words)
    {
        foreach (var word in words)
            if (!Take(word))
                return;
    }

    /// <summary>Takes a name with its namespace; null where none follows.</summary>
    public WrittenName? TakeName()
    {
        if (TakeIdentifier() is not { } first) return null;
        if (_current.Kind != SqlTokenKind.Punctuation || Current is not ".") return new WrittenName(null, first.Name, first.IsQuoted);
        _current = _lexer.Next();
        return TakeIdentifier() is { } second ? new WrittenName(first.Name, second.Name, second.IsQuoted) : null;
    }

    /// <summary>Where the next token begins; the text's length at its end.</summary>
    public int Start => _current.Start;

    /// <summary>Passes over one token; false at the end.</summary>
    public bool Skip()
    {
        if (_current.Kind == SqlTokenKind.End) return false;
        _current = _lexer.Next();
        return true;
    }

    /// <summary>Whether the next token is that character.</summary>
    public bool IsAt(char mark) => _current.Kind == SqlTokenKind.Punctuation && _text[_current.Start] == mark;

    /// <summary>Passes over one token, or over all within parentheses; false at the end.</summary>
    public bool SkipWhole()
    {
        for (var depth = 0; ;)
        {
            depth += IsAt('(') ? 1 : IsAt(')') ? -1 : 0;
            if (!Skip()) return false;
            if (depth <= 0) return true;
        }
    }

    /// <summary>Passes over all up to the word, outside parentheses, and takes it; false where it does not come.</summary>
    /// <param name="word">In upper case.</param>
    /// <param name="beyondCommas">Whether to look behind the next comma too.</param>
    public bool TakeUpTo(string word, bool beyondCommas = true)
    {
        while (beyondCommas || !IsAt(','))
        {
            if (Take(word)) return true;
            if (!SkipWhole()) return false;
        }

        return false;
    }

    private ReadOnlySpan<char> Current => _text.AsSpan(_current.Start, _current.End - _current.Start);

    private (string Name, bool IsQuoted)? TakeIdentifier()
    {
        (string, bool)? found = _current.Kind switch
        {
            SqlTokenKind.Word => (Current.ToString().ToLowerInvariant(), false),
            SqlTokenKind.QuotedName => (Current[1..^1].ToString().Replace("\"\"", "\"", StringComparison.Ordinal), true),
            _ => null,
        };
        if (found is not null) _current = _lexer.Next();
        return found;
    }
}
