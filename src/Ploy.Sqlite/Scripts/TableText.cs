namespace Ploy.Sqlite.Scripts;

/// <summary>A check, with the table's or the column's other text left out.</summary>
/// <param name="Name">Its name; null where it has none.</param>
/// <param name="Text">From CONSTRAINT or CHECK to its last parenthesis.</param>
internal sealed record CheckText(string? Name, string Text);

/// <summary>A generated column.</summary>
/// <param name="Text">All of it.</param>
/// <param name="Expression">What it is computed from, without parentheses.</param>
/// <param name="IsStored">Whether its values are kept; else they are computed whenever they are read.</param>
internal sealed record GeneratedText(string Text, string Expression, bool IsStored);

/// <summary>What a CREATE TABLE statement says and no pragma shows: checks, collations, how columns are generated, when keys are looked at.</summary>
internal sealed class TableText
{
    private readonly string _sql;
    private readonly SqliteLexer _lexer;
    private SqliteToken _token;

    private TableText(string sql)
    {
        _sql = sql;
        _lexer = new SqliteLexer(sql);
        _token = _lexer.Next();
    }

    /// <summary>Checks of the table and its columns, in order.</summary>
    public List<CheckText> Checks { get; } = [];

    /// <summary>Collations by column.</summary>
    public Dictionary<string, string> Collations { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// What foreign keys say of when they are looked at, by their columns in lower case with commas: <c>DEFERRABLE INITIALLY DEFERRED</c>, <c>DEFERRABLE INITIALLY IMMEDIATE</c> or
    /// <c>NOT DEFERRABLE</c>; only the first differs from saying nothing (https://www.sqlite.org/foreignkeys.html#fk_deferred).
    /// </summary>
    public Dictionary<string, string> KeyTimes { get; } = new(StringComparer.Ordinal);

    /// <summary>The kind of a key that is looked at when the transaction ends, as an object; its name is its columns, since it need not have one.</summary>
    public const string DeferrableKey = "deferrable foreign key";

    /// <summary>What a key says that is looked at when the transaction ends.</summary>
    public const string Deferred = "DEFERRABLE INITIALLY DEFERRED";

    /// <summary>What a key says that is looked at when the transaction ends only where a pragma says so.</summary>
    public const string Immediate = "DEFERRABLE INITIALLY IMMEDIATE";

    /// <summary>What a key says that is looked at at once.</summary>
    public const string NotDeferrable = "NOT DEFERRABLE";

    /// <summary>Generated columns, by name.</summary>
    public Dictionary<string, GeneratedText> Generated { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>What stands behind the last parenthesis: <c>WITHOUT ROWID</c>, <c>STRICT</c>; empty for nothing.</summary>
    public string Options { get; private set; } = "";

    /// <summary>Reads a statement that SQLite has accepted.</summary>
    public static TableText Parse(string sql)
    {
        var text = new TableText(sql);
        while (text._token.Kind != SqliteTokenKind.End && !text.Is('(')) text.Advance();
        text.Advance();
        while (text._token.Kind != SqliteTokenKind.End && !text.Is(')'))
        {
            text.ReadItem();
            if (text.Is(',')) text.Advance();
        }

        text.Advance();
        text.Options = sql[text._token.Start..].Trim();
        return text;
    }

    // A column, or constraints of the table: up to the comma or the last parenthesis.
    private void ReadItem()
    {
        var start = _token.Start;
        var column = IsConstraintWord() ? null : SqliteLexer.NameOf(_sql, _token);
        if (column is not null) Advance();
        (int Start, string Name)? named = null;
        string? expression = null;
        var (isStored, end, isDenied, key) = (false, start, false, column);
        while (_token.Kind != SqliteTokenKind.End && !Is(',') && !Is(')'))
        {
            if (IsWord("CONSTRAINT"))
            {
                var at = _token.Start;
                Advance();
                named = (at, SqliteLexer.NameOf(_sql, _token));
            }
            else if (IsWord("CHECK"))
            {
                var at = named?.Start ?? _token.Start;
                Advance();
                end = SkipParentheses();
                Checks.Add(new CheckText(named?.Name, _sql[at..end]));
                named = null;
                continue;
            }
            else if (IsWord("COLLATE") && column is not null)
            {
                Advance();
                Collations[column] = SqliteLexer.NameOf(_sql, _token);
            }
            else if (IsWord("FOREIGN"))
            {
                Advance();
                Advance();
                var from = _token.Start;
                end = SkipParentheses();
                key = ColumnsIn(_sql[from..end]);
                continue;
            }
            else if (IsWord("DEFERRABLE") && key is not null)
            {
                Advance();
                var isFirst = IsWord("INITIALLY");
                if (isFirst) Advance();
                KeyTimes[key.ToLowerInvariant()] = isDenied ? NotDeferrable : isFirst && IsWord("DEFERRED") ? Deferred : Immediate;
                isDenied = false;
                continue;
            }
            else if (Is('('))
            {
                end = SkipParentheses();
                continue;
            }
            else if (IsWord("AS"))
            {
                Advance();
                if (!Is('(')) continue;
                var from = _token.Start + 1;
                end = SkipParentheses();
                if (end > from) expression = _sql[from..(end - 1)].Trim();
                continue;
            }
            else if (IsWord("STORED") && expression is not null)
            {
                isStored = true;
            }
            else if (_token.Kind == SqliteTokenKind.Word && !IsWord("NOT"))
            {
                // The name stood before another constraint than a check.
                named = null;
            }

            isDenied = IsWord("NOT");
            end = _token.End;
            Advance();
        }

        if (expression is not null && column is not null) Generated[column] = new GeneratedText(_sql[start..end], expression, isStored);
    }

    private static string ColumnsIn(string parentheses)
    {
        var lexer = new SqliteLexer(parentheses);
        var names = new List<string>();
        for (var token = lexer.Next(); token.Kind != SqliteTokenKind.End; token = lexer.Next())
            if (token.Kind != SqliteTokenKind.Punctuation)
                names.Add(SqliteLexer.NameOf(parentheses, token));
        return string.Join(',', names);
    }

    // Gives the offset behind the last parenthesis.
    private int SkipParentheses()
    {
        var (depth, end) = (0, _token.End);
        while (_token.Kind != SqliteTokenKind.End)
        {
            if (Is('(')) depth++;
            else if (Is(')')) depth--;
            end = _token.End;
            Advance();
            if (depth == 0) break;
        }

        return end;
    }

    private bool IsConstraintWord() => IsWord("CONSTRAINT") || IsWord("PRIMARY") || IsWord("UNIQUE") || IsWord("CHECK") || IsWord("FOREIGN");

    private bool IsWord(string word) =>
        _token.Kind == SqliteTokenKind.Word && _sql.AsSpan(_token.Start, _token.End - _token.Start).Equals(word, StringComparison.OrdinalIgnoreCase);

    private bool Is(char c) => _token.Kind == SqliteTokenKind.Punctuation && _sql[_token.Start] == c;

    private void Advance() => _token = _lexer.Next();
}
