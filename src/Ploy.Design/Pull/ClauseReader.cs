namespace Ploy.Design.Pull;

/// <summary>
/// Reads a clause as a database prints or keeps it (<c>UNIQUE USING btree (lower(a)) WHERE (b > 0)</c>): words, and what stands between parentheses. Texts and quoted
/// names are passed over whole, and so are comments.
/// </summary>
/// <param name="text">The clause.</param>
/// <param name="hasBrackets">Whether <c>[name]</c> is a quoted name, as on SQLite, and not a subscript.</param>
internal sealed class ClauseReader(string text, bool hasBrackets)
{
    private int _at;

    /// <summary>What is left, without blanks around it.</summary>
    public string Rest => text[_at..].Trim();

    /// <summary>Whether nothing is left.</summary>
    public bool IsAtEnd => Rest.Length == 0;

    /// <summary>Takes words where they stand next, whatever their case.</summary>
    public bool Take(params ReadOnlySpan<string> words)
    {
        var start = _at;
        foreach (var word in words)
        {
            if (Word().Equals(word, StringComparison.OrdinalIgnoreCase)) continue;
            _at = start;
            return false;
        }

        return true;
    }

    /// <summary>The next word, which is taken; empty where none stands next.</summary>
    public string Word()
    {
        SkipBlanks();
        var start = _at;
        while (_at < text.Length && (char.IsLetterOrDigit(text[_at]) || text[_at] is '_' or '$')) _at++;
        return text[start.._at];
    }

    /// <summary>What stands between the parentheses that come next, which are taken with it; null where none come, or they do not end.</summary>
    public string? Parenthesised()
    {
        SkipBlanks();
        if (_at >= text.Length || text[_at] != '(') return null;
        var (start, depth) = (_at + 1, 0);
        while (_at < text.Length)
        {
            if (text[_at] == '(') depth++;
            if (text[_at] == ')' && --depth == 0) return text[start.._at++];
            Step();
        }

        return null;
    }

    /// <summary>The parts between commas that stand in no parentheses, without blanks around them.</summary>
    public static List<string> Parts(string text, bool hasBrackets)
    {
        var reader = new ClauseReader(text, hasBrackets);
        var (parts, start, depth) = (new List<string>(), 0, 0);
        while (reader._at < text.Length)
        {
            var c = text[reader._at];
            depth += c is '(' or '[' ? 1 : c is ')' or ']' ? -1 : 0;
            if (c == ',' && depth == 0)
            {
                parts.Add(text[start..reader._at].Trim());
                start = reader._at + 1;
            }

            reader.Step();
            if (hasBrackets && c == '[') depth--;
        }

        parts.Add(text[start..].Trim());
        return parts;
    }

    /// <summary>Whether a word stands in a text outside of quotes and texts.</summary>
    public static bool Mentions(string text, string word, bool hasBrackets)
    {
        var reader = new ClauseReader(text, hasBrackets);
        while (reader._at < text.Length)
        {
            if (char.IsLetter(text[reader._at]))
            {
                if (reader.Word().Equals(word, StringComparison.OrdinalIgnoreCase)) return true;
            }
            else
            {
                reader.Step();
            }
        }

        return false;
    }

    /// <summary>Without the parentheses around the whole of it.</summary>
    public static string Bare(string text, bool hasBrackets)
    {
        var reader = new ClauseReader(text, hasBrackets);
        return reader.Parenthesised() is { } inner && reader.IsAtEnd ? inner.Trim() : text.Trim();
    }

    /// <summary>The column that a key names alone; null where it is an expression, or says more.</summary>
    public static string? ColumnOf(string key)
    {
        if (key.Length == 0) return null;
        if (key[0] == '"')
        {
            var inner = key.Length > 2 && key[^1] == '"' ? key[1..^1].Replace("\"\"", "\0", StringComparison.Ordinal) : null;
            return inner is null || inner.Contains('"') ? null : inner.Replace('\0', '"');
        }

        return char.IsLetter(key[0]) || key[0] == '_' ? key.All(c => char.IsLetterOrDigit(c) || c is '_' or '$') ? key : null : null;
    }

    private void SkipBlanks()
    {
        while (_at < text.Length && (char.IsWhiteSpace(text[_at]) || IsComment())) Step();
    }

    private bool IsComment() => text.AsSpan(_at).StartsWith("--") || text.AsSpan(_at).StartsWith("/*");

    // Over one character, or over all of a text, quoted name or comment.
    private void Step()
    {
        var c = text[_at];
        var end = c is '\'' or '"' or '`' ? text.IndexOf(c, _at + 1)
            : c == '[' && hasBrackets ? text.IndexOf(']', _at + 1)
            : text.AsSpan(_at).StartsWith("--") ? text.IndexOf('\n', _at)
            : text.AsSpan(_at).StartsWith("/*") ? text.IndexOf("*/", _at + 2, StringComparison.Ordinal) is >= 0 and var at ? at + 1 : -1
            : _at;
        _at = end < 0 ? text.Length : end + 1;
    }
}
