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
            var last = first;
            for (var token = first; ; token = _lexer.Next())
            {
                var isEnd = token.Kind == SqlTokenKind.End;
                if (isEnd || (depth == 0 && body == 0 && Is(token, ';')))
                    return ReadCopyData(new Found(head, first.Start, last.End, token.End), isEnd);
                if (Is(token, '(')) depth++;
                else if (Is(token, ')') && depth > 0) depth--;
                else if (depth == 0 && token.Kind == SqlTokenKind.Word && head.MakesRoutine) body = Depth(body, script.AsSpan(token.Start, token.End - token.Start));
                head.Add(script, token);
                last = token;
            }
        }

        // A body begins with BEGIN; inside it, BEGIN and CASE end with END.
        private static int Depth(int body, ReadOnlySpan<char> word)
        {
            if (word.Equals("begin", StringComparison.OrdinalIgnoreCase)) return body + 1;
            if (body == 0) return 0;
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
            return new Found(new StatementHead(), first.Start, end, end) { Problem = "A line that begins with a backslash is a command of psql, not SQL: no database takes it." };
        }

        // The rows behind `COPY ... FROM STDIN;` up to a line `\.` are no statements.
        private Found ReadCopyData(Found found, bool isEnd)
        {
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
            Problem = Problem,
        };
    }
}
