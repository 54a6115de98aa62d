using System.Text;

namespace Ploy.Sqlite.Scripts;

/// <summary>Walks through a statement's tokens from its beginning.</summary>
internal sealed class SqliteWords
{
    private readonly string _text;
    private readonly SqliteLexer _lexer;
    private SqliteToken _current;

    /// <summary>Begins at the first token.</summary>
    public SqliteWords(string text)
    {
        _text = text;
        _lexer = new SqliteLexer(text);
        _current = _lexer.Next();
    }

    /// <summary>Where the next token begins; the text's length at its end.</summary>
    public int Start => _current.Start;

    /// <summary>The tokens with one blank between them and unquoted words in lower case: the same for texts that differ in blanks, comments and case alone.</summary>
    public static string Normalize(string text)
    {
        var result = new StringBuilder(text.Length);
        var lexer = new SqliteLexer(text);
        for (var token = lexer.Next(); token.Kind != SqliteTokenKind.End; token = lexer.Next())
        {
            if (result.Length > 0) result.Append(' ');
            var word = text[token.Start..token.End];
            result.Append(token.Kind == SqliteTokenKind.Word ? word.ToLowerInvariant() : word);
        }

        return result.ToString();
    }

    /// <summary>Takes an unquoted word where it is the next token.</summary>
    /// <param name="word">In upper case.</param>
    public bool Take(string word)
    {
        if (_current.Kind != SqliteTokenKind.Word || !_text.AsSpan(_current.Start, _current.End - _current.Start).Equals(word, StringComparison.OrdinalIgnoreCase)) return false;
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

    /// <summary>Takes a name, the last part where it stands in a database; null where none follows.</summary>
    public string? TakeName()
    {
        if (_current.Kind is not (SqliteTokenKind.Word or SqliteTokenKind.QuotedName)) return null;
        var name = SqliteLexer.NameOf(_text, _current);
        _current = _lexer.Next();
        if (_current.Kind != SqliteTokenKind.Punctuation || _text[_current.Start] != '.') return name;
        _current = _lexer.Next();
        return TakeName();
    }

    /// <summary>Passes over one token; false at the end.</summary>
    public bool Skip()
    {
        if (_current.Kind == SqliteTokenKind.End) return false;
        _current = _lexer.Next();
        return true;
    }
}
