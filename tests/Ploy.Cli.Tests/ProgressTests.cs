using System.Text.Json;
using System.Text.RegularExpressions;
using Npgsql;
using Ploy.Testing;
using Xunit;

namespace Ploy.Cli.Tests;

/// <summary>What is seen of a deploy while it works: by the user, and by whoever looks at the server.</summary>
public sealed class ProgressTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_statement_that_waits_for_a_lock_says_for_whom_and_is_known_on_the_server()
    {
        await using var database = await TemporaryDatabase.PostgresAsync();
        await database.ExecuteAsync("CREATE SCHEMA other; CREATE TABLE other.a (id integer)");
        Write("postgresql", "CREATE TABLE b (id integer);\nSELECT pg_sleep(1.6);\nALTER TABLE other.a ADD COLUMN ü text;\nCREATE TABLE c (id integer);\nSELECT 1/0;\n");
        await using var blocker = new NpgsqlConnection(database.ConnectionString + ";Application Name=nightly report");
        await blocker.OpenAsync(Cancel);
        await using var transaction = await blocker.BeginTransactionAsync(Cancel);
        await using (var command = new NpgsqlCommand("LOCK TABLE other.a IN ACCESS SHARE MODE", blocker)) await command.ExecuteNonQueryAsync(Cancel);

        var running = InProcess.RunAsync(_folder.Root, "migrate", "deploy", "--json", "--url", database.Url);
        var seen = new HashSet<string>();
        while (!seen.Any(s => s.EndsWith("3/5 */ ALTER TABLE other.a ADD COLUMN ü text|Lock", StringComparison.Ordinal)))
        {
            seen.UnionWith(await database.RowsAsync("SELECT application_name, left(query, 90), coalesce(wait_event_type, '') FROM pg_stat_activity WHERE application_name LIKE 'ploy%' AND datname = current_database()"));
            await Task.Delay(100, Cancel);
        }

        await Task.Delay(1200, Cancel);
        await transaction.RollbackAsync(Cancel);
        var result = (await running).Expect(1);

        Assert.Contains("ploy migrate deploy|/* ploy 20200101000000_m 3/5 */ ALTER TABLE other.a ADD COLUMN ü text|Lock", seen);
        Assert.Contains(seen, s => s.StartsWith("ploy migrate deploy (lock)|SELECT pg_try_advisory_lock", StringComparison.Ordinal));
        var events = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.Contains(events, e => Type(e) == "statementRunning" && e.GetProperty("statement").GetInt32() == 2 && e.GetProperty("waitsFor").GetArrayLength() == 0);
        var waiting = Assert.Single(events.Where(e => Type(e) == "statementRunning" && e.GetProperty("statement").GetInt32() == 3).SelectMany(e => e.GetProperty("waitsFor").EnumerateArray()).DistinctBy(h => h.GetProperty("process").GetInt32()));
        Assert.Equal($"{blocker.ProcessID} nightly report idle in transaction LOCK TABLE other.a IN ACCESS SHARE MODE", $"{waiting.GetProperty("process")} {waiting.GetProperty("application")} {waiting.GetProperty("state")} {waiting.GetProperty("query")}");
        var slept = Assert.Single(events, e => Type(e) == "statementFinished" && e.GetProperty("statement").GetInt32() == 2);
        Assert.InRange(slept.GetProperty("milliseconds").GetInt64(), 1000, 20_000);
        // The comment before a statement moves no place of an error.
        var error = Assert.Single(events, e => Type(e) == "error");
        Assert.Contains("Statement 5 of 5", error.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal("5:1", $"{error.GetProperty("line")}:{error.GetProperty("column")}");
    }

    [Fact]
    public async Task A_run_that_waits_for_another_one_says_for_which()
    {
        await using var database = await TemporaryDatabase.PostgresAsync();
        Write("postgresql", "CREATE TABLE b (id integer);\n");
        await using var holder = new NpgsqlConnection(database.ConnectionString + ";Application Name=another tool");
        await holder.OpenAsync(Cancel);
        await using (var command = new NpgsqlCommand("SELECT pg_advisory_lock(72707369)", holder)) await command.ExecuteNonQueryAsync(Cancel);

        var running = InProcess.RunAsync(_folder.Root, "migrate", "deploy", "--url", database.Url);
        await Task.Delay(2500, Cancel);
        await holder.CloseAsync();
        var result = (await running).Expect(0);

        Assert.Matches($"Waiting for the migration lock: process [0-9]+ of the server, application `another tool`, user `{Regex.Escape("postgres")}`", result.Error);
        Assert.Single(Regex.Matches(result.Error, "Waiting for the migration lock"));
    }

    [Fact]
    public async Task Push_and_reset_wait_for_locks_a_little_at_a_time_too()
    {
        await using var database = await TemporaryDatabase.PostgresAsync();
        _folder.Write("schema.prisma", "datasource db {\n  provider = \"postgresql\"\n}\n\nmodel a {\n  id Int @id\n}\n");
        (await InProcess.RunAsync(_folder.Root, "db", "push", "--url", database.Url)).Expect(0);
        _folder.Write("schema.prisma", "datasource db {\n  provider = \"postgresql\"\n}\n\nmodel a {\n  id   Int     @id\n  name String?\n}\n");
        foreach (var command in (string[][])[["db", "push"], ["migrate", "reset"]])
        {
            await using var blocker = new NpgsqlConnection(database.ConnectionString);
            await blocker.OpenAsync(Cancel);
            await using (var hold = new NpgsqlCommand("BEGIN; LOCK TABLE a IN ACCESS SHARE MODE", blocker)) await hold.ExecuteNonQueryAsync(Cancel);
            var running = InProcess.RunAsync(_folder.Root, [.. command, "--lock-timeout", "100ms", "--url", database.Url]);
            while ((await database.RowsAsync("SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")).Count == 0) await Task.Delay(20, Cancel);
            await Task.Delay(150, Cancel);
            await blocker.CloseAsync();
            Assert.Matches($"`{command[^1].Replace("push", "db push", StringComparison.Ordinal)}` is tried again; try 1 ended: canceling statement due to lock timeout", (await running).Expect(0).Error);
        }
    }

    [Fact]
    public async Task A_migration_that_cannot_be_serialized_with_what_others_do_is_tried_again()
    {
        await using var database = await TemporaryDatabase.PostgresAsync();
        await database.ExecuteAsync("CREATE SCHEMA other; CREATE TABLE other.a (id integer, n integer); INSERT INTO other.a VALUES (1, 0)");
        // The wait lies between what the transaction sees and what it changes.
        Write("postgresql", "BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ;\nSELECT count(*) FROM other.a;\nSELECT pg_advisory_xact_lock(7);\nUPDATE other.a SET n = n + 1;\nCOMMIT;\n");
        await using var other = new NpgsqlConnection(database.ConnectionString);
        await other.OpenAsync(Cancel);
        await using (var hold = new NpgsqlCommand("SELECT pg_advisory_lock(7)", other)) await hold.ExecuteNonQueryAsync(Cancel);

        var running = InProcess.RunAsync(_folder.Root, "migrate", "deploy", "--json", "--url", database.Url);
        while ((await database.RowsAsync("SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")).Count == 0) await Task.Delay(20, Cancel);
        await using (var change = new NpgsqlCommand("UPDATE other.a SET n = 10", other)) await change.ExecuteNonQueryAsync(Cancel);
        await other.CloseAsync();
        var result = (await running).Expect(0);

        var retried = Assert.Single(result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement), e => Type(e) == "migrationRetried");
        Assert.Equal("could not serialize access due to concurrent update", retried.GetProperty("reason").GetString());
        Assert.Equal(["11"], await database.RowsAsync("SELECT n FROM other.a"));
        Assert.Equal(["1"], await database.RowsAsync("SELECT count(*) FROM _prisma_migrations"));
    }

    [Fact]
    public async Task Sqlite_tells_the_time_of_each_statement()
    {
        await using var database = TemporaryDatabase.Sqlite();
        Write("sqlite", "CREATE TABLE a (id integer);\nINSERT INTO a VALUES (1);\n");

        var result = (await InProcess.RunAsync(_folder.Root, "migrate", "deploy", "--json", "--url", database.Url)).Expect(0);

        Assert.Equal(
            ["migrationStarted", "statementFinished 1", "statementFinished 2", "migrationFinished", "result"],
            result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)
                .Select(e => Type(e) + (e.TryGetProperty("statement", out var statement) ? " " + statement : "")));
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static string? Type(JsonElement e) => e.GetProperty("type").GetString();

    private void Write(string provider, string script)
    {
        _folder.Write("schema.prisma", $"datasource db {{\n  provider = \"{provider}\"\n}}\n");
        _folder.Write("migrations/migration_lock.toml", $"provider = \"{provider}\"\n");
        _folder.Write("migrations/20200101000000_m/migration.sql", script);
    }
}
