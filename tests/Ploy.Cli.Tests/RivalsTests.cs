using Ploy.Testing;
using Xunit;

namespace Ploy.Cli.Tests;

/// <summary>Several runs at once on one database.</summary>
public sealed class RivalsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("postgresql", "CREATE INDEX CONCURRENTLY a_x_idx ON a (x);\nCREATE INDEX CONCURRENTLY a_x_y_idx ON a (x, id);\n")]
    [InlineData("sqlite", "CREATE INDEX a_x_idx ON a (x);\n")]
    public async Task Eight_deployers_apply_each_migration_once(string provider, string indexes)
    {
        await using var database = await TemporaryDatabase.CreateAsync(provider);
        _folder.Write("schema.prisma", $"datasource db {{\n  provider = \"{provider}\"\n}}\n");
        _folder.Write("migrations/migration_lock.toml", $"provider = \"{provider}\"\n");
        _folder.Write("migrations/20200101000000_a/migration.sql", "CREATE TABLE a (id integer PRIMARY KEY, x integer);\nINSERT INTO a VALUES (1, 1), (2, 2);\n");
        _folder.Write("migrations/20200102000000_b/migration.sql", indexes);
        _folder.Write("migrations/20200103000000_c/migration.sql", "UPDATE a SET x = x + 1;\nCREATE TABLE c (id integer PRIMARY KEY);\n");

        var runs = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => PloyProgram.RunAsync(_folder.Root, "migrate", "deploy", "--url", PatientUrl(database))));

        Assert.All(runs, run => run.Expect(0));
        Assert.Equal(["1|2", "2|3"], await database.RowsAsync("SELECT id, x FROM a ORDER BY id"));
        Assert.Equal(
            ["20200101000000_a|1", "20200102000000_b|1", "20200103000000_c|1"],
            await database.RowsAsync("SELECT migration_name, count(*) FROM _prisma_migrations WHERE finished_at IS NOT NULL GROUP BY 1 ORDER BY 1"));
        Assert.Equal(["3"], await database.RowsAsync("SELECT count(*) FROM _prisma_migrations"));
    }

    [Fact]
    public async Task Of_four_developers_with_one_database_and_a_folder_each_one_is_first_and_the_others_lose_nothing()
    {
        await using var database = await TemporaryDatabase.PostgresAsync();
        const string schema = "datasource db {\n  provider = \"postgresql\"\n}\n";
        for (var i = 1; i <= 4; i++) _folder.Write($"w{i}/schema.prisma", $"{schema}\nmodel M{i} {{\n  id Int @id\n}}\n");

        var runs = await Task.WhenAll(Enumerable.Range(1, 4).Select(i => PloyProgram.RunAsync(_folder.PathOf($"w{i}"), "migrate", "dev", "--name", $"m{i}", "--url", PatientUrl(database))));

        var first = Array.FindIndex(runs, run => run.ExitCode == 0) + 1;
        var migration = Assert.Single(_folder.Files(), f => f.EndsWith("migration.sql", StringComparison.Ordinal));
        Assert.StartsWith($"w{first}/migrations/", migration, StringComparison.Ordinal);
        Assert.EndsWith($"_m{first}/migration.sql", migration, StringComparison.Ordinal);
        Assert.Equal([$"M{first}"], await database.RowsAsync("SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename LIKE 'M%'"));
        foreach (var run in runs.Where((_, i) => i != first - 1))
        {
            Assert.True(run.Error.Contains("error[PLOY2203]", StringComparison.Ordinal), run.Error);
            Assert.Contains($"[+] Added tables\n      - M{first}", run.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_lock_that_is_not_released_is_told_with_its_holder()
    {
        await using var database = await TemporaryDatabase.PostgresAsync();
        _folder.Write("schema.prisma", "datasource db {\n  provider = \"postgresql\"\n}\n");
        _folder.Write("migrations/20200101000000_a/migration.sql", "CREATE TABLE a (id integer PRIMARY KEY);\n");
        await using var holder = new Npgsql.NpgsqlConnection(database.ConnectionString + ";Application Name=the holder");
        await holder.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = new Npgsql.NpgsqlCommand("SELECT pg_advisory_lock(72707369)", holder);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);

        var run = await PloyProgram.RunAsync(_folder.Root, "migrate", "deploy", "--lock-wait", "1s", "--url", database.Url);

        Assert.Contains("error[P1002]", run.Expect(1).Error, StringComparison.Ordinal);
        Assert.Contains("application `the holder`", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_table_that_somebody_uses_is_waited_for_in_short_steps()
    {
        await using var database = await TemporaryDatabase.PostgresAsync();
        await database.ExecuteAsync("CREATE TABLE a (id integer PRIMARY KEY)");
        _folder.Write("schema.prisma", "datasource db {\n  provider = \"postgresql\"\n}\n");
        _folder.Write("migrations/20200101000000_a/migration.sql", "-- ploy:lock_timeout 100ms\nALTER TABLE a ADD COLUMN x integer;\n");
        (await PloyProgram.RunAsync(_folder.Root, "migrate", "resolve", "--applied", "20200101000000_a", "--url", database.Url)).Expect(0);
        await database.ExecuteAsync("UPDATE _prisma_migrations SET rolled_back_at = now()");
        await using var user = new Npgsql.NpgsqlConnection(database.ConnectionString);
        await user.OpenAsync(TestContext.Current.CancellationToken);
        await using (var transaction = await user.BeginTransactionAsync(TestContext.Current.CancellationToken))
        {
            await using var command = new Npgsql.NpgsqlCommand("SELECT * FROM a", user, transaction);
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
            var waiting = PloyProgram.RunAsync(_folder.Root, "migrate", "deploy", "--url", database.Url);
            while (!waiting.IsCompleted && (await database.RowsAsync("SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()")).Count == 0)
                await Task.Delay(10, TestContext.Current.CancellationToken);
            await Task.Delay(TimeSpan.FromMilliseconds(500), TestContext.Current.CancellationToken);
            await transaction.RollbackAsync(TestContext.Current.CancellationToken);
            var run = (await waiting).Expect(0);
            Assert.Contains("`20200101000000_a` is tried again; try 1 ended: canceling statement due to lock timeout", run.Error, StringComparison.Ordinal);
        }

        Assert.Equal(["1"], await database.RowsAsync("SELECT count(*) FROM information_schema.columns WHERE table_name = 'a' AND column_name = 'x'"));
    }

    // So many at once on a busy machine may wait longer for a connection than a person would.
    private static string PatientUrl(TemporaryDatabase database) => database is TemporaryPostgresDatabase ? database.Url + "?connect_timeout=60" : database.Url;
}
