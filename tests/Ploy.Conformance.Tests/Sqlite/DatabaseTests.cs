using Ploy.Core.Diagnostics;
using Ploy.Relational.Sessions;
using Ploy.Sqlite.Sessions;
using Ploy.Testing;
using Xunit;

namespace Ploy.Conformance.Tests.Sqlite;

public sealed class DatabaseTests
{
    private static readonly MigrationAttempt Attempt = new()
    {
        Id = "8813c71e-92f1-47a1-b5bd-53a8a55ce97f",
        Checksum = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824",
        MigrationName = "20240101000000_a",
        StartedAt = new DateTimeOffset(2024, 1, 31, 12, 0, 0, 123, TimeSpan.Zero),
    };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_missing_file_is_P1003_until_it_is_made_with_its_folders()
    {
        using var folder = new TemporaryFolder();
        var address = SqliteAddressParser.Parse("file:a/b/test.db", folder.Root);
        Assert.Equal("P1003", (await Assert.ThrowsAsync<PloyException>(async () => await SqliteTestDatabase.Connector.OpenAsync(address, Cancel))).Code);
        Assert.Equal("P1003", (await Assert.ThrowsAsync<PloyException>(async () => await SqliteTestDatabase.Connector.LockAsync(address, TimeSpan.Zero, Cancel))).Code);
        Assert.True(await SqliteTestDatabase.Connector.EnsureDatabaseAsync(address, Cancel));
        Assert.False(await SqliteTestDatabase.Connector.EnsureDatabaseAsync(address, Cancel));
        await using var session = await SqliteTestDatabase.Connector.OpenAsync(address, Cancel);
        Assert.Equal(0, await session.QueryNumberAsync("SELECT count(*) FROM sqlite_schema", Cancel));
    }

    [Fact]
    public void A_lock_on_a_file_that_another_run_has_removed_meanwhile_is_none()
    {
        if (OperatingSystem.IsWindows()) return; // there a file that is open cannot be removed
        using var folder = new TemporaryFolder();
        var path = folder.PathOf("test.db.ploy-lock");
        var address = SqliteAddressParser.Parse("file:test.db", folder.Root);
        using var orphan = SqliteLock.TryOpen(address, path)!; // nobody else is here
        Assert.True(SqliteLock.IsStillThere(orphan));
        Assert.Null(SqliteLock.TryOpen(address, path));

        File.Delete(path);
        Assert.False(SqliteLock.IsStillThere(orphan));
        using var next = SqliteLock.TryOpen(address, path)!; // the file is another
        Assert.False(SqliteLock.IsStillThere(orphan));
        Assert.True(SqliteLock.IsStillThere(next));

        SqliteLock.Close(next);
        Assert.False(File.Exists(path));
    }

    [Fact]
    public async Task What_is_no_database_is_said_to_be_none()
    {
        using var folder = new TemporaryFolder();
        folder.Write("text.db", new string('x', 5000));
        Directory.CreateDirectory(folder.PathOf("folder.db"));
        Assert.Equal("PLOY2320", (await OpenAsync("file:text.db")).Code);
        Assert.Equal("P1003", (await OpenAsync("file:folder.db")).Code);

        async Task<PloyException> OpenAsync(string url) => await Assert.ThrowsAsync<PloyException>(
            async () => await SqliteTestDatabase.Connector.OpenAsync(SqliteAddressParser.Parse(url, folder.Root), Cancel));
    }

    [Fact]
    public async Task The_history_is_the_engines_table_and_its_times_are_milliseconds()
    {
        await using var database = await SqliteTestDatabase.CreateAsync();
        var history = SqliteTestDatabase.Connector.History(database.Session);
        Assert.Null(await history.ReadAsync(Cancel));
        await history.CreateAsync(Cancel);
        await history.CreateAsync(Cancel);
        await history.InsertAsync(Attempt, Cancel);
        var done = Attempt with { FinishedAt = Attempt.StartedAt.AddSeconds(1), RolledBackAt = Attempt.StartedAt.AddSeconds(2), Logs = "it's", AppliedStepsCount = 1 };
        await history.UpdateAsync(done, Cancel);
        var earlier = Attempt with { Id = "b", StartedAt = Attempt.StartedAt.AddMinutes(-1) };
        await history.InsertAsync(earlier, Cancel);
        Assert.Equal([earlier, done], await history.ReadAsync(Cancel));
        Assert.Equal(Attempt.StartedAt.ToUnixTimeMilliseconds(), await database.NumberAsync("SELECT max(started_at) FROM _prisma_migrations WHERE typeof(started_at) = 'integer'"));
    }

    [Fact]
    public async Task Times_that_others_wrote_as_text_are_read_as_UTC()
    {
        await using var database = await SqliteTestDatabase.CreateAsync();
        var history = SqliteTestDatabase.Connector.History(database.Session);
        await history.CreateAsync(Cancel);
        await database.Session.ExecuteAsync("INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at, finished_at) VALUES ('a', 'b', 'c', '2024-01-31 12:00:00', '2024-01-31T12:00:01.5+00:00')", Cancel);
        var row = Assert.Single((await history.ReadAsync(Cancel))!.Value);
        Assert.Equal((new DateTimeOffset(2024, 1, 31, 12, 0, 0, TimeSpan.Zero), new DateTimeOffset(2024, 1, 31, 12, 0, 1, 500, TimeSpan.Zero)), (row.StartedAt, row.FinishedAt));
    }

    [Fact]
    public async Task One_run_has_the_lock_and_others_get_P1002_after_the_wait()
    {
        await using var database = await SqliteTestDatabase.CreateAsync();
        var path = database.Address.FilePath + ".ploy-lock";
        await using (await SqliteTestDatabase.Connector.LockAsync(database.Address, TimeSpan.Zero, Cancel))
        {
            await database.Session.ExecuteAsync("CREATE TABLE a (id int)", Cancel);
            var exception = await Assert.ThrowsAsync<PloyException>(async () => await SqliteTestDatabase.Connector.LockAsync(database.Address, TimeSpan.FromMilliseconds(200), Cancel));
            Assert.Equal("P1002", exception.Code);
            Assert.StartsWith("Another run holds the migration lock (`test.db.ploy-lock`) of the database `test.db` at `file:test.db` since ", exception.Message, StringComparison.Ordinal);
        }

        Assert.False(File.Exists(path));
        var first = await SqliteTestDatabase.Connector.LockAsync(database.Address, TimeSpan.Zero, Cancel);
        var second = SqliteTestDatabase.Connector.LockAsync(database.Address, TimeSpan.FromSeconds(10), Cancel).AsTask();
        await first.DisposeAsync();
        await (await second).DisposeAsync();
        Assert.False(File.Exists(path));
    }

    [Fact]
    public async Task The_lock_is_not_given_while_another_tool_has_the_database()
    {
        await using var database = await SqliteTestDatabase.CreateAsync();
        await database.Session.ExecuteAsync("PRAGMA main.locking_mode=EXCLUSIVE", Cancel);
        await database.Session.ExecuteAsync("CREATE TABLE a (id int)", Cancel);
        var exception = await Assert.ThrowsAsync<PloyException>(async () => await SqliteTestDatabase.Connector.LockAsync(database.Address, TimeSpan.Zero, Cancel));
        Assert.Equal(("P1002", "Another process or connection has the database `test.db` at `file:test.db` locked."), (exception.Code, exception.Message));
        Assert.False(File.Exists(database.Address.FilePath + ".ploy-lock"));
    }

    [Fact]
    public async Task A_lock_file_that_a_killed_process_left_is_no_lock()
    {
        await using var database = await SqliteTestDatabase.CreateAsync();
        await File.WriteAllTextAsync(database.Address.FilePath + ".ploy-lock", "", Cancel);
        await using var taken = await SqliteTestDatabase.Connector.LockAsync(database.Address, TimeSpan.Zero, Cancel);
    }

    [Fact]
    public async Task Eight_runs_at_once_have_the_lock_one_after_the_other()
    {
        await using var database = await SqliteTestDatabase.CreateAsync("CREATE TABLE n (i INTEGER); INSERT INTO n VALUES (0)");
        var holders = 0;
        await Parallel.ForAsync(0, 8, new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = Cancel }, async (_, cancel) =>
        {
            await using var taken = await SqliteTestDatabase.Connector.LockAsync(database.Address, TimeSpan.FromSeconds(30), cancel);
            Assert.Equal(1, Interlocked.Increment(ref holders));
            await using var session = await SqliteTestDatabase.Connector.OpenAsync(database.Address, cancel);
            var seen = await session.QueryNumberAsync("SELECT i FROM n", cancel);
            await session.ExecuteAsync($"UPDATE n SET i = {seen + 1}", cancel);
            Interlocked.Decrement(ref holders);
        });
        Assert.Equal(8, await database.NumberAsync("SELECT i FROM n"));
    }

    [Fact]
    public async Task A_shadow_database_is_empty_and_leaves_nothing_on_disk()
    {
        using var folder = new TemporaryFolder();
        var address = SqliteAddressParser.Parse("file:test.db", folder.Root);
        await using (var shadow = await SqliteTestDatabase.Connector.OpenShadowAsync(address, null, Cancel))
        {
            await shadow.ExecuteAsync("CREATE TABLE a (id int)", Cancel);
            await using var other = await SqliteTestDatabase.Connector.OpenShadowAsync(null, null, Cancel);
            Assert.Equal(0, await other.QueryNumberAsync("SELECT count(*) FROM sqlite_schema", Cancel));
        }

        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Root));
    }

    [Fact]
    public async Task Resetting_empties_the_file_whatever_is_in_it()
    {
        await using var database = await SqliteTestDatabase.CreateAsync(
            """
            CREATE TABLE p (id INTEGER PRIMARY KEY AUTOINCREMENT);
            CREATE TABLE c (id INTEGER PRIMARY KEY, p INTEGER REFERENCES p (id));
            CREATE VIEW v AS SELECT * FROM c;
            CREATE TRIGGER t INSTEAD OF DELETE ON v BEGIN SELECT 1; END;
            CREATE VIRTUAL TABLE f USING fts5 (x);
            INSERT INTO p VALUES (1); INSERT INTO c VALUES (1, 1); INSERT INTO f VALUES ('text');
            """);
        await SqliteTestDatabase.Connector.ResetAsync(database.Session, [], Cancel);
        Assert.Equal(0, await database.NumberAsync("SELECT count(*) FROM sqlite_schema"));
        await database.Session.ExecuteAsync("CREATE TABLE p (id INTEGER PRIMARY KEY)", Cancel);
        Assert.Equal((1L, 1L), (await database.NumberAsync("SELECT count(*) FROM sqlite_schema"), await database.NumberAsync("PRAGMA foreign_keys")));
    }
}
