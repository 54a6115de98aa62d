using Microsoft.Data.Sqlite;
using Ploy.Testing;
using Xunit;

namespace Ploy.Cli.Tests;

/// <summary>What goes wrong outside the scripts, on SQLite: each a clear error, nothing lost, and the next run right.</summary>
public sealed class SqliteFailureTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public SqliteFailureTests()
    {
        _folder.Write("schema.prisma", "datasource db {\n  provider = \"sqlite\"\n}\n");
        _folder.Write("migrations/migration_lock.toml", "provider = \"sqlite\"\n");
        Migration(1, "CREATE TABLE a (id integer PRIMARY KEY, t text);\nINSERT INTO a WITH RECURSIVE g(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM g WHERE i < 2000) SELECT i, hex(zeroblob(200)) FROM g;\n");
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_full_disk_costs_nothing()
    {
        await using var database = await NewAsync();
        Migration(2, "PRAGMA max_page_count = 300;\nCREATE TABLE b AS SELECT * FROM a;\nINSERT INTO b SELECT * FROM a;\n");

        var run = await RefusedAsync(database.Url, "P3018", "database: 13 database or disk is full");

        Assert.Contains("the migration was rolled back, nothing of it is applied", run, StringComparison.Ordinal);
        Assert.Contains("help: Make room on the disk of the database", run, StringComparison.Ordinal);
        await StillWholeAsync(database);
        Migration(2, "CREATE TABLE b AS SELECT * FROM a;\nINSERT INTO b SELECT * FROM a;\n");
        (await DeployAsync(database.Url)).Expect(0);
        Assert.Equal(["4000"], await database.RowsAsync("SELECT count(*) FROM b"));
    }

    [Fact]
    public async Task A_file_that_may_only_be_read_takes_no_migration()
    {
        await using var database = await NewAsync();
        Migration(2, "CREATE TABLE b (id integer);\n");
        var before = await File.ReadAllBytesAsync(database.FilePath, TestContext.Current.CancellationToken);

        var run = await RefusedAsync(database.Url + "?mode=ro", "PLOY2315", "takes no writes: it may only be read.");

        Assert.DoesNotContain("Applying", run, StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllBytesAsync(database.FilePath, TestContext.Current.CancellationToken));
        Assert.Equal([Path.GetFileName(database.FilePath)], Directory.EnumerateFiles(Path.GetDirectoryName(database.FilePath)!).Select(Path.GetFileName));
    }

    [Fact]
    public async Task A_damaged_file_is_left_as_it_is()
    {
        await using var database = await NewAsync();
        Migration(2, "CREATE TABLE b (id integer);\nINSERT INTO b SELECT id FROM a WHERE t <> '';\n");
        var whole = await File.ReadAllBytesAsync(database.FilePath, TestContext.Current.CancellationToken);
        byte[] garbage = [.. whole];
        "no database"u8.CopyTo(garbage);
        byte[] holed = [.. whole];
        holed.AsSpan(whole.Length / 2, 4096 * 8).Fill(0xAA);

        await LeftAsync(garbage, "PLOY2320", "file is not a database");
        await LeftAsync(whole[..(whole.Length / 2)], "PLOY2320", "database disk image is malformed");
        var run = await LeftAsync(holed, "P3018", "database: 11 database disk image is malformed");
        Assert.Contains("help: Do not write to this database any more", run, StringComparison.Ordinal);

        await File.WriteAllBytesAsync(database.FilePath, whole, TestContext.Current.CancellationToken);
        (await DeployAsync(database.Url)).Expect(0);

        async Task<string> LeftAsync(byte[] bytes, string code, string part)
        {
            await File.WriteAllBytesAsync(database.FilePath, bytes, TestContext.Current.CancellationToken);
            var error = await RefusedAsync(database.Url, code, part);
            Assert.Equal(bytes, await File.ReadAllBytesAsync(database.FilePath, TestContext.Current.CancellationToken));
            return error;
        }
    }

    [Fact]
    public async Task A_file_that_another_program_has_locked_is_waited_for_and_then_named()
    {
        await using var database = await NewAsync();
        Migration(2, "CREATE TABLE b (id integer);\n");
        await using (var other = new SqliteConnection(database.ConnectionString))
        {
            await other.OpenAsync(TestContext.Current.CancellationToken);
            await using var command = new SqliteCommand("BEGIN IMMEDIATE", other);
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
            var writer = (await InProcess.RunAsync(_folder.Root, "migrate", "deploy", "--lock-wait", "300ms", "--url", database.Url)).Expect(1);
            Assert.Contains("error[P1002]: Another process or connection has the database `test.db`", writer.Error, StringComparison.Ordinal);
            Assert.Contains("help: Wait until it is done, or end it, then run the command again.", writer.Error, StringComparison.Ordinal);

            command.CommandText = "COMMIT; BEGIN EXCLUSIVE";
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
            await RefusedAsync(database.Url + "?socket_timeout=1", "P1008", "is locked by another process or connection.");
        }

        await StillWholeAsync(database);
        (await DeployAsync(database.Url)).Expect(0);
    }

    private async Task<TemporarySqliteDatabase> NewAsync()
    {
        var database = (TemporarySqliteDatabase)await TemporaryDatabase.CreateAsync("sqlite");
        (await DeployAsync(database.Url)).Expect(0);
        return database;
    }

    private void Migration(int number, string sql) => _folder.Write($"migrations/2020010{number}000000_m/migration.sql", sql);

    private Task<ProcessResult> DeployAsync(string url) => InProcess.RunAsync(_folder.Root, "migrate", "deploy", "--url", url);

    private async Task<string> RefusedAsync(string url, string code, string part)
    {
        var run = (await DeployAsync(url)).Expect(1);
        Assert.Contains($"error[{code}]", run.Error, StringComparison.Ordinal);
        Assert.Contains(part, run.Error, StringComparison.Ordinal);
        return run.Error;
    }

    private static async Task StillWholeAsync(TemporaryDatabase database)
    {
        Assert.Equal(["ok"], await database.RowsAsync("PRAGMA integrity_check"));
        Assert.Equal(["2000"], await database.RowsAsync("SELECT count(*) FROM a"));
        Assert.Equal(["0"], await database.RowsAsync("SELECT count(*) FROM sqlite_schema WHERE name = 'b'"));
    }
}
