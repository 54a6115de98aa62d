using Ploy.Testing;
using Xunit;

namespace Ploy.Cli.Tests;

/// <summary>The file for an administrator, run with the administrator's own programs.</summary>
public sealed class ScriptVerbTests : IDisposable
{
    private const string A = "20260101000000_a";
    private const string B = "20260102000000_b";
    private const string C = "20260103000000_c";
    private const string Rows = "SELECT migration_name, checksum, finished_at IS NOT NULL, applied_steps_count, logs FROM _prisma_migrations ORDER BY 1";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Run_with_psql_it_leaves_what_deploy_leaves(bool isIdempotent)
    {
        WritePostgres();
        await using var database = await TemporaryDatabase.PostgresAsync();
        await using var other = await TemporaryDatabase.PostgresAsync();
        (await PsqlAsync(database, isIdempotent ? ["--idempotent"] : [])).Expect(0);
        (await RunAsync("migrate", "deploy", "--url", other.Url)).Expect(0);
        Assert.Equal(await other.DumpAsync(), await database.DumpAsync());
        Assert.Equal(await other.RowsAsync(Rows), await database.RowsAsync(Rows));
        Assert.Equal(["1|it's"], await database.RowsAsync("SELECT id, name FROM \"A\""));
        Assert.Contains("drift: none", (await RunAsync("migrate", "status", "--drift", "--url", database.Url)).Expect(0).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_idempotent_file_meets_every_state_of_the_history()
    {
        WritePostgres();
        await using var other = await TemporaryDatabase.PostgresAsync();
        (await RunAsync("migrate", "deploy", "--url", other.Url)).Expect(0);
        foreach (var to in (string[])[A, B, C])
        {
            await using var database = await TemporaryDatabase.PostgresAsync();
            (await RunAsync("migrate", "deploy", "--to", to, "--url", database.Url)).Expect(0);
            (await PsqlAsync(database, "--idempotent")).Expect(0);
            (await PsqlAsync(database, "--idempotent")).Expect(0);
            Assert.Equal(await other.DumpAsync(), await database.DumpAsync());
            Assert.Equal(await other.RowsAsync(Rows), await database.RowsAsync(Rows));
        }
    }

    [Theory]
    [InlineData("INSERT INTO _prisma_migrations (id, checksum, migration_name) VALUES ('1', 'x', '20260102000000_b')", "P3009")]
    [InlineData("DROP TABLE _prisma_migrations", "P3005")]
    [InlineData("DELETE FROM _prisma_migrations", "\"A\" already exists")]
    public async Task A_state_in_which_nothing_may_be_applied_is_refused_also_without_stopping_at_errors(string sql, string message)
    {
        WritePostgres();
        await using var database = await TemporaryDatabase.PostgresAsync();
        (await RunAsync("migrate", "deploy", "--to", A, "--url", database.Url)).Expect(0);
        await database.ExecuteAsync(sql);
        var before = await database.DumpAsync();
        var run = await PsqlAsync(database, ["--idempotent"], stopsAtErrors: false);
        Assert.Contains(message.Replace("\"A\"", "relation \"A\"", StringComparison.Ordinal), run.Error, StringComparison.Ordinal);
        Assert.Equal(before, await database.DumpAsync());
    }

    [Fact]
    public async Task A_plain_file_refuses_what_is_applied_already_and_what_lacks_the_one_before()
    {
        WritePostgres();
        await using var database = await TemporaryDatabase.PostgresAsync();
        Assert.NotEqual(0, (await PsqlAsync(database, "--from", A)).ExitCode);
        (await PsqlAsync(database, "--to", A)).Expect(0);
        Assert.Contains($"{A} is applied already", (await PsqlAsync(database, "--to", A)).Error, StringComparison.Ordinal);
        Assert.Contains($"the migration {B} is not applied", (await PsqlAsync(database, "--from", B)).Error, StringComparison.Ordinal);
        (await PsqlAsync(database, "--from", A)).Expect(0);
        (await RunAsync("migrate", "status", "--url", database.Url)).Expect(0);
    }

    [Fact]
    public async Task A_half_of_it_is_seen_by_everybody()
    {
        WritePostgres();
        await using var database = await TemporaryDatabase.PostgresAsync();
        await database.ExecuteAsync("CREATE TABLE _prisma_migrations (id VARCHAR(36) PRIMARY KEY, checksum VARCHAR(64) NOT NULL, finished_at TIMESTAMPTZ, migration_name VARCHAR(255) NOT NULL, logs TEXT, rolled_back_at TIMESTAMPTZ, started_at TIMESTAMPTZ NOT NULL DEFAULT now(), applied_steps_count INTEGER NOT NULL DEFAULT 0)");
        // The index in the middle of C meets two equal names.
        (await PsqlAsync(database, "--to", B)).Expect(0);
        await database.ExecuteAsync("INSERT INTO \"A\" (id, name) VALUES (2, 'it''s')");
        Assert.NotEqual(0, (await PsqlAsync(database, "--idempotent")).ExitCode);
        Assert.Contains("Failed, and not brought to an end:\n  " + C, (await RunAsync("migrate", "status", "--url", database.Url)).Expect(1).Output, StringComparison.Ordinal);
        Assert.Contains("P3009", (await PsqlAsync(database, "--idempotent")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_with_sqlite3_it_leaves_what_deploy_leaves()
    {
        WriteSqlite();
        await using var database = TemporaryDatabase.Sqlite();
        await using var other = TemporaryDatabase.Sqlite();
        (await Sqlite3Async(database)).Expect(0);
        (await RunAsync("migrate", "deploy", "--url", other.Url)).Expect(0);
        Assert.Equal(await other.DumpAsync(), await database.DumpAsync());
        Assert.Equal(await other.RowsAsync(Rows), await database.RowsAsync(Rows));
        Assert.Equal(["1|x"], await database.RowsAsync("SELECT * FROM \"A\""));
        (await RunAsync("migrate", "status", "--url", database.Url)).Expect(0);
        var again = await Sqlite3Async(database);
        Assert.Equal(1, again.ExitCode);
        Assert.Contains("the history is what this file expects", again.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Run_with_sqlite3_it_passes_over_what_is_applied(int applied)
    {
        WriteSqlite();
        await using var database = TemporaryDatabase.Sqlite();
        await using var other = TemporaryDatabase.Sqlite();
        (await RunAsync("migrate", "deploy", "--url", other.Url)).Expect(0);
        if (applied > 0) (await RunAsync("migrate", "deploy", "--to", applied == 1 ? A : B, "--url", database.Url)).Expect(0);

        (await Sqlite3Async(database, "--idempotent")).Expect(0);
        (await Sqlite3Async(database, "--idempotent")).Expect(0);

        Assert.Equal(await other.DumpAsync(), await database.DumpAsync());
        Assert.Equal(await other.RowsAsync(Rows), await database.RowsAsync(Rows));
        (await RunAsync("migrate", "status", "--url", database.Url)).Expect(0);
        _folder.Write($"migrations/{C}/migration.sql", "INSERT INTO \"A\" VALUES (2, 'two');\nINSERT INTO nowhere VALUES (1);\n");
        var failed = await Sqlite3Async(database, "--idempotent");
        Assert.Equal(1, failed.ExitCode);
        Assert.Contains("no such table: nowhere", failed.Error, StringComparison.Ordinal);
        Assert.Equal(["1|x"], await database.RowsAsync("SELECT * FROM \"A\""));
        _folder.Write($"migrations/{C}/migration.sql", "SELECT '\u0001';\n");
        Assert.Contains("error[PLOY2224]", (await RunAsync("migrate", "script", "--idempotent")).Expect(1).Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", " WHERE \"id\" > 1", false)]
    [InlineData("CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1; END;", "", false)]
    [InlineData("CREATE INDEX i ON \"A\" (lower(\"name\"));", "", false)]
    [InlineData("CREATE UNIQUE INDEX i ON \"A\" (\"name\") WHERE \"id\" > 5;", "", false)]
    [InlineData("CREATE INDEX i ON \"A\" (\"name\");", "", true)]
    [InlineData("CREATE TRIGGER t AFTER INSERT ON \"A\" BEGIN SELECT 1; END;", ";DROP TRIGGER \"T\"", true)]
    public async Task Run_with_sqlite3_a_table_that_is_made_anew_keeps_what_nobody_wrote_should_go(string made, string ending, bool runs)
    {
        WriteSqlite();
        await using var database = TemporaryDatabase.Sqlite();
        (await RunAsync("migrate", "deploy", "--to", A, "--url", database.Url)).Expect(0);
        await database.ExecuteAsync("INSERT INTO \"A\" VALUES (2, 'y');" + made);
        var before = await database.DumpAsync();
        var script = _folder.Read($"migrations/{B}/migration.sql").Replace("FROM \"A\"", "FROM \"A\"" + ending, StringComparison.Ordinal);
        _folder.Write($"migrations/{B}/migration.sql", script);

        foreach (var options in (string[][])[["--from", A], ["--idempotent"]])
        {
            var run = await Sqlite3Async(database, options);

            Assert.Equal(["1|x", "2|y"], await database.RowsAsync("SELECT * FROM \"A\""));
            if (runs)
            {
                run.Expect(0);
                (await RunAsync("migrate", "status", "--url", database.Url)).Expect(0);
                break;
            }

            Assert.Contains("a table that is made anew keeps its rows, triggers and indexes", run.Expect(1).Error, StringComparison.Ordinal);
            Assert.Equal(made.Contains("TRIGGER", StringComparison.Ordinal) ? "trigger t would be lost\n" : made.Length > 0 ? "index i would be lost\n" : "", run.Output);
            Assert.Equal(before, await database.DumpAsync());
        }
    }

    [Fact]
    public async Task A_file_is_written_where_the_user_says_and_names_have_to_exist()
    {
        WriteSqlite();
        var text = (await RunAsync("migrate", "script")).Expect(0).Output;
        (await RunAsync("migrate", "script", "-o", "out/x.sql")).Expect(0);
        Assert.Equal(text, _folder.Read("out/x.sql"));
        Assert.Equal("", (await RunAsync("migrate", "script", "--from", B)).Expect(0).Output);
        Assert.Contains("error[P3017]", (await RunAsync("migrate", "script", "--from", "b")).Expect(1).Error, StringComparison.Ordinal);
    }

    private void WritePostgres()
    {
        _folder.Write("schema.prisma", "datasource db {\n  provider = \"postgresql\"\n}\n");
        _folder.Write($"migrations/{A}/migration.sql", "-- CreateTable\nCREATE TABLE \"A\" (\"id\" INTEGER NOT NULL, \"name\" TEXT, CONSTRAINT \"A_pkey\" PRIMARY KEY (\"id\"));\nINSERT INTO \"A\" VALUES (1, 'it''s');\n");
        _folder.Write(
            $"migrations/{B}/migration.sql",
            "BEGIN;\nCREATE TYPE \"Kind\" AS ENUM ('x');\nCOMMIT;\nALTER TABLE \"A\" ADD COLUMN \"kind\" \"Kind\";\nCREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $sql$ BEGIN RETURN 1; END $sql$;\nSELECT f();\n");
        _folder.Write($"migrations/{C}/migration.sql", "ALTER TYPE \"Kind\" ADD VALUE 'y';\nCREATE UNIQUE INDEX CONCURRENTLY \"A_name_key\" ON \"A\"(\"name\");\nUPDATE \"A\" SET \"kind\" = 'y';\n");
    }

    private void WriteSqlite()
    {
        _folder.Write("schema.prisma", "datasource db {\n  provider = \"sqlite\"\n}\n");
        _folder.Write($"migrations/{A}/migration.sql", "CREATE TABLE \"A\" (\"id\" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, \"name\" TEXT);\nINSERT INTO \"A\" VALUES (1, 'x');\n");
        _folder.Write(
            $"migrations/{B}/migration.sql",
            "-- RedefineTables\nPRAGMA defer_foreign_keys=ON;\nPRAGMA foreign_keys=OFF;\nCREATE TABLE \"new_A\" (\"id\" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, \"name\" TEXT NOT NULL);\nINSERT INTO \"new_A\" (\"id\", \"name\") SELECT \"id\", \"name\" FROM \"A\";\nDROP TABLE \"A\";\nALTER TABLE \"new_A\" RENAME TO \"A\";\nPRAGMA foreign_keys=ON;\nPRAGMA defer_foreign_keys=OFF;\n");
    }

    private Task<ProcessResult> RunAsync(params string[] arguments) => InProcess.RunAsync(_folder.Root, arguments);

    private Task<ProcessResult> PsqlAsync(TemporaryPostgresDatabase database, params string[] options) => PsqlAsync(database, options, stopsAtErrors: true);

    private async Task<ProcessResult> PsqlAsync(TemporaryPostgresDatabase database, string[] options, bool stopsAtErrors)
    {
        (await RunAsync(["migrate", "script", "-o", "deploy.sql", .. options])).Expect(0);
        return await ChildProcess.RunAsync(new ProcessCall
        {
            Program = database.Server.Binaries.Client("psql"),
            Arguments = ["--no-psqlrc", "--quiet", "--set", $"ON_ERROR_STOP={(stopsAtErrors ? 1 : 0)}", "--file", _folder.PathOf("deploy.sql"), database.Url],
        });
    }

    private async Task<ProcessResult> Sqlite3Async(TemporarySqliteDatabase database, params string[] options)
    {
        var script = (await RunAsync(["migrate", "script", .. options])).Expect(0).Output;
        return await ChildProcess.RunAsync(new ProcessCall { Program = "sqlite3", Arguments = [database.FilePath], Directory = _folder.Root, Input = script });
    }
}
