using System.Globalization;
using Ploy.Testing;
using Xunit;

namespace Ploy.Cli.Tests;

/// <summary>
/// The process is killed before and after every message that it sends to the database, and the server at every statement. One more
/// <c>deploy</c> ends as an undisturbed run does, or stops with the statement and what to do.
/// </summary>
public sealed class CrashTests : IDisposable
{
    private const string Transactional =
        """
        CREATE TABLE a (id integer PRIMARY KEY, x integer);
        CREATE TABLE c (id integer PRIMARY KEY, a integer REFERENCES a (id));
        INSERT INTO a VALUES (1, 1), (2, 2);
        INSERT INTO c VALUES (1, 1);
        CREATE INDEX a_y_idx ON a (x, id);
        UPDATE a SET x = x + 1;
        """;

    private const string Concurrent =
        """
        CREATE INDEX CONCURRENTLY a_x_idx ON a (x);
        CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS "a ""odd"" idx" ON "a" (id, x);
        DROP INDEX CONCURRENTLY a_x_idx;
        REINDEX TABLE CONCURRENTLY a;
        VACUUM a;
        """;

    private const string Mixed =
        """
        CREATE TYPE mood AS ENUM ('sad');
        ALTER TYPE mood ADD VALUE 'glad';
        CREATE TABLE b (m mood NOT NULL DEFAULT 'sad');
        CREATE INDEX CONCURRENTLY b_m_idx ON b (m);
        INSERT INTO b VALUES ('glad');
        ALTER TABLE b ADD COLUMN n integer;
        CREATE INDEX CONCURRENTLY b_n_idx ON b (n);
        UPDATE b SET n = coalesce(n, 0) + 1;
        """;

    private const string Rebuild =
        """
        PRAGMA foreign_keys=OFF;
        CREATE TABLE "new_a" ("id" integer PRIMARY KEY, "x" integer NOT NULL DEFAULT 0);
        INSERT INTO "new_a" ("id", "x") SELECT "id", "x" FROM "a";
        DROP TABLE "a";
        ALTER TABLE "new_a" RENAME TO "a";
        CREATE INDEX a_y_idx ON a (x, id);
        PRAGMA foreign_keys=ON;
        """;

    private static readonly bool IsFull = Environment.GetEnvironmentVariable("PLOY_TEST_FULL") is { Length: > 0 };

    private static readonly string Victim = Repository.PathOf("artifacts", "bin", "Ploy.Victim", Repository.Configuration, OperatingSystem.IsWindows() ? "Ploy.Victim.exe" : "Ploy.Victim");

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("postgresql")]
    [InlineData("sqlite")]
    public async Task A_killed_process_costs_nothing(string provider)
    {
        Write(provider, Transactional, provider == "sqlite" ? Rebuild : Concurrent, provider == "sqlite" ? "CREATE TABLE b (id integer);\nINSERT INTO b VALUES (1);\n" : Mixed);
        var (expected, moments) = await UndisturbedAsync(provider);
        Assert.True(moments > 15, $"Only {moments} moments: nobody is killed.");

        // Two at a time: each run is a process, and there are two cores.
        var options = new ParallelOptions { MaxDegreeOfParallelism = 2, CancellationToken = TestContext.Current.CancellationToken };
        await Parallel.ForAsync(1, moments + 1, options, async (moment, _) =>
        {
            await using var database = await TemporaryDatabase.CreateAsync(provider);
            var killed = await RunVictimAsync(moment, database.Url);
            Assert.True(killed.ExitCode is 137 or 0, $"moment {moment} of {moments}: {killed.ExitCode}\n{killed.Error}");

            var again = await InProcess.RunAsync(_folder.Root, "migrate", "deploy", "--url", database.Url);

            Assert.True(again.ExitCode == 0, $"moment {moment} of {moments}:\n{again.Error}");
            Expect.Text(expected, await StateAsync(database));
        });
    }

    [Fact]
    public async Task A_server_that_dies_at_any_statement_costs_nothing()
    {
        Write("postgresql", Transactional, Concurrent, Mixed);
        await using var server = await PostgresServer.StartAsync(PostgresBinaries.Find(), "synchronous_commit = on");
        await MakeAsync(server, "template_with_fuse");
        // A sequence that writes to the log now and then takes the first place in its transaction, which DROP INDEX CONCURRENTLY wants.
        await server.ExecuteAsync("template_with_fuse", server.Major >= 15 ? Fuse.Replace("CREATE SEQUENCE", "CREATE UNLOGGED SEQUENCE", StringComparison.Ordinal) : Fuse);
        // What lays one fuse burns the other.
        if (IsFull && server.Major >= 15) await server.ExecuteAsync("template_with_fuse", RowFuse + "SELECT setval('fuse.count', 1, false);");
        var events = 0;
        string? expected = null;
        for (var fuse = 0; fuse == 0 || fuse <= events; fuse++)
        {
            await MakeAsync(server, "crash", "template_with_fuse");
            await server.ExecuteAsync("crash", $"ALTER DATABASE crash SET fuse.at = {fuse}");
            var process = await server.RowAsync("postgres", Checkpointer);
            var disturbed = await InProcess.RunAsync(_folder.Root, "migrate", "deploy", "--url", server.Url("crash"));
            if (fuse == 0)
            {
                disturbed.Expect(0);
                events = int.Parse(await server.RowAsync("crash", "SELECT last_value FROM fuse.count"), CultureInfo.InvariantCulture);
                Assert.True(events > 30, $"Only {events} events: the server never dies.");
                expected = await StateAsync(server);
                continue;
            }

            Assert.True(disturbed.ExitCode == 1 && disturbed.Error.Contains("error[P1017]", StringComparison.Ordinal), $"event {fuse} of {events}:\n{disturbed.Error}");
            await UntilUpAsync(server, process);
            // Gone before the second run: after a restart a sequence writes to the log, and DROP INDEX CONCURRENTLY wants to be the first to do so.
            await server.ExecuteAsync("crash", "DROP EVENT TRIGGER IF EXISTS fuse_rows; DROP EVENT TRIGGER fuse_start; DROP EVENT TRIGGER fuse_end; DROP FUNCTION IF EXISTS fuse.burn_rows() CASCADE");
            var again = await InProcess.RunAsync(_folder.Root, "migrate", "deploy", "--url", server.Url("crash"));
            Assert.True(again.ExitCode == 0, $"event {fuse} of {events}:\n{again.Error}");
            Expect.Text(expected!, await StateAsync(server));
        }
    }

    // Counts the commands that define something, at their beginning and end, and at the n-th kills its own server process with SIGKILL, on
    // which the server takes all others down, recovers from its log and comes up again. Sequences count across transactions that fail.
    private const string Fuse =
        """
        CREATE SCHEMA fuse;
        CREATE SEQUENCE fuse.count;
        CREATE FUNCTION fuse.strike() RETURNS void LANGUAGE plpgsql AS $$
        BEGIN
            IF nextval('fuse.count') = current_setting('fuse.at', true)::bigint THEN
                EXECUTE 'COPY (SELECT 1) TO PROGRAM ' || quote_literal('cat >/dev/null; kill -9 ' || pg_backend_pid());
            END IF;
        END $$;
        CREATE FUNCTION fuse.burn() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM fuse.strike(); END $$;
        CREATE EVENT TRIGGER fuse_start ON ddl_command_start EXECUTE FUNCTION fuse.burn();
        CREATE EVENT TRIGGER fuse_end ON ddl_command_end EXECUTE FUNCTION fuse.burn();
        """;

    // The same at every statement that changes rows, of the scripts, the history and the ledger; each takes a restart of the server.
    private const string RowFuse =
        """
        CREATE FUNCTION fuse.burn_rows() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM fuse.strike(); RETURN NULL; END $$;
        CREATE FUNCTION fuse.lay() RETURNS event_trigger LANGUAGE plpgsql AS $$
        DECLARE made regclass;
        BEGIN
            FOR made IN SELECT objid FROM pg_event_trigger_ddl_commands() WHERE command_tag = 'CREATE TABLE' LOOP
                EXECUTE format('CREATE TRIGGER fuse_before BEFORE INSERT OR UPDATE OR DELETE ON %s FOR EACH STATEMENT EXECUTE FUNCTION fuse.burn_rows()', made);
                EXECUTE format('CREATE TRIGGER fuse_after AFTER INSERT OR UPDATE OR DELETE ON %s FOR EACH STATEMENT EXECUTE FUNCTION fuse.burn_rows()', made);
            END LOOP;
        END $$;
        CREATE EVENT TRIGGER fuse_rows ON ddl_command_end WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION fuse.lay();
        """;

    private static async Task MakeAsync(PostgresServer server, string database, string template = "template0")
    {
        await server.ExecuteAsync("postgres", $"DROP DATABASE IF EXISTS {database} WITH (FORCE)");
        await server.ExecuteAsync("postgres", $"CREATE DATABASE {database} TEMPLATE {template}");
    }

    // A process that a server which took all others down has started anew.
    private const string Checkpointer = "SELECT pid FROM pg_stat_activity WHERE backend_type = 'checkpointer'";

    private static async Task UntilUpAsync(PostgresServer server, string gone)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                if (await server.RowAsync("postgres", Checkpointer) is { Length: > 0 } process && process != gone) return;
                Assert.True(attempt < 1000, "The server did not come back.");
            }
            catch (Npgsql.NpgsqlException) when (attempt < 1000)
            {
                // It is down.
            }

            await Task.Delay(25);
        }
    }

    private void Write(string provider, params string[] scripts)
    {
        _folder.Write("schema.prisma", $"datasource db {{\n  provider = \"{provider}\"\n}}\n");
        _folder.Write("migrations/migration_lock.toml", $"provider = \"{provider}\"\n");
        for (var i = 0; i < scripts.Length; i++) _folder.Write($"migrations/2020010{i + 1}000000_m/migration.sql", scripts[i]);
    }

    private Task<ProcessResult> RunVictimAsync(int moment, string url) => ChildProcess.RunAsync(new ProcessCall
    {
        Program = Victim,
        Directory = _folder.Root,
        Arguments = [moment.ToString(CultureInfo.InvariantCulture), "migrate", "deploy", "--url", url],
    });

    private async Task<(string State, int Moments)> UndisturbedAsync(string provider)
    {
        await using var database = await TemporaryDatabase.CreateAsync(provider);
        var run = (await RunVictimAsync(0, database.Url)).Expect(0);
        return (await StateAsync(database), int.Parse(run.Output[(run.Output.LastIndexOf("moments: ", StringComparison.Ordinal) + 9)..], CultureInfo.InvariantCulture));
    }

    private static async Task<string> StateAsync(PostgresServer server)
    {
        var parts = new List<string>();
        foreach (var query in StateQueries("postgresql")) parts.Add(await server.RowAsync("crash", $"SELECT string_agg(r::text, E'\\n' ORDER BY r::text) FROM ({query}) r"));
        return string.Join('\n', parts);
    }

    private static async Task<string> StateAsync(TemporaryDatabase database)
    {
        var lines = new List<string>();
        foreach (var query in StateQueries(database.Provider)) lines.AddRange(await database.RowsAsync(query));
        lines.Add(await database.DumpAsync());
        return string.Join('\n', lines);
    }

    private static IEnumerable<string> StateQueries(string provider)
    {
        foreach (var table in (string[])["a", "b", "c"]) yield return $"SELECT * FROM {table} ORDER BY 1";
        if (provider == "postgresql")
            yield return "SELECT i.relname, x.indisvalid FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_namespace n ON n.oid = i.relnamespace WHERE n.nspname = 'public' ORDER BY 1";
        yield return "SELECT migration_name, sum(CASE WHEN finished_at IS NOT NULL THEN 1 ELSE 0 END), sum(CASE WHEN finished_at IS NULL AND rolled_back_at IS NULL THEN 1 ELSE 0 END) FROM _prisma_migrations GROUP BY 1 ORDER BY 1";
    }
}
