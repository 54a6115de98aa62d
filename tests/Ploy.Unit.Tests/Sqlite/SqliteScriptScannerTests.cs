using CsCheck;
using Ploy.Relational.Sql;
using Ploy.Sqlite.Scripts;
using Xunit;

namespace Ploy.Unit.Tests.Sqlite;

public sealed class SqliteScriptScannerTests
{
    // Each is one statement, however its text looks.
    private static readonly string[] Statements =
    [
        "SELECT 1",
        "SELECT 'a;b''c;'",
        "SELECT \"a;\"\"b\" FROM t",
        "SELECT `a;``b` FROM t",
        "SELECT [a;b] FROM t",
        "SELECT x'00', ?1, :a, @b, $c",
        "SELECT 1 /* ; /* no nesting */ + 2",
        "SELECT 1 -- ; no end\n + 2",
        "CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1; END",
        "CREATE TEMP TRIGGER IF NOT EXISTS t AFTER INSERT ON a BEGIN SELECT CASE WHEN 1 THEN 2 ELSE 3 END; UPDATE a SET b = 'END;'; END",
        "create temporary trigger t instead of delete on v begin delete from a; -- END;\n delete from b; end",
        "EXPLAIN CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1; END",
        "CREATE TABLE trigger_ (\"end\" INT)",
        "BEGIN",
        "END TRANSACTION",
        "😀 'ü;'",
    ];

    private static readonly string[] Trivia = [" ", "\n", "\t", "-- a ; comment\n", "/* ; */", ";", "\r\n"];

    private static readonly string[] Fragments = ["'", "\"", "`", "[", "]", ";", "/*", "*/", "--", "\n", "(", ")", " BEGIN ", " END ", " CREATE TRIGGER ", "x'", "a", "0", "."];

    private static readonly Gen<string> TriviaGen = Of(Trivia).Array[0, 3].Select(string.Concat);

    private static Gen<string> Of(string[] texts) => Gen.Int[0, texts.Length - 1].Select(i => texts[i]);

    [Fact]
    public void Statements_are_found_whatever_stands_between_them() =>
        Gen.Select(Of(Statements), TriviaGen).Array[1, 8].Sample(parts =>
        {
            var script = string.Concat(parts.Select(p => p.Item2 + p.Item1 + "\n;"));
            Assert.Equal(parts.Select(p => p.Item1), SqliteScriptScanner.Split(script).Select(s => s.TextIn(script)));
        });

    [Fact]
    public void Full_spans_join_to_the_script_for_any_text() =>
        Gen.OneOf(Gen.String, Of(Fragments).Array[0, 40].Select(string.Concat)).Sample(script =>
        {
            var statements = SqliteScriptScanner.Split(script);
            if (statements.IsEmpty) return;
            Assert.Equal(script, string.Concat(statements.Select(s => script.Substring(s.FullSpan.Start, s.FullSpan.Length))));
            Assert.All(statements, s => Assert.True(s.Span.Length > 0 && s.Span.Start >= s.FullSpan.Start && s.Span.End <= s.FullSpan.End));
        });

    [Theory]
    [InlineData("BEGIN", TransactionControl.Begin)]
    [InlineData("begin immediate transaction", TransactionControl.Begin)]
    [InlineData("COMMIT", TransactionControl.Commit)]
    [InlineData("END", TransactionControl.Commit)]
    [InlineData("ROLLBACK", TransactionControl.Rollback)]
    [InlineData("ROLLBACK TRANSACTION", TransactionControl.Rollback)]
    [InlineData("ROLLBACK TO a", TransactionControl.Savepoint)]
    [InlineData("ROLLBACK TRANSACTION TO SAVEPOINT a", TransactionControl.Savepoint)]
    [InlineData("SAVEPOINT a", TransactionControl.Savepoint)]
    [InlineData("RELEASE a", TransactionControl.Savepoint)]
    [InlineData("CREATE TABLE commit_ (id)", TransactionControl.None)]
    internal void What_a_statement_does_to_transactions_is_known(string sql, TransactionControl control) =>
        Assert.Equal(control, Assert.Single(SqliteScriptScanner.Split(sql)).Control);

    [Theory]
    [InlineData("VACUUM", TransactionUse.Forbidden)]
    [InlineData("DETACH DATABASE a", TransactionUse.Forbidden)]
    [InlineData("PRAGMA journal_mode = WAL", TransactionUse.Forbidden)]
    [InlineData("PRAGMA foreign_keys=OFF", TransactionUse.Any)]
    internal void What_no_transaction_takes_is_known(string sql, TransactionUse use) => Assert.Equal(use, Assert.Single(SqliteScriptScanner.Split(sql)).Transaction);

    [Fact]
    public void Commands_of_the_shell_are_problems()
    {
        var statements = SqliteScriptScanner.Split("SELECT 1;\n.tables\nSELECT 2");
        Assert.Equal([null, "A line that begins with a dot is a command of the sqlite3 shell, not SQL: no database takes it.", null], statements.Select(s => s.Problem));
    }

    [Fact]
    public void Splitting_takes_time_in_proportion_to_the_script()
    {
        var script = string.Concat(Enumerable.Repeat("CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1; END;\n", 20_000));
        Assert.Equal(20_000, SqliteScriptScanner.Split(script).Length);
    }
}
