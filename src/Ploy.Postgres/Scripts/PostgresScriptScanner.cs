using System.Collections.Immutable;
using Ploy.Core.Text;
using Ploy.Relational.Sql;

namespace Ploy.Postgres.Scripts;

/// <summary>
/// Splits a script where psql would: at semicolons outside parentheses and outside the <c>BEGIN ATOMIC</c> body of a function. Linear in
/// the script's length.
/// </summary>
internal static class PostgresScriptScanner
{
    /// <summary>The statements in order; their full spans lie end to end.</summary>
    public static ImmutableArray<ScriptStatement> Split(string script) => new Scan(script).Run();

    private sealed class Scan(string script)
    {
        private const string MetaCommand = "What begins with a backslash is a command of psql, not SQL: no database takes it.";

        private readonly PostgresLexer _lexer = new(script);
        private readonly List<Found> _found = [];

        // False once a search found no end of rows: there is none further on either.
        private bool _hasMark = true;

        public ImmutableArray<ScriptStatement> Run()
        {
            while (ReadStatement() is { } found)
            {
                _found.Add(found);
                if (found.Head.SetsStandardStrings(script) is { } value) _lexer.StandardStrings = value;
            }

            // The server refuses it; left out, it would take all behind it along in silence.
            if (_lexer.OpenComment is { } open)
            {
                if (_found.Count > 0) _found[^1] = _found[^1] with { End = Math.Min(_found[^1].End, open) };
                _found.Add(new Found(new StatementHead(), open, script.Length, script.Length) { Problem = "This comment is not closed, so that nothing behind it would run." });
            }

            var statements = ImmutableArray.CreateBuilder<ScriptStatement>(_found.Count);
            var start = 0;
            for (var i = 0; i < _found.Count; i++)
            {
                var end = i + 1 < _found.Count ? _found[i].End : script.Length;
                statements.Add(_found[i].ToStatement(script, TextSpan.FromBounds(start, end)));
                start = end;
            }

            return statements.MoveToImmutable();
        }

        // Null at the script's end.
        private Found? ReadStatement()
        {
            var first = NextOfStatement();
            if (first.Kind == SqlTokenKind.End) return null;
            if (script[first.Start] == '\\') return ReadMetaCommand(first);

            var head = new StatementHead();
            var depth = 0;
            var body = 0;
            var hasBackslash = false;
            var last = first;
            for (var token = first; ; token = _lexer.Next())
            {
                var isEnd = token.Kind == SqlTokenKind.End;
                if (isEnd || (depth == 0 && body == 0 && Is(token, ';')))
                    return ReadCopyData(new Found(head, first.Start, last.End, token.End) { Problem = hasBackslash ? MetaCommand : null }, isEnd);
                if (Is(token, '(')) depth++;
                else if (Is(token, ')') && depth > 0) depth--;
                else if (Is(token, '\\')) hasBackslash = true;
                else if (depth == 0 && token.Kind == SqlTokenKind.Word && head.MakesRoutine) body = Depth(body, head.Last, script.AsSpan(token.Start, token.End - token.Start));
                head.Add(script, token);
                last = token;
            }
        }

        // A body begins with BEGIN ATOMIC; inside it, CASE ends with END. BEGIN may be a name, and the other two behind AS and points.
        private static int Depth(int body, string before, ReadOnlySpan<char> word)
        {
            if (body == 0) return before == "BEGIN" && word.Equals("atomic", StringComparison.OrdinalIgnoreCase) ? 1 : 0;
            if (before is "AS" or ".") return body;
            if (word.Equals("case", StringComparison.OrdinalIgnoreCase)) return body + 1;
            return word.Equals("end", StringComparison.OrdinalIgnoreCase) ? body - 1 : body;
        }

        private SqlToken NextOfStatement()
        {
            var token = _lexer.Next();
            while (Is(token, ';')) token = _lexer.Next();
            return token;
        }

        private Found ReadMetaCommand(SqlToken first)
        {
            var end = _lexer.EndOfLine(first.Start);
            _lexer.Position = end;
            return new Found(new StatementHead(), first.Start, end, end) { Problem = MetaCommand };
        }

        // The rows behind `COPY ... FROM STDIN;` up to a line `\.` are no statements.
        private Found ReadCopyData(Found found, bool isEnd)
        {
            if (found.Head.IsCopyToOutput) return found with { Problem = "`COPY ... TO STDOUT` sends rows to a client that takes them, as psql does: write to a table, or use a query." };
            if (!found.Head.IsCopyFromInput) return found;
            if (!isEnd && _hasMark)
            {
                var mark = script.IndexOf("\n\\.", found.End, StringComparison.Ordinal);
                _hasMark = mark >= 0;
                if (_hasMark) _lexer.Position = _lexer.EndOfLine(mark + 3);
            }

            return found with { End = _lexer.Position, Problem = "`COPY ... FROM STDIN` reads rows that only psql sends: write them as INSERT." };
        }

        private bool Is(SqlToken token, char punctuation) => token.Kind == SqlTokenKind.Punctuation && script[token.Start] == punctuation;
    }

    private sealed record Found(StatementHead Head, int Start, int TextEnd, int End)
    {
        public string? Problem { get; init; }

        public ScriptStatement ToStatement(string script, TextSpan full) => new()
        {
            Span = TextSpan.FromBounds(Start, TextEnd),
            FullSpan = full,
            Words = Head.Words(),
            Control = StatementClassifier.ControlOf(Head),
            Transaction = StatementClassifier.UseOf(Head),
            Locks = StatementClassifier.LocksOf(Head),
            ChangesSession = StatementClassifier.ChangesSession(Head),
            Problem = script.AsSpan(Start, TextEnd - Start).Contains('\0') ? "The text holds a NUL character, at which the database would stop reading." : Problem,
        };
    }
}
