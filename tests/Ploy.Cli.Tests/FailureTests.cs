using Npgsql;
using Ploy.Testing;
using Xunit;

namespace Ploy.Cli.Tests;

/// <summary>What goes wrong outside the scripts, on PostgreSQL: each a clear error, nothing lost, and the next run right.</summary>
public sealed class FailureTests : IDisposable
{
    private const string History = "SELECT migration_name, finished_at IS NOT NULL, rolled_back_at IS NOT NULL FROM _prisma_migrations ORDER BY started_at, id";

    private readonly TemporaryFolder _folder = new();

    public FailureTests()
    {
        _folder.Write("schema.prisma", "datasource db {\n  provider = \"postgresql\"\n}\n");
        _folder.Write("migrations/migration_lock.toml", "provider = \"postgresql\"\n");
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_full_disk_costs_nothing()
    {
        await using var server = await PostgresServer.OnSmallDiskAsync(PostgresBinaries.Find(), "60m");
        await server.ExecuteAsync("postgres", "CREATE DATABASE shop");
        // Of a table that its own transaction makes nothing is logged: the table itself fills the disk.
        Migration(1, "CREATE TABLE a (id integer PRIMARY KEY);\nINSERT INTO a VALUES (1);\n");
        Migration(2, "CREATE TABLE big AS SELECT repeat(md5(g::text), 30) AS text FROM generate_series(1, 60000) g;\n");

        var table = (await DeployAsync(server.Url("shop"))).Expect(1);

        Assert.Contains("error[P3018]: Statement 1 of 1 of the migration `20200102000000_m` failed; the migration was rolled back, nothing of it is applied.", table.Error, StringComparison.Ordinal);
        // disk_full; in words it is that no space is left, or that only half a block was written.
        Assert.Contains("database: 53100 ", table.Error, StringComparison.Ordinal);
        Assert.Contains("help: Make room on the disk of the database", table.Error, StringComparison.Ordinal);
        Assert.Equal("20200101000000_m|t|f", await server.RowAsync("shop", History));

        // The log fills the disk, and the server ends: it cannot even come up again before there is room.
        Migration(2, "CREATE TABLE c (id integer);\n");
        Migration(3, "SELECT pg_logical_emit_message(false, 'ploy', repeat('x', 1000000)) FROM generate_series(1, 60);\n");
        var log = (await DeployAsync(server.Url("shop"))).Expect(1);
        // Which process of the server meets the full disk first is chance: it ends all of them, and may still say the cause to ours or not.
        Assert.Contains("error[P1017]: The connection to the database was lost while the migration", log.Error, StringComparison.Ordinal);
        Assert.Contains("20200103000000_m` ran: The database server closed the connection", log.Error, StringComparison.Ordinal);

        // Version 18 does not end on a gentler signal while it recovers.
        await server.RestartAsync("QUIT", disk: "200m");
        (await DeployAsync(server.Url("shop"))).Expect(0);
        Assert.Equal("3", await server.RowAsync("shop", "SELECT count(DISTINCT migration_name) FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL"));
        Assert.Equal("1|0", await server.RowAsync("shop", "SELECT (SELECT count(*) FROM a), (SELECT count(*) FROM c)"));
    }

    [Fact]
    public async Task A_session_that_is_ended_takes_its_migration_with_it()
    {
        await using var database = await TemporaryDatabase.PostgresAsync();
        Migration(1, "CREATE TABLE a (id integer PRIMARY KEY);\n");
        Migration(2, "-- ploy:lock_timeout 0\nCREATE TABLE b (id integer PRIMARY KEY);\nSELECT pg_advisory_xact_lock(4711);\n");
        await using var holder = await HoldAsync(database, "SELECT pg_advisory_lock(4711)");
        var deploy = DeployAsync(database.Url);
        await UntilAsync(database, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = 'advisory' AND datname = current_database()");

        var lost = (await deploy).Expect(1);

        Assert.Contains("error[P1017]: The connection to the database was lost while", lost.Error, StringComparison.Ordinal);
        Assert.Contains("_m` ran", lost.Error, StringComparison.Ordinal);
        Assert.Equal(["20200101000000_m|t|f"], await database.RowsAsync(History));
        await holder.CloseAsync();
        (await DeployAsync(database.Url)).Expect(0);
        Assert.Equal(["20200101000000_m|t|f", "20200102000000_m|t|f"], await database.RowsAsync(History));
    }

    [Fact]
    public async Task A_server_that_restarts_or_is_a_standby_costs_nothing()
    {
        await using var server = await PostgresServer.StartAsync(PostgresBinaries.Find(), "wal_level = replica");
        await server.ExecuteAsync("postgres", "CREATE DATABASE shop");
        Migration(1, "CREATE TABLE a (id integer PRIMARY KEY, x integer);\nINSERT INTO a SELECT g, g FROM generate_series(1, 100) g;\n");
        Migration(2, "CREATE INDEX CONCURRENTLY a_x_idx ON a (x);\nUPDATE a SET x = x + 1;\n");
        (await InProcess.RunAsync(_folder.Root, "migrate", "deploy", "--to", "20200101000000_m", "--url", server.Url("shop"))).Expect(0);

        // The build waits for whoever could see the table before it, with its index there already.
        await using (var reader = new NpgsqlConnection(server.ConnectionString("shop")))
        {
            await reader.OpenAsync(TestContext.Current.CancellationToken);
            await using var transaction = await reader.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, TestContext.Current.CancellationToken);
            await using (var command = new NpgsqlCommand("INSERT INTO a VALUES (0, 0)", reader, transaction)) await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
            var deploy = DeployAsync(server.Url("shop"));
            while (await server.RowAsync("shop", "SELECT 1 FROM pg_stat_progress_create_index WHERE lockers_total > 0") == "" && !deploy.IsCompleted) await Task.Delay(10, TestContext.Current.CancellationToken);
            await server.RestartAsync();
            Assert.Contains("error[P1017]: The connection to the database was lost while the migration `20200102000000_m` ran", (await deploy).Expect(1).Error, StringComparison.Ordinal);
        }

        await File.WriteAllTextAsync(Path.Combine(server.Folder, "data", "standby.signal"), "", TestContext.Current.CancellationToken);
        await server.RestartAsync();
        var standby = (await DeployAsync(server.Url("shop"))).Expect(1);
        Assert.Contains("error[PLOY2315]: The database `shop`", standby.Error, StringComparison.Ordinal);
        Assert.Contains("is a standby, which takes no writes", standby.Error, StringComparison.Ordinal);

        Assert.Equal("t", await server.RowAsync("shop", "SELECT pg_promote()"));
        (await DeployAsync(server.Url("shop"))).Expect(0);
        Assert.Equal("100|5150|t|2", await server.RowAsync("shop", "SELECT count(*), sum(x), (SELECT bool_and(indisvalid) FROM pg_index WHERE indrelid = 'a'::regclass), (SELECT count(*) FROM pg_index WHERE indrelid = 'a'::regclass) FROM a"));
        Assert.Equal("2|2", await server.RowAsync("shop", "SELECT count(*), count(finished_at) FROM _prisma_migrations"));
    }

    [Fact]
    public async Task A_lock_that_is_never_released_is_given_up_with_its_holder_named()
    {
        await using var database = await TemporaryDatabase.PostgresAsync();
        await database.ExecuteAsync("CREATE TABLE a (id integer PRIMARY KEY)");
        Migration(1, "-- ploy:lock_timeout 1s\n-- ploy:lock_retry 3s\nALTER TABLE a ADD COLUMN x integer;\n");
        await BaselineAsync(database);
        await using (var holder = await HoldAsync(database, "BEGIN; SELECT * FROM a"))
        {
            var run = (await DeployAsync(database.Url)).Expect(1);

            Assert.Contains("error[P3018]: Statement 1 of 1 of the migration `20200101000000_m` failed", run.Error, StringComparison.Ordinal);
            Assert.Contains($"IN THE WAY: process {holder.ProcessID} of the server, application `the holder`, user `postgres`, idle in transaction, in a transaction for", run.Error, StringComparison.Ordinal);
            Assert.Contains("last statement `SELECT * FROM a`", run.Error, StringComparison.Ordinal);
            Assert.Matches("tried [1-9]+ times? in", run.Error);
            Assert.Contains("help: Wait until what holds the lock is done, or end it", run.Error, StringComparison.Ordinal);
        }

        (await DeployAsync(database.Url)).Expect(0);
        Assert.Equal(["1"], await database.RowsAsync("SELECT count(*) FROM information_schema.columns WHERE table_name = 'a' AND column_name = 'x'"));
    }

    [Fact]
    public async Task A_right_that_is_missing_is_named()
    {
        await using var database = await TemporaryDatabase.PostgresAsync();
        var role = $"limited_{database.Name}";
        await database.ExecuteAsync($"CREATE ROLE {role} LOGIN; CREATE SCHEMA app; GRANT USAGE ON SCHEMA app TO {role}");
        var url = database.Url.Replace("postgres@", role + "@", StringComparison.Ordinal) + "?schema=app";
        try
        {
            Migration(1, "CREATE TABLE a (id integer PRIMARY KEY);\n");
            await RefusedAsync(url, "P1010", "permission denied for schema app");

            // Enough for tables; namespaces it may not make.
            await database.ExecuteAsync($"GRANT CREATE ON SCHEMA app TO {role}");
            (await DeployAsync(url)).Expect(0);
            Migration(2, "CREATE INDEX CONCURRENTLY a_idx ON a (id);\n");
            await RefusedAsync(url, "P1010", "`CREATE SCHEMA \"_ploy\" AUTHORIZATION role`");
            await database.ExecuteAsync($"CREATE SCHEMA _ploy AUTHORIZATION {role}");
            (await DeployAsync(url)).Expect(0);

            await database.ExecuteAsync($"ALTER TABLE app._prisma_migrations OWNER TO postgres; GRANT SELECT ON app._prisma_migrations TO {role}");
            Migration(3, "CREATE TABLE c (id integer PRIMARY KEY);\n");
            await RefusedAsync(url, "P3018", "permission denied for table _prisma_migrations");
            await database.ExecuteAsync($"REVOKE SELECT ON app._prisma_migrations FROM {role}");
            await RefusedAsync(url, "P1010", "permission denied for table _prisma_migrations");
            Assert.Equal(["a"], await database.RowsAsync("SELECT tablename FROM pg_tables WHERE schemaname = 'app' AND tablename <> '_prisma_migrations'"));
        }
        finally
        {
            await database.ExecuteAsync($"DROP OWNED BY {role}; DROP ROLE {role}");
        }
    }

    [Fact]
    public async Task A_database_that_takes_no_writes_says_so()
    {
        await using var database = await TemporaryDatabase.PostgresAsync();
        Migration(1, "CREATE TABLE a (id integer PRIMARY KEY);\n");
        (await DeployAsync(database.Url)).Expect(0);
        Migration(2, "CREATE TABLE b (id integer PRIMARY KEY);\n");
        await database.Server.ExecuteAsync("postgres", $"ALTER DATABASE {database.Name} SET default_transaction_read_only = on");

        var help = await RefusedAsync(database.Url, "PLOY2315", "takes no writes: `default_transaction_read_only` is on");
        Assert.Contains("options=-c%20default_transaction_read_only=off", help, StringComparison.Ordinal);
        (await DeployAsync(database.Url + "?options=-c%20default_transaction_read_only=off")).Expect(0);
        (await DeployAsync(database.Url)).Expect(0); // nothing is pending
    }

    [Fact]
    public async Task Rows_that_policies_hide_are_never_counted_as_none()
    {
        await using var database = await TemporaryDatabase.PostgresAsync();
        var role = $"owner_{database.Name}";
        await database.ExecuteAsync($"CREATE ROLE {role} LOGIN NOBYPASSRLS CREATEDB; ALTER DATABASE {database.Name} OWNER TO {role}; ALTER SCHEMA public OWNER TO {role}");
        var url = database.Url.Replace("postgres@", role + "@", StringComparison.Ordinal);
        try
        {
            _folder.Write("schema.prisma", "datasource db {\n  provider = \"postgresql\"\n}\n\nmodel a {\n  id Int @id\n}\n");
            Migration(1, "CREATE TABLE a (id integer NOT NULL, n integer, CONSTRAINT a_pkey PRIMARY KEY (id));\nINSERT INTO a VALUES (1, 1);\nALTER TABLE a ENABLE ROW LEVEL SECURITY;\nALTER TABLE a FORCE ROW LEVEL SECURITY;\n");
            (await DeployAsync(url)).Expect(0);

            var dev = (await InProcess.RunAsync(_folder.Root, "migrate", "dev", "--name", "drop_n", "--url", url)).Expect(1);
            Assert.Contains("error[PLOY2316]: Row-level security hides rows from the role of the connection", dev.Error, StringComparison.Ordinal);
            Assert.Contains("help: Run the command as a superuser, or as a role with BYPASSRLS", dev.Error, StringComparison.Ordinal);
            Assert.Contains("error[PLOY2316]", (await InProcess.RunAsync(_folder.Root, "db", "push", "--url", url)).Expect(1).Error, StringComparison.Ordinal);

            Migration(2, "UPDATE a SET n = n + 1;\n");
            var update = (await DeployAsync(url)).Expect(1);
            Assert.Contains("error[P3018]: Statement 1 of 1", update.Error, StringComparison.Ordinal);
            Assert.Contains("help: Run the command as a superuser, or as a role with BYPASSRLS", update.Error, StringComparison.Ordinal);
            Assert.Equal(["1|1"], await database.RowsAsync("SELECT * FROM a"));

            (await DeployAsync(database.Url)).Expect(0);
            Assert.Equal(["1|2"], await database.RowsAsync("SELECT * FROM a"));
        }
        finally
        {
            await database.ExecuteAsync($"ALTER DATABASE {database.Name} OWNER TO postgres; REASSIGN OWNED BY {role} TO postgres; DROP OWNED BY {role}; DROP ROLE {role}");
        }
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

    // A history that knows of nothing, for a database with tables.
    private async Task BaselineAsync(TemporaryDatabase database)
    {
        (await InProcess.RunAsync(_folder.Root, "migrate", "resolve", "--applied", "20200101000000_m", "--url", database.Url)).Expect(0);
        await database.ExecuteAsync("UPDATE _prisma_migrations SET rolled_back_at = now()");
    }

    private static async Task<NpgsqlConnection> HoldAsync(TemporaryPostgresDatabase database, string sql)
    {
        var connection = new NpgsqlConnection(database.ConnectionString + ";Application Name=the holder;Pooling=false");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        return connection;
    }

    private static async Task UntilAsync(TemporaryPostgresDatabase database, string query)
    {
        for (var attempt = 0; (await database.RowsAsync(query)).Count == 0; attempt++)
        {
            Assert.True(attempt < 1000, "It never came to that.");
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }
}
