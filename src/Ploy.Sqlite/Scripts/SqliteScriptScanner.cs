using System.Collections.Immutable;
using Ploy.Core;
using Ploy.Core.Text;
using Ploy.Relational.Sql;

namespace Ploy.Sqlite.Scripts;

/// <summary>
/// Splits a script where SQLite does: at semicolons, and behind <c>; END ;</c> where the statement makes a trigger
/// (https://www.sqlite.org/c3ref/complete.html). Linear in the script's length.
/// </summary>
internal static class SqliteScriptScanner
{
    private const int MaxWords = 8;

    /// <summary>The statements in order; their full spans lie end to end.</summary>
    public static ImmutableArray<ScriptStatement> Split(string script)
    {
        var lexer = new SqliteLexer(script);
        var found = new List<Found>();
        while (Read(script, lexer) is { } statement) found.Add(statement);

        var statements = ImmutableArray.CreateBuilder<ScriptStatement>(found.Count);
        var start = 0;
        for (var i = 0; i < found.Count; i++)
        {
            var end = i + 1 < found.Count ? found[i].End : script.Length;
            statements.Add(found[i].ToStatement(script, TextSpan.FromBounds(start, end)));
            start = end;
        }

        return statements.MoveToImmutable();
    }

    // Null at the script's end.
    private static Found? Read(string script, SqliteLexer lexer)
    {
        var first = lexer.Next();
        while (IsSemicolon(script, first)) first = lexer.Next();
        if (first.Kind == SqliteTokenKind.End) return null;
        if (script[first.Start] == '.') return ReadShellCommand(lexer, first);

        var words = new List<string>(MaxWords);
        var isHead = true;
        var (beforeLast, last) = (default(SqliteToken), first);
        for (var token = first; ; token = lexer.Next())
        {
            var isSemicolon = IsSemicolon(script, token);
            if (token.Kind == SqliteTokenKind.End || (isSemicolon && (!MakesTrigger(words) || EndsTrigger(script, beforeLast, last))))
                return new Found(words.ToEquatableArray(), first.Start, last.End, token.End);
            isHead &= token.Kind == SqliteTokenKind.Word && words.Count < MaxWords;
            if (isHead) words.Add(script[token.Start..token.End].ToUpperInvariant());
            (beforeLast, last) = (last, token);
        }
    }

    private static bool EndsTrigger(string script, SqliteToken beforeLast, SqliteToken last) =>
        IsSemicolon(script, beforeLast)
        && last.Kind == SqliteTokenKind.Word
        && script.AsSpan(last.Start, last.End - last.Start).Equals("END", StringComparison.OrdinalIgnoreCase);

    private static bool MakesTrigger(List<string> words)
    {
        var i = 0;
        if (At(i) == "EXPLAIN") i += At(1) == "QUERY" ? 3 : 1;
        return At(i) == "CREATE" && (At(i + 1) == "TRIGGER" || (At(i + 1) is "TEMP" or "TEMPORARY" && At(i + 2) == "TRIGGER"));

        string At(int index) => index < words.Count ? words[index] : "";
    }

    private static Found ReadShellCommand(SqliteLexer lexer, SqliteToken first)
    {
        var end = lexer.EndOfLine(first.Start);
        lexer.Position = end;
        return new Found([], first.Start, end, end) { Problem = "A line that begins with a dot is a command of the sqlite3 shell, not SQL: no database takes it." };
    }

    private static bool IsSemicolon(string script, SqliteToken token) => token.Kind == SqliteTokenKind.Punctuation && script[token.Start] == ';';

    private sealed record Found(EquatableArray<string> Words, int Start, int TextEnd, int End)
    {
        public string? Problem { get; init; }

        public ScriptStatement ToStatement(string script, TextSpan full) => new()
        {
            Span = TextSpan.FromBounds(Start, TextEnd),
            FullSpan = full,
            Words = Words,
            Control = ControlOf(),
            Transaction = UseOf(),
            Problem = script.AsSpan(Start, TextEnd - Start).Contains('\0') ? "The text holds a NUL character, at which the database would stop reading." : Problem,
        };

        private string Word(int index) => index < Words.Count ? Words[index] : "";

        private TransactionControl ControlOf() => Word(0) switch
        {
            "BEGIN" => TransactionControl.Begin,
            "COMMIT" or "END" => TransactionControl.Commit,
            "ROLLBACK" => Word(1) == "TO" || Word(2) == "TO" ? TransactionControl.Savepoint : TransactionControl.Rollback,
            "SAVEPOINT" or "RELEASE" => TransactionControl.Savepoint,
            _ => TransactionControl.None,
        };

        // https://www.sqlite.org/lang_vacuum.html, https://www.sqlite.org/lang_detach.html, https://www.sqlite.org/wal.html
        private TransactionUse UseOf() =>
            Word(0) is "VACUUM" or "DETACH" || (Word(0) == "PRAGMA" && Word(1) == "JOURNAL_MODE") ? TransactionUse.Forbidden : TransactionUse.Any;
    }
}
