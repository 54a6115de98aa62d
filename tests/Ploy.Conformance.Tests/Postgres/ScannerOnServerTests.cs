using Ploy.Postgres.Scripts;
using Ploy.Relational.Sql;
using Ploy.Testing;
using Xunit;

namespace Ploy.Conformance.Tests.Postgres;

/// <summary>
/// The server itself is asked where statements end: a script sent whole by the simple protocol, in which it finds them, answers as do ours sent one by
/// one. Where it refuses the whole for its syntax, it refuses one of ours.
/// </summary>
public sealed class ScannerOnServerTests
{
    private static readonly bool IsFull = Environment.GetEnvironmentVariable("PLOY_TEST_FULL") is { Length: > 0 };

    // Each returns what shows how it was read. (0: of any server, 14: of that and later.)
    private static readonly (int Since, string Text)[] Statements =
    [
        (0, "SELECT 'a;b''c;--d/*'"), (0, "SELECT E'it\\'s; \\\\'"), (0, "SELECT E'a\\';'\n'b\\';c'"), (0, "SELECT E'a' -- ; '\n -- x\n  'b\\';'"), (0, "SELECT 'a'\n';b\\'"),
        (0, "SELECT U&'d\\0061t;a', U&'d!0061;' UESCAPE '!'"), (0, "SELECT 1 AS \"a;\"\"--b\", 2 AS U&\"d!0061;\" UESCAPE '!'"), (0, "SELECT $$a;'b$$ || $$$$"),
        (0, "SELECT $tag$ ; $$ ; $tag $ ; $ta$tag$"), (0, "SELECT $é$;$e$;$é$"), (0, "SELECT a$b$c FROM (SELECT 1 AS a$b$c) x"), (0, "SELECT 1 /* ; /* nested ; */ ; */ + 2"),
        (0, "SELECT 7 -->;\n- 2"), (0, "SELECT 7 /*/;*/ - 2"), (0, "SELECT 7 /*/ /* ;*/ ; */ - 1"), (0, "SELECT 7 /***/ - 1 /* **/"), (0, "SELECT 2*-1, 8/ -2, 1<-2, @-5"), (0, "SELECT 2 -/* x */ -1"),
        (0, "SELECT B'101', X'1F', N'n;', 1.5e3, .5"), (0, "SELECT n'\\'"), (0, "SELECT 'x'::text, (ARRAY[1,2,3])[1:2], 'é;😀'"), (0, "SELECT (SELECT 1), ((2))"),
        (0, "DO $do$ BEGIN PERFORM 1; END; $do$"), (0, "CREATE TEMP TABLE IF NOT EXISTS t (a int)"),
        (0, "CREATE OR REPLACE RULE r AS ON INSERT TO t DO ALSO (DELETE FROM t WHERE a = 1; DELETE FROM t WHERE a = 2)"),
        (0, "CREATE OR REPLACE FUNCTION pg_temp.f() RETURNS int AS $f$ BEGIN RETURN 1; END; $f$ LANGUAGE plpgsql"),
        (0, "CREATE OR REPLACE FUNCTION pg_temp.begin() RETURNS int LANGUAGE sql AS 'SELECT 1;'"),
        (14, "CREATE OR REPLACE FUNCTION pg_temp.a() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; SELECT CASE WHEN true THEN CASE 1 WHEN 1 THEN 2 END END; END"),
        (14, "CREATE OR REPLACE FUNCTION pg_temp.b() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT begin, x.end, 1 AS end, 2 AS case FROM (SELECT 1 AS begin, 2 AS \"end\") x; SELECT 3; END"),
        (14, "CREATE OR REPLACE PROCEDURE pg_temp.c() BEGIN ATOMIC SELECT (CASE WHEN true THEN 1 END); END"), (14, "CREATE OR REPLACE FUNCTION pg_temp.d() RETURNS int RETURN 5"),
        (0, "SET standard_conforming_strings = off"), (0, "SET standard_conforming_strings TO 'f'"), (0, "SET \"standard_conforming_strings\" = 0"), (0, "SET SESSION standard_conforming_strings TO on"),
        (0, "RESET standard_conforming_strings"),
    ];

    private static readonly string[] Trivia = [" ", "\n", "\t", "-- a ; comment\n", "/* ; */", "/* /* ; */ ' */", ";", "\r\n", "--'\n", "/*/ */"];

    // Put somewhere into a script, it is another one, mostly a wrong one.
    private static readonly string[] Spoilers = ["'", "\"", "$$", "$a$", ";", "/*", "*/", "--", "\n", "(", ")", "\\", "\\'", "E", "''", "$", "END", "BEGIN ATOMIC ", "CASE "];

    [Fact]
    public async Task Statements_end_where_the_server_ends_them()
    {
        await using var database = await TemporaryDatabase.PostgresAsync();
        using var client = new SimpleQueryClient(database.Server, database.Name);
        Assert.Null(client.Run("SET escape_string_warning = off; SET client_min_messages = error; SET backslash_quote = on").Error);
        var statements = Statements.Where(s => s.Since <= database.Server.Major).Select(s => s.Text).ToArray();
        var random = new Random(20261126);
        var refused = 0;
        for (var i = 0; i < (IsFull ? 20_000 : 300); i++)
        {
            var script = string.Concat(Enumerable.Range(0, random.Next(1, 7)).Select(_ => Any(Trivia) + Any(statements) + Any(Trivia).Replace(";", " ", StringComparison.Ordinal) + ";" + Any(Trivia)));
            if (i % 3 == 0) script = script.Insert(random.Next(script.Length), Any(Spoilers));
            if (i % 5 == 0) script = script.TrimEnd(' ', '\n', ';', '\t', '\r');

            // The server reads a message to its end under the setting that held at its beginning; ours are sent after what they follow, as scripts of a migration are.
            var ours = PostgresScriptScanner.Split(script);
            if (script.Contains("standard_conforming", StringComparison.Ordinal) && !Same(script, ours)) continue;
            Reset(client);
            var whole = client.Run(script);
            Reset(client);
            var parts = new List<SimpleAnswer>();
            foreach (var statement in ours)
            {
                parts.Add(client.Run(statement.TextIn(script)));
                if (parts[^1].Error is not null) break;
            }

            if (whole.Error is not null) refused++;
            Assert.True((whole.Error is null) == parts.All(p => p.Error is null), $"{whole.Error} and {string.Join(',', parts.Select(p => p.Error))} for\n{script}");
            if (whole.Error is not null) continue;
            Assert.Equal(whole.Tags, parts.SelectMany(p => p.Tags));
            Assert.Equal(whole.Rows, parts.SelectMany(p => p.Rows));
            Assert.All(parts, p => Assert.Single(p.Tags));
        }

        Assert.InRange(refused, 20, IsFull ? 7_000 : 120);

        string Any(string[] texts) => texts[random.Next(texts.Length)];
    }

    private static void Reset(SimpleQueryClient client) => Assert.Null(client.Run("ROLLBACK; SET standard_conforming_strings = on").Error);

    // Whether the setting makes no difference to where statements end.
    private static bool Same(string script, IReadOnlyList<ScriptStatement> ours) =>
        PostgresScriptScanner.Split(script.Replace("standard_conforming_strings", "standard_conforming_xxxxxxx", StringComparison.Ordinal)).Select(s => s.Span).SequenceEqual(ours.Select(s => s.Span))
        && !script.Contains('\\', StringComparison.Ordinal);
}
