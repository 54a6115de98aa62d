using Ploy.Core;

namespace Ploy.Postgres.Scripts;

/// <summary>
/// The first tokens of a statement, words in upper case, quoted names as <c>"</c>, strings as <c>'</c>, numbers as <c>0</c>; and its
/// last word.
/// </summary>
internal sealed class StatementHead
{
    // Long enough for `ALTER TABLE IF EXISTS ONLY "a"."b" DETACH PARTITION` and `REINDEX (VERBOSE, TABLESPACE x, CONCURRENTLY)`.
    private const int Length = 24;

    private readonly List<string> _tokens = new(8);
    private int _start;
    private int _end;

    /// <summary>The token at that place; empty behind the last.</summary>
    public string this[int index] => index < _tokens.Count ? _tokens[index] : "";

    /// <summary>How many tokens are kept.</summary>
    public int Count => _tokens.Count;

    /// <summary>The statement's last token, in upper case where it is a word.</summary>
    public string Last { get; private set; } = "";

    /// <summary>Whether it makes a function or procedure, whose body may hold semicolons.</summary>
    public bool MakesRoutine =>
        this[0] == "CREATE" && (IsRoutine(this[1]) || (this[1] == "OR" && this[2] == "REPLACE" && IsRoutine(this[3])));

    /// <summary>Whether rows follow in the script.</summary>
    public bool IsCopyFromInput { get; private set; }

    /// <summary>Whether it sends rows to the client.</summary>
    public bool IsCopyToOutput { get; private set; }

    /// <summary>Adds a token.</summary>
    public void Add(string script, SqlToken token)
    {
        var needed = _tokens.Count < Length || token.Kind == SqlTokenKind.Word || script[token.Start] == '.';
        var text = needed ? TextOf(script, token) : "";
        if (_tokens.Count == 0) _start = token.Start;
        if (_tokens.Count < Length) _tokens.Add(text);
        if (_tokens[0] == "COPY" && Last == "FROM" && text == "STDIN") IsCopyFromInput = true;
        if (_tokens[0] == "COPY" && Last == "TO" && text == "STDOUT") IsCopyToOutput = true;
        Last = text;
        _end = token.End;
    }

    /// <summary>Whether the token stands among those kept.</summary>
    public bool Has(string token) => _tokens.Contains(token);

    /// <summary>At most eight words, up to the first token that is none.</summary>
    public EquatableArray<string> Words() => _tokens.TakeWhile(t => char.IsLetter(t[0]) || t[0] == '_').Take(8).ToEquatableArray();

    /// <summary>The value that it gives to <c>standard_conforming_strings</c>; null where it does not.</summary>
    public bool? SetsStandardStrings(string script)
    {
        if (this[0] is not ("SET" or "RESET")) return null;
        var words = new StatementWords(script[_start.._end]);
        words.Skip();
        if (!words.Take("SESSION")) words.Take("LOCAL");
        if (words.TakeName()?.Name is not { } name || !name.Equals("standard_conforming_strings", StringComparison.OrdinalIgnoreCase)) return null;
        if (this[0] == "RESET") return true;
        if (!words.Take("TO")) words.Skip();
        return !MeansOff(script[(_start + words.Start).._end].Trim('\''));
    }

    // As the server reads a boolean setting: any beginning of a word that is nobody else's.
    private static bool MeansOff(string value) =>
        value == "0" || (value.Length > 0 && (Begins(value, "false") || Begins(value, "no") || (value.Length > 1 && Begins(value, "off"))));

    private static bool Begins(string value, string word) => word.StartsWith(value, StringComparison.OrdinalIgnoreCase);

    private static bool IsRoutine(string word) => word is "FUNCTION" or "PROCEDURE";

    private static string TextOf(string script, SqlToken token) => token.Kind switch
    {
        SqlTokenKind.Word => script[token.Start..token.End].ToUpperInvariant(),
        SqlTokenKind.QuotedName => "\"",
        SqlTokenKind.Text => "'",
        SqlTokenKind.Number => "0",
        _ => script[token.Start].ToString(),
    };
}
