using System.Text.RegularExpressions;
using Ploy.Testing;
using Xunit;

namespace Ploy.Cli.Tests;

/// <summary><c>db push</c>, <c>db execute</c> and <c>db seed</c>.</summary>
public sealed class PushTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("postgresql")]
    [InlineData("sqlite")]
    public async Task The_database_follows_the_schema_without_a_history(string provider)
    {
        await using var database = await TemporaryDatabase.CreateAsync(provider);
        WriteSchema(provider, "  name String?\n");
        Assert.Matches(@"in sync with the schema now, after \d+ statements? in \d+ ms", (await RunAsync(database, "db", "push")).Expect(0).Output);
        Assert.Contains("in sync with the schema already", (await RunAsync(database, "db", "push")).Expect(0).Output, StringComparison.Ordinal);
        WriteSchema(provider, "  name String?\n  age Int?\n");
        (await RunAsync(database, "db", "push")).Expect(0);
        await database.ExecuteAsync("INSERT INTO \"A\" (id, name, age) VALUES (1, 'x', 2)");
        Assert.Equal(["1|x|2"], await database.RowsAsync("SELECT id, name, age FROM \"A\""));
        Assert.DoesNotContain("_prisma_migrations", await database.DumpAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("postgresql")]
    [InlineData("sqlite")]
    public async Task Rows_are_lost_by_consent_alone(string provider)
    {
        await using var database = await TemporaryDatabase.CreateAsync(provider);
        WriteSchema(provider, "  name String?\n");
        (await RunAsync(database, "db", "push")).Expect(0);
        await database.ExecuteAsync("INSERT INTO \"A\" (id, name) VALUES (1, 'x')");
        WriteSchema(provider, "");
        Assert.Contains("error[PLOY2206]", (await RunAsync(database, "db", "push")).Expect(1).Error, StringComparison.Ordinal);
        var refused = (await RunAsync(database, "db", "push", "--accept-data-loss")).Expect(1);
        Assert.Contains("error[PLOY2220]", refused.Error, StringComparison.Ordinal);
        Assert.Equal(["1|x"], await database.RowsAsync("SELECT id, name FROM \"A\""));
        (await RunAsync(database, "db", "push", "--consent", ConsentIn(refused))).Expect(0);
        Assert.Equal(["1"], await database.RowsAsync("SELECT * FROM \"A\""));

        refused = (await RunAsync(database, "db", "push", "--force-reset")).Expect(1);
        Assert.Equal(["1"], await database.RowsAsync("SELECT * FROM \"A\""));
        Assert.Contains("was emptied", (await RunAsync(database, "db", "push", "--force-reset", "--consent", ConsentIn(refused))).Expect(0).Output, StringComparison.Ordinal);
        Assert.Equal([], await database.RowsAsync("SELECT * FROM \"A\""));
    }

    [Theory]
    [InlineData("postgresql")]
    [InlineData("sqlite")]
    public async Task What_the_rows_refuse_is_not_begun(string provider)
    {
        await using var database = await TemporaryDatabase.CreateAsync(provider);
        WriteSchema(provider, "");
        (await RunAsync(database, "db", "push")).Expect(0);
        await database.ExecuteAsync("INSERT INTO \"A\" (id) VALUES (1)");
        WriteSchema(provider, "  name String\n");
        var refused = (await RunAsync(database, "db", "push", "--accept-data-loss")).Expect(1).Error;
        Assert.Contains("error[PLOY2230]", refused, StringComparison.Ordinal);
        Assert.Contains("--force-reset", refused, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_directive_that_uses_what_only_this_database_has_is_pushed_once()
    {
        await using var database = await TemporaryDatabase.CreateAsync("postgresql");
        await database.ExecuteAsync("CREATE FUNCTION fine(n int) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT n > 0'; CREATE DOMAIN small AS int");
        const string schema = "datasource db {\n  provider = \"postgresql\"\n}\n\n/// @ploy.check(\"by_hand\", \"fine(n)\")\n/// @ploy.check(\"plain\", \"n in (1, 2)\")\nmodel A {\n  id Int @id\n  n  Int\n}\n";
        _folder.Write("prisma/schema.prisma", schema);
        var first = (await InProcess.RunAsync(_folder.Root, "db", "push", "--url", database.Url)).Expect(0);
        Assert.Contains("after 3 statements", first.Output, StringComparison.Ordinal);
        var again = (await InProcess.RunAsync(_folder.Root, "db", "push", "--url", database.Url)).Expect(0);
        Assert.Contains("already", again.Output, StringComparison.Ordinal);
        string[] diff = ["migrate", "diff", "--from-url", database.Url, "--to-schema", "prisma/schema.prisma", "--exit-code"];
        _folder.Write(".env", $"DATABASE_URL={database.Url}\n");
        _folder.Write("ploy.toml", "[datasource]\nurl = 'env(\"DATABASE_URL\")'\n");
        Assert.Equal(0, (await InProcess.RunAsync(_folder.Root, diff)).ExitCode);

        // What is taken out is dropped, by both.
        _folder.Write("prisma/schema.prisma", schema.Replace("/// @ploy.check(\"plain\", \"n in (1, 2)\")\n", "", StringComparison.Ordinal));
        Assert.Equal(2, (await InProcess.RunAsync(_folder.Root, diff)).ExitCode);
        (await InProcess.RunAsync(_folder.Root, "db", "push")).Expect(0);
        Assert.Equal(["by_hand"], await database.RowsAsync("SELECT conname FROM pg_constraint WHERE contype = 'c' AND conrelid <> 0"));
    }

    [Fact]
    public async Task A_new_value_of_an_enum_may_be_a_default_at_once()
    {
        await using var database = await TemporaryDatabase.CreateAsync("postgresql");
        WriteSchema("postgresql", "  mood Mood @default(sad)\n", "\nenum Mood {\n  sad\n}\n");
        (await RunAsync(database, "db", "push")).Expect(0);
        WriteSchema("postgresql", "  mood Mood @default(glad)\n", "\nenum Mood {\n  sad\n  glad\n}\n");
        (await RunAsync(database, "db", "push")).Expect(0);
        Assert.Contains("in sync with the schema already", (await RunAsync(database, "db", "push")).Expect(0).Output, StringComparison.Ordinal);
        await database.ExecuteAsync("INSERT INTO \"A\" (id) VALUES (1)");
        Assert.Equal(["1|glad"], await database.RowsAsync("SELECT id, mood::text FROM \"A\""));
    }

    [Theory]
    [InlineData("postgresql")]
    [InlineData("sqlite")]
    public async Task A_script_is_run_whole_or_not_at_all(string provider)
    {
        await using var database = await TemporaryDatabase.CreateAsync(provider);
        await database.ExecuteAsync("CREATE TABLE t (id integer PRIMARY KEY)");
        _folder.Write("good.sql", "INSERT INTO t VALUES (1);\nSELECT * FROM t;\n");
        _folder.Write("bad.sql", "INSERT INTO t VALUES (2);\nINSERT INTO nowhere VALUES (1);\n");
        Assert.Contains("The script ran on", (await RunAsync(database, "db", "execute", "--file", "good.sql")).Expect(0).Output, StringComparison.Ordinal);
        var refused = (await RunAsync(database, "db", "execute", "--file", "bad.sql")).Expect(1).Error;
        Assert.Contains("error[PLOY2232]", refused, StringComparison.Ordinal);
        Assert.Contains("nowhere", refused, StringComparison.Ordinal);
        Assert.Equal(["1"], await database.RowsAsync("SELECT id FROM t"));
        Assert.Contains("error[PLOY2000]", (await RunAsync(database, "db", "execute")).Expect(1).Error, StringComparison.Ordinal);
        Assert.Contains("error[PLOY2000]", (await RunAsync(database, "db", "execute", "--file", "good.sql", "--stdin")).Expect(1).Error, StringComparison.Ordinal);
        Assert.Contains("error[PLOY2005]", (await RunAsync(database, "db", "execute", "--file", "none.sql")).Expect(1).Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("postgresql")]
    [InlineData("sqlite")]
    public async Task Seeds_are_files_in_one_transaction_and_run_after_a_reset(string provider)
    {
        await using var database = await TemporaryDatabase.CreateAsync(provider);
        WriteSchema(provider, "  name String?\n");
        _folder.Write("migrations/20260101000000_init/migration.sql", "CREATE TABLE \"A\" (\"id\" INTEGER NOT NULL PRIMARY KEY, \"name\" TEXT);\n");
        _folder.Write("seeds/1_first.sql", "INSERT INTO \"A\" (id, name) VALUES (1, 'x') ON CONFLICT DO NOTHING;\n");
        _folder.Write("seeds/2_second.sql", "INSERT INTO \"A\" (id, name) VALUES (2, 'y') ON CONFLICT DO NOTHING;\n");
        _folder.Write("ploy.toml", "[seed]\nfiles = [\"seeds\"]\n");
        (await RunAsync(database, "migrate", "deploy")).Expect(0);
        Assert.Equal([], await database.RowsAsync("SELECT * FROM \"A\""));
        Assert.Contains("The database is seeded.", (await RunAsync(database, "db", "seed")).Expect(0).Output, StringComparison.Ordinal);
        (await RunAsync(database, "db", "seed")).Expect(0);
        Assert.Equal(["1|x", "2|y"], await database.RowsAsync("SELECT * FROM \"A\" ORDER BY id"));

        await database.ExecuteAsync("DELETE FROM \"A\"");
        (await RunAsync(database, "migrate", "reset", "--skip-seed")).Expect(0);
        Assert.Equal([], await database.RowsAsync("SELECT * FROM \"A\""));
        Assert.Contains("Seeding: seeds/1_first.sql, seeds/2_second.sql", (await RunAsync(database, "migrate", "reset")).Expect(0).Error, StringComparison.Ordinal);
        Assert.Equal(["1|x", "2|y"], await database.RowsAsync("SELECT * FROM \"A\" ORDER BY id"));

        await database.ExecuteAsync("DELETE FROM \"A\"");
        _folder.Write("seeds/3_third.sql", "INSERT INTO nowhere VALUES (1);\n");
        Assert.Contains("seeds/3_third.sql", (await RunAsync(database, "db", "seed")).Expect(1).Error, StringComparison.Ordinal);
        Assert.Equal([], await database.RowsAsync("SELECT * FROM \"A\""));
    }

    [Fact]
    public async Task A_seed_command_gets_arguments_and_its_failure_is_ours()
    {
        await using var database = await TemporaryDatabase.CreateAsync("sqlite");
        await database.ExecuteAsync("CREATE TABLE t (id integer)");
        Assert.Contains("Nothing says how to seed", (await RunAsync(database, "db", "seed")).Expect(0).Output, StringComparison.Ordinal);
        _folder.Write("package.json", "{ \"prisma\": { \"seed\": \"printf package > out.txt\" } }");
        (await RunAsync(database, "db", "seed")).Expect(0);
        Assert.Equal("package", _folder.Read("out.txt"));
        _folder.Write("package.json", "{ \"prisma\": ");
        Assert.Contains("error[PLOY2234]", (await RunAsync(database, "db", "seed")).Expect(1).Error, StringComparison.Ordinal);
        _folder.Write("ploy.toml", "[seed]\ncommand = 'printf \"%s|\" > out.txt'\n");
        (await InProcess.RunAsync(_folder.Root, "db", "seed", "--url", database.Url, "--", "a b", "it's")).Expect(0);
        Assert.Equal("a b|it's|", _folder.Read("out.txt"));
        _folder.Write("ploy.toml", "[seed]\ncommand = 'printf \"%s\" \"$DATABASE_URL\" > out.txt'\n");
        _folder.Write(".env", "DATABASE_URL=file:./other.db\n");
        (await RunAsync(database, "db", "seed")).Expect(0);
        Assert.Equal($"file:{Path.GetFullPath(database.Url["file:".Length..])}", _folder.Read("out.txt"));
        _folder.Write("ploy.toml", "[seed]\ncommand = 'exit 3'\n");
        Assert.Contains("ended with exit code 3", (await RunAsync(database, "db", "seed")).Expect(1).Error, StringComparison.Ordinal);
        _folder.Write("ploy.toml", "[seed]\ncommand = 'exit 3'\nfiles = []\n");
        Assert.Contains("error[PLOY2234]", (await RunAsync(database, "db", "seed")).Expect(1).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Policies_hold_for_scripts_and_seeds()
    {
        await using var database = await TemporaryDatabase.CreateAsync("postgresql");
        await database.ExecuteAsync("CREATE TABLE t (id integer); ALTER TABLE t ENABLE ROW LEVEL SECURITY; ALTER TABLE t FORCE ROW LEVEL SECURITY; CREATE TABLE seen (setting text)");
        _folder.Write("see.sql", "INSERT INTO seen SELECT current_setting('row_security');\n");
        (await RunAsync(database, "db", "execute", "--file", "see.sql")).Expect(0);
        _folder.Write("ploy.toml", "[seed]\nfiles = [\"see.sql\"]\n");
        (await RunAsync(database, "db", "seed")).Expect(0);
        Assert.Equal(["on", "on"], await database.RowsAsync("SELECT setting FROM seen"));
    }

    private static string ConsentIn(ProcessResult refused) => Regex.Match(refused.Error, "= consent: (.+)").Groups[1].Value.Trim();

    private Task<ProcessResult> RunAsync(TemporaryDatabase database, params string[] arguments) => InProcess.RunAsync(_folder.Root, [.. arguments, "--url", database.Url]);

    private void WriteSchema(string provider, string fields, string more = "") =>
        _folder.Write("schema.prisma", $"datasource db {{\n  provider = \"{provider}\"\n}}\n\nmodel A {{\n  id Int @id\n{fields}}}\n{more}");
}
