using CsCheck;
using Ploy.Postgres.Scripts;
using Ploy.Relational.Sql;
using Xunit;

namespace Ploy.Unit.Tests.Postgres;

public sealed class PostgresScriptScannerTests
{
    // Each is one statement, however its text looks.
    private static readonly string[] Statements =
    [
        "SELECT 1",
        "SELECT 'a;b''c;'",
        "SELECT E'it\\'s; fine'",
        "SELECT 'back\\'",
        "SELECT U&'d\\0061t;a'",
        "SELECT note'x;y'",
        "SELECT \"a;\"\"b\" FROM t",
        "SELECT $$a;b$$",
        "SELECT $tag$ ; $$ ; $tag $ ; $tag$",
        "SELECT a$b$c FROM t",
        "SELECT $1 + $2",
        "SELECT 1 /* ; /* nested ; */ ; */ + 2",
        "SELECT 1 -- ; no end\n + 2",
        "CREATE RULE r AS ON INSERT TO t DO (DELETE FROM a; DELETE FROM b)",
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; SELECT CASE WHEN true THEN 2 END; END",
        "CREATE OR REPLACE PROCEDURE p() BEGIN ATOMIC INSERT INTO t VALUES (1); END",
        "CREATE FUNCTION f() RETURNS int AS $f$ BEGIN RETURN 1; END; $f$ LANGUAGE plpgsql",
        "CREATE FUNCTION begin() RETURNS int LANGUAGE sql AS 'SELECT 1;'",
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT begin, t.end, 1 AS end, 2 AS \"case\" FROM t; SELECT CASE (CASE 1 WHEN 1 THEN 2 END) WHEN 2 THEN 3 END; END",
        "SELECT E'a\\';'\n'b\\';c'",
        "SELECT E'a' -- ; '\n  -- more ;\n'b\\';'",
        "SELECT 'a'\n'b\\'",
        "SELECT U&\"d!0061;\" UESCAPE '!'",
        "SELECT 1 -->;\n+ 2",
        "SELECT 1 /*/;*/ + 2",
        "SELECT 1 /*/ /* ; */ ; */ + 2",
        "SELECT a$;$b FROM t".Replace(";", "1", StringComparison.Ordinal),
        "SELECT $é1$;$1$;$é1$",
        "DO $do$ BEGIN PERFORM 1; COMMIT; END $do$",
        "BEGIN",
        "COMMIT",
        "😀 'ü;'",
        "INSERT INTO \"t😀\" VALUES ('😀;')",
    ];

    private static readonly string[] Trivia = [" ", "\n", "\t", "-- a ; comment\n", "/* ; */", "/* /* ; */ ; */", ";", "\r\n"];

    private static readonly string[] Fragments =
    [
        "'", "\"", "$$", "$a$", ";", "/*", "*/", "--", "\n", "\\", "(", ")", " BEGIN ", " END ", " CREATE FUNCTION ", " COPY t FROM STDIN ", "E'", "U&\"", "a", "0",
    ];

    private static readonly Gen<string> TriviaGen = Of(Trivia).Array[0, 3].Select(string.Concat);

    private static Gen<string> Of(string[] texts) => Gen.Int[0, texts.Length - 1].Select(i => texts[i]);

    [Fact]
    public void Statements_are_found_whatever_stands_between_them() =>
        Gen.Select(Of(Statements), TriviaGen).Array[1, 8].Sample(parts =>
        {
            var script = string.Concat(parts.Select(p => p.Item2 + p.Item1 + "\n;"));
            var found = PostgresScriptScanner.Split(script);
            Assert.Equal(parts.Select(p => p.Item1), found.Select(s => s.TextIn(script)));
        });

    [Fact]
    public void Full_spans_join_to_the_script_for_any_text() =>
        Gen.OneOf(Gen.String, Of(Fragments).Array[0, 40].Select(string.Concat))
            .Sample(script =>
            {
                var found = PostgresScriptScanner.Split(script);
                var position = 0;
                foreach (var statement in found)
                {
                    Assert.Equal(position, statement.FullSpan.Start);
                    Assert.True(statement.Span.Length > 0 && statement.Span.Start >= statement.FullSpan.Start && statement.Span.End <= statement.FullSpan.End);
                    position = statement.FullSpan.End;
                }

                Assert.True(found.Length == 0 || position == script.Length);
            });

    [Theory]
    [InlineData("")]
    [InlineData(" \n\t")]
    [InlineData("-- This is an empty migration.")]
    [InlineData(";;;")]
    public void Blanks_and_comments_are_no_statement(string script) => Assert.Empty(PostgresScriptScanner.Split(script));

    [Fact]
    public void Backslashes_in_ordinary_strings_follow_the_scripts_own_setting()
    {
        foreach (var off in (string[])["= off", "TO 'Off'", "= F", "TO n", "= 0", "TO 'false'"])
        {
            foreach (var on in (string[])["SET standard_conforming_strings TO on", "SET SESSION \"standard_conforming_strings\" = 'true'", "SET standard_conforming_strings = 1", "RESET standard_conforming_strings", "SET standard_conforming_strings TO DEFAULT"])
            {
                var script = $"SET LOCAL standard_conforming_strings {off}; SELECT 'a\\';b'; {on}; SELECT 'a\\'; SELECT 2";
                Assert.Equal(
                    [$"SET LOCAL standard_conforming_strings {off}", "SELECT 'a\\';b'", on, "SELECT 'a\\'", "SELECT 2"],
                    PostgresScriptScanner.Split(script).Select(s => s.TextIn(script)));
            }
        }
    }

    [Theory]
    [InlineData("\\restrict abc\nSELECT 1", "psql")]
    [InlineData("COPY t (a) FROM STDIN;\n1;2\n\\.\nSELECT 1", "STDIN")]
    [InlineData("COPY t FROM stdin WITH (FORMAT csv);\n\\.\nSELECT 1;", "STDIN")]
    [InlineData("COPY (SELECT 1) TO STDOUT; SELECT 1", "STDOUT")]
    [InlineData("SELECT 2 \\g out.txt\n; SELECT 1", "psql")]
    [InlineData("SELECT 'a\0b'; SELECT 1", "NUL")]
    public void What_only_psql_takes_has_its_problem_and_the_rest_goes_on(string script, string problem)
    {
        var found = PostgresScriptScanner.Split(script);
        Assert.Contains(problem, found[0].Problem, StringComparison.Ordinal);
        Assert.Equal((2, "SELECT 1", null), (found.Length, found[1].TextIn(script), found[1].Problem));
    }

    [Theory]
    [InlineData("SELECT 1; /* unclosed ; SELECT 2", "/* unclosed ; SELECT 2")]
    [InlineData("SELECT 1 /* /* unclosed */ ; SELECT 2;\n", "/* /* unclosed */ ; SELECT 2;\n")]
    [InlineData("/*", "/*")]
    public void A_comment_that_is_not_closed_hides_nothing(string script, string rest)
    {
        var last = PostgresScriptScanner.Split(script)[^1];
        Assert.Equal((rest, "This comment is not closed, so that nothing behind it would run."), (last.TextIn(script), last.Problem));
    }

    [Theory]
    [InlineData("COPY t FROM '/tmp/STDIN'")]
    [InlineData("COPY t TO '/tmp/STDOUT'")]
    [InlineData("SELECT E'\\g', '\\', \"\\\", $$\\$$ -- \\")]
    [InlineData("SELECT 1 FROM stdin")]
    public void Other_copies_have_no_problem(string script) => Assert.Null(Assert.Single(PostgresScriptScanner.Split(script)).Problem);

    [Theory]
    [InlineData("begin", TransactionControl.Begin)]
    [InlineData("BEGIN TRANSACTION ISOLATION LEVEL SERIALIZABLE", TransactionControl.Begin)]
    [InlineData("/* x */ START TRANSACTION", TransactionControl.Begin)]
    [InlineData("COMMIT WORK", TransactionControl.Commit)]
    [InlineData("END", TransactionControl.Commit)]
    [InlineData("COMMIT AND NO CHAIN", TransactionControl.Commit)]
    [InlineData("COMMIT AND CHAIN", TransactionControl.Other)]
    [InlineData("PREPARE TRANSACTION 'x'", TransactionControl.Other)]
    [InlineData("COMMIT PREPARED 'x'", TransactionControl.Other)]
    [InlineData("ROLLBACK PREPARED 'x'", TransactionControl.Other)]
    [InlineData("SET TRANSACTION READ ONLY", TransactionControl.Mode)]
    [InlineData("SET TRANSACTION SNAPSHOT 'x'", TransactionControl.Other)]
    [InlineData("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY", TransactionControl.None)]
    [InlineData("ROLLBACK", TransactionControl.Rollback)]
    [InlineData("ABORT", TransactionControl.Rollback)]
    [InlineData("ROLLBACK TO SAVEPOINT s", TransactionControl.Savepoint)]
    [InlineData("RELEASE s", TransactionControl.Savepoint)]
    [InlineData("PREPARE q AS SELECT 1", TransactionControl.None)]
    [InlineData("COMMENT ON TABLE t IS 'COMMIT'", TransactionControl.None)]
    [InlineData("\"commit\"", TransactionControl.None)]
    public void What_a_statement_does_to_the_transaction_is_known(string script, TransactionControl control) =>
        Assert.Equal(control, Assert.Single(PostgresScriptScanner.Split(script)).Control);

    [Theory]
    [InlineData("CREATE INDEX CONCURRENTLY i ON t (a)", TransactionUse.Forbidden)]
    [InlineData("create unique index concurrently if not exists i on t (a)", TransactionUse.Forbidden)]
    [InlineData("DROP INDEX CONCURRENTLY i", TransactionUse.Forbidden)]
    [InlineData("REINDEX (VERBOSE, CONCURRENTLY) TABLE t", TransactionUse.Forbidden)]
    [InlineData("REINDEX TABLE CONCURRENTLY t", TransactionUse.Forbidden)]
    [InlineData("REINDEX (VERBOSE) SCHEMA public", TransactionUse.Forbidden)]
    [InlineData("VACUUM FULL t", TransactionUse.Forbidden)]
    [InlineData("CLUSTER", TransactionUse.Forbidden)]
    [InlineData("ALTER SYSTEM SET work_mem = '1MB'", TransactionUse.Forbidden)]
    [InlineData("CREATE DATABASE d", TransactionUse.Forbidden)]
    [InlineData("DROP TABLESPACE s", TransactionUse.Forbidden)]
    [InlineData("ALTER DATABASE d SET TABLESPACE s", TransactionUse.Forbidden)]
    [InlineData("ALTER TABLE ONLY \"s\".\"p\" DETACH PARTITION \"p1\" CONCURRENTLY", TransactionUse.Forbidden)]
    [InlineData("CREATE SUBSCRIPTION s CONNECTION 'x' PUBLICATION p", TransactionUse.Forbidden)]
    [InlineData("ALTER SUBSCRIPTION s REFRESH PUBLICATION", TransactionUse.Forbidden)]
    [InlineData("ALTER SUBSCRIPTION s SET (failover = true)", TransactionUse.Forbidden)]
    [InlineData("ALTER SUBSCRIPTION s DISABLE", TransactionUse.Any)]
    [InlineData("CLUSTER (VERBOSE)", TransactionUse.Forbidden)]
    [InlineData("CLUSTER (VERBOSE) t USING i", TransactionUse.Any)]
    [InlineData("DISCARD ALL", TransactionUse.Forbidden)]
    [InlineData("ALTER TYPE \"public\".\"Role\" ADD VALUE 'x'", TransactionUse.CommitBeforeUse)]
    [InlineData("ALTER TYPE role ADD VALUE IF NOT EXISTS 'x' BEFORE 'y'", TransactionUse.CommitBeforeUse)]
    [InlineData("ALTER TYPE role ADD ATTRIBUTE value int", TransactionUse.Any)]
    [InlineData("ALTER TYPE \"add\" RENAME VALUE 'a' TO 'b'", TransactionUse.Any)]
    [InlineData("CREATE INDEX \"CONCURRENTLY\" ON t (a)", TransactionUse.Any)]
    [InlineData("REINDEX TABLE t", TransactionUse.Any)]
    [InlineData("CLUSTER t USING i", TransactionUse.Any)]
    [InlineData("ALTER DATABASE d SET work_mem = '1MB'", TransactionUse.Any)]
    [InlineData("REFRESH MATERIALIZED VIEW CONCURRENTLY v", TransactionUse.Any)]
    [InlineData("COMMENT ON TABLE t IS 'VACUUM'", TransactionUse.Any)]
    public void Whether_a_statement_may_share_a_transaction_is_known(string script, TransactionUse use) =>
        Assert.Equal(use, Assert.Single(PostgresScriptScanner.Split(script)).Transaction);

    [Fact]
    public void The_first_words_are_in_upper_case_and_end_at_a_name_in_quotes()
    {
        Assert.Equal(["CREATE", "TABLE"], Assert.Single(PostgresScriptScanner.Split("create /* x */ Table \"a\" (b int)")).Words);
        Assert.Equal(8, Assert.Single(PostgresScriptScanner.Split("a b c d e f g h i j")).Words.Count);
    }
}
