using Ploy.Testing;
using Xunit;

namespace Ploy.Cli.Tests;

/// <summary>What happens around the scripts of a deploy: groups, verification, hooks, limits.</summary>
public sealed class AroundDeployTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("postgresql")]
    [InlineData("sqlite")]
    public async Task Small_migrations_that_travel_together_stand_and_fall_alone(string provider)
    {
        await using var database = await TemporaryDatabase.CreateAsync(provider);
        Begin(provider);
        for (var i = 1; i <= 6; i++) Migration(i, i == 4 ? "CREATE TABLE t4 (id integer);\nINSERT INTO nowhere VALUES (1);\n" : $"CREATE TABLE t{i} (id integer);\n");

        var failed = await DeployAsync(database.Url);

        Assert.Contains("Statement 2 of 2 of the migration `20200104000000_m` failed", failed.Expect(1).Error, StringComparison.Ordinal);
        Assert.Contains("20200104000000_m/migration.sql:2:", failed.Error, StringComparison.Ordinal);
        Assert.Equal(
            ["20200101000000_m|1|0", "20200102000000_m|1|0", "20200103000000_m|1|0", "20200104000000_m|0|1"],
            await database.RowsAsync("SELECT migration_name, sum(applied_steps_count), sum(CASE WHEN rolled_back_at IS NULL THEN 0 ELSE 1 END) FROM _prisma_migrations GROUP BY 1 ORDER BY 1"));
        Migration(4, "CREATE TABLE t4 (id integer);\n");
        (await DeployAsync(database.Url)).Expect(0);
        Assert.Equal(["6"], await database.RowsAsync("SELECT count(DISTINCT migration_name) FROM _prisma_migrations WHERE finished_at IS NOT NULL"));
    }

    [Theory]
    [InlineData("postgresql", "CREATE TABLE a (id integer);\nINSERT INTO a VALUES (1), (2);\n", "it was rolled back, nothing of it is applied")]
    [InlineData("postgresql", "CREATE TABLE a (id integer);\nCREATE INDEX CONCURRENTLY a_idx ON a (id);\nINSERT INTO a VALUES (1), (2);\n", "all its statements have run")]
    [InlineData("sqlite", "CREATE TABLE a (id integer);\nINSERT INTO a VALUES (1), (2);\n", "it was rolled back, nothing of it is applied")]
    public async Task A_verification_that_finds_a_row_stops_the_migration(string provider, string script, string consequence)
    {
        await using var database = await TemporaryDatabase.CreateAsync(provider);
        Begin(provider);
        Migration(1, script);
        _folder.Write("migrations/20200101000000_m/verify.sql", "SELECT 1 WHERE 1 = 0;\n-- odd ones\nSELECT id, 'odd' FROM a WHERE id = 1;\n");

        var failed = await DeployAsync(database.Url);

        Assert.Contains("error[PLOY2308]: The query 2 of `verify.sql` found rows", failed.Expect(1).Error, StringComparison.Ordinal);
        Assert.Contains(consequence, failed.Error, StringComparison.Ordinal);
        Assert.Contains("verify.sql:3:1", failed.Error, StringComparison.Ordinal);
        Assert.Contains("first row: 1|odd", failed.Error, StringComparison.Ordinal);
        Assert.Equal(["0"], await database.RowsAsync("SELECT count(*) FROM _prisma_migrations WHERE finished_at IS NOT NULL"));
        Assert.DoesNotContain("odd", string.Concat(await database.RowsAsync("SELECT coalesce(logs, '') FROM _prisma_migrations")), StringComparison.Ordinal);
        _folder.Write("migrations/20200101000000_m/verify.sql", "SELECT id FROM a WHERE id = 3;\n");
        (await DeployAsync(database.Url)).Expect(0);
        Assert.Equal(["1", "2"], await database.RowsAsync("SELECT id FROM a ORDER BY 1"));
    }

    [Fact]
    public async Task Hooks_run_around_what_is_pending_and_only_then()
    {
        await using var database = await TemporaryDatabase.PostgresAsync();
        Begin("postgresql");
        Migration(1, "CREATE TABLE a (id integer);\n");
        _folder.Write("ploy.toml", "[hooks]\nbefore-deploy = 'echo \"before $PLOY_DATABASE: $PLOY_MIGRATIONS\"; exit 3'\nafter-deploy = 'echo after; echo ran >> after.txt'\n");

        var refused = await DeployAsync(database.Url);

        Assert.Contains("error[PLOY2314]", refused.Expect(1).Error, StringComparison.Ordinal);
        Assert.Contains($"before {database.Name} at 127.0.0.1:{database.Server.Port}: 20200101000000_m", refused.Error, StringComparison.Ordinal);
        Assert.Equal(["0"], await database.RowsAsync("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"));

        _folder.Write("ploy.toml", _folder.Read("ploy.toml").Replace("; exit 3", "", StringComparison.Ordinal));
        (await DeployAsync(database.Url)).Expect(0);
        (await DeployAsync(database.Url)).Expect(0);
        Assert.Equal("ran\n", _folder.Read("after.txt"));
        Migration(2, "CREATE TABLE b (id integer);\n");
        _folder.Write("ploy.toml", "[hooks]\nafter-deploy = 'exit 3'\n");
        Assert.Contains("do by hand what it has not done: it runs again only where something is pending", (await DeployAsync(database.Url)).Expect(1).Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("postgresql")]
    [InlineData("sqlite")]
    public async Task A_dry_run_without_a_database_says_that_it_would_be_made(string provider)
    {
        await using var database = await TemporaryDatabase.CreateAsync(provider);
        Begin(provider);
        Migration(1, "CREATE TABLE a (id integer);\n");
        var url = provider == "sqlite" ? "file:./none.db" : database.Url.Replace(((TemporaryPostgresDatabase)database).Name, "none_of_that_name", StringComparison.Ordinal);

        var run = (await DeployAsync(url, "--dry-run")).Expect(0);

        Assert.Contains("Would run, in this order:\n  the database `none", run.Output, StringComparison.Ordinal);
        Assert.Contains("20200101000000_m\n  1 statement, one transaction\n  1  CREATE TABLE a (id integer)\n", run.Output, StringComparison.Ordinal);
        Assert.Contains("error[P1003]", (await InProcess.RunAsync(_folder.Root, "migrate", "status", "--url", url)).Expect(1).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Comments_that_say_nothing_known_are_refused_and_those_of_others_are_none()
    {
        await using var database = TemporaryDatabase.Sqlite();
        Begin("sqlite");
        Migration(1, "-- deploy:lock_timeout 2s\n-- see ploy:lock_timeout\nCREATE TABLE a (id integer);\n-- ploy:lock_timout 2s\n");
        var run = (await DeployAsync(database.Url)).Expect(1);
        Assert.Contains("error[PLOY2306]: The comment `-- ploy:lock_timout 2s` says nothing that Ploy knows.", run.Error, StringComparison.Ordinal);
        Assert.Contains("migration.sql:4:1", run.Error, StringComparison.Ordinal);
        Migration(1, _folder.Read("migrations/20200101000000_m/migration.sql").Replace("lock_timout", "lock_timeout", StringComparison.Ordinal));
        (await DeployAsync(database.Url)).Expect(0);
    }

    [Theory]
    [InlineData("db", "execute", "--file", "wait.sql")]
    [InlineData("db", "seed")]
    public async Task Scripts_of_the_users_own_are_limited_where_they_say_so(params string[] command)
    {
        await using var database = await TemporaryDatabase.PostgresAsync();
        Begin("postgresql");
        _folder.Write("wait.sql", "SELECT pg_sleep(60);\n");
        _folder.Write("ploy.toml", "[seed]\nfiles = [\"wait.sql\"]\n");
        Assert.Contains("57014 canceling statement due to statement timeout", (await InProcess.RunAsync(_folder.Root, [.. command, "--statement-timeout", "50ms", "--url", database.Url])).Expect(1).Error, StringComparison.Ordinal);
        _folder.Write("wait.sql", "SELECT 1 / (current_setting('lock_timeout') = '70ms')::int;\n");
        (await InProcess.RunAsync(_folder.Root, [.. command, "--lock-timeout", "70ms", "--url", database.Url])).Expect(0);
        Assert.Contains("division by zero", (await InProcess.RunAsync(_folder.Root, [.. command, "--url", database.Url])).Expect(1).Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "--lock-retry", "0")]
    [InlineData("[migrations]\nlockRetry = \"0\"\n")]
    public async Task A_lock_is_tried_for_as_long_as_the_user_says(string toml, params string[] options)
    {
        await using var database = await TemporaryDatabase.PostgresAsync();
        Begin("postgresql");
        _folder.Write("ploy.toml", toml);
        Migration(1, "CREATE TABLE a (id integer);\n");
        (await DeployAsync(database.Url)).Expect(0);
        Migration(2, "ALTER TABLE a ADD COLUMN b integer;\n");
        await using var holder = new Npgsql.NpgsqlConnection(database.ConnectionString);
        await holder.OpenAsync(TestContext.Current.CancellationToken);
        await using (var hold = new Npgsql.NpgsqlCommand("BEGIN; LOCK TABLE a IN ACCESS SHARE MODE", holder)) await hold.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);

        var run = (await DeployAsync(database.Url, ["--lock-timeout", "50ms", .. options])).Expect(1);

        Assert.Contains("canceling statement due to lock timeout", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("is tried again", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Limits_come_from_the_script_then_the_option_then_the_configuration()
    {
        await using var database = await TemporaryDatabase.PostgresAsync();
        Begin("postgresql");
        _folder.Write("ploy.toml", "[migrations]\nlockTimeout = \"7s\"\nstatementTimeout = \"8s\"\n");
        const string Ask = "CREATE TABLE t{0} (l text DEFAULT current_setting('lock_timeout'), s text DEFAULT current_setting('statement_timeout'));\nINSERT INTO t{0} DEFAULT VALUES;\n";
        Migration(1, string.Format(System.Globalization.CultureInfo.InvariantCulture, Ask, 1));
        (await DeployAsync(database.Url)).Expect(0);
        Migration(2, string.Format(System.Globalization.CultureInfo.InvariantCulture, Ask, 2));
        Migration(3, "-- ploy:lock_timeout 2s\n" + string.Format(System.Globalization.CultureInfo.InvariantCulture, Ask, 3));
        (await DeployAsync(database.Url, "--lock-timeout", "3s", "--statement-timeout", "1min")).Expect(0);

        Assert.Equal(["7s|8s", "3s|1min", "2s|1min"], await database.RowsAsync("SELECT * FROM t1 UNION ALL SELECT * FROM t2 UNION ALL SELECT * FROM t3"));
        Assert.Contains("`soon` is no time for --lock-timeout", (await DeployAsync(database.Url, "--lock-timeout", "soon")).Expect(1).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dry_run_says_what_would_run_together_and_with_which_locks_and_changes_nothing()
    {
        await using var database = await TemporaryDatabase.PostgresAsync();
        Begin("postgresql");
        Migration(1, "CREATE TABLE a (id integer PRIMARY KEY);\n");
        (await DeployAsync(database.Url)).Expect(0);
        _folder.Write("ploy.toml", "[hooks]\nbefore-deploy = 'echo before'\nafter-deploy = 'echo after'\n");
        Migration(2, "ALTER TABLE a ADD COLUMN b text;\nCREATE TABLE c (id integer PRIMARY KEY, a integer REFERENCES a (id));\nCREATE INDEX c_a ON c (a);\n");
        Migration(3, "-- ploy:lock_timeout 500ms\n-- ploy:statement_timeout 10min\nUPDATE a SET b = '';\nCREATE INDEX CONCURRENTLY a_b\n  ON a (b);\nDROP TABLE IF EXISTS z;\n");
        _folder.Write("migrations/20200103000000_m/verify.sql", "SELECT 1 WHERE false;\n");
        Migration(4, "ALTER TYPE k ADD VALUE 'x';\n");
        Migration(5, "-- nothing\n");

        var run = (await DeployAsync(database.Url, "--dry-run", "--backup", "backups")).Expect(0);

        Expect.Text(
            """
            5 migrations found in migrations
            Would run, in this order:
              backup to backups/, read back
              before-deploy: echo before

            20200102000000_m
              3 statements, one transaction
              1  ALTER TABLE a ADD COLUMN b text
                   ACCESS EXCLUSIVE on "a"
              2  CREATE TABLE c (id integer PRIMARY KEY, a integer REFERENCES a (id))
                   SHARE ROW EXCLUSIVE on "a"
              3  CREATE INDEX c_a ON c (a)

            20200103000000_m
              3 statements in 3 parts
              A statement waits 500 ms at most for a lock, then all is tried again; it runs 10 min at most.
              in a transaction:
              1  UPDATE a SET b = ''
                   ROW EXCLUSIVE on "a"
              alone, outside of a transaction:
              2  CREATE INDEX CONCURRENTLY a_b ON a (b)
                   SHARE UPDATE EXCLUSIVE on "a"
              in a transaction:
              3  DROP TABLE IF EXISTS z
                   ACCESS EXCLUSIVE on "z"
              verify.sql: must find no row

            20200104000000_m
              1 statement, one transaction
              (in parts, if it uses an enum value that it adds)
              1  ALTER TYPE k ADD VALUE 'x'

            20200105000000_m
              nothing to run, only its row in the history

            Locks are held to the end of the transaction and stop:
              ACCESS EXCLUSIVE        reads and writes
              ROW EXCLUSIVE           index builds and changes of the table
              SHARE ROW EXCLUSIVE     writes
              SHARE UPDATE EXCLUSIVE  vacuum, index builds and changes of the table

            A statement waits 5 s at most for a lock, then all is tried again.

              after-deploy: echo after
            Nothing has changed.

            """,
            run.Output);
        Assert.DoesNotContain("before\n", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(_folder.Files(), f => f.StartsWith("backups", StringComparison.Ordinal));
        Assert.Equal(["20200101000000_m"], await database.RowsAsync("SELECT migration_name FROM _prisma_migrations"));
        Assert.Contains("""{"transaction":false,"statements":[{"statement":2,"line":4,"sql":"CREATE INDEX CONCURRENTLY a_b\n  ON a (b)","locks":[{"mode":"SHARE UPDATE EXCLUSIVE","relation":"\"a\""}]}]}""", (await DeployAsync(database.Url, "--dry-run", "--json")).Expect(0).Output, StringComparison.Ordinal);
    }

    private void Begin(string provider)
    {
        _folder.Write("schema.prisma", $"datasource db {{\n  provider = \"{provider}\"\n}}\n");
        _folder.Write("migrations/migration_lock.toml", $"provider = \"{provider}\"\n");
    }

    private void Migration(int number, string script) => _folder.Write($"migrations/2020010{number}000000_m/migration.sql", script);

    private Task<ProcessResult> DeployAsync(string url, params string[] options) => InProcess.RunAsync(_folder.Root, ["migrate", "deploy", "--url", url, .. options]);
}
