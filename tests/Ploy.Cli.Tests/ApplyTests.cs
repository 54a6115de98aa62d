using System.Globalization;
using Ploy.Testing;
using Xunit;

namespace Ploy.Cli.Tests;

/// <summary>How scripts are sent, and what is told when one fails.</summary>
public sealed class ApplyTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public ApplyTests()
    {
        _folder.Write("schema.prisma", "datasource db {\n  provider = \"postgresql\"\n}\n");
        _folder.Write("migrations/migration_lock.toml", "provider = \"postgresql\"\n");
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("SELECT 1;\n  CREATE TABLE a (id integer);\nSELECT 2;\n", "Statement 2 of 3", "migration.sql:2:3")]
    [InlineData("SELECT 1;\nSELECT nothing;\n", "Statement 2 of 2", "migration.sql:2:8")]
    [InlineData("CREATE TABLE b (id integer REFERENCES a DEFERRABLE INITIALLY DEFERRED);\nINSERT INTO b VALUES (7);\n", "could not be committed", null)]
    public async Task A_failure_is_told_with_its_place_and_nothing_of_the_file_stays(string script, string what, string? place)
    {
        await using var database = await TemporaryDatabase.PostgresAsync();
        _folder.Write("migrations/20200101000000_a/migration.sql", "CREATE TABLE a (id integer PRIMARY KEY);\n");
        _folder.Write("migrations/20200102000000_b/migration.sql", script);

        var run = await DeployAsync(database.Url);

        Assert.Contains("error[P3018]", run.Expect(1).Error, StringComparison.Ordinal);
        Assert.Contains(what, run.Error, StringComparison.Ordinal);
        if (place is not null) Assert.Contains(place, run.Error, StringComparison.Ordinal);
        Assert.Equal(["a"], await database.RowsAsync("SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> '_prisma_migrations'"));
        Assert.Equal(
            ["20200101000000_a|t|f", "20200102000000_b|f|t"],
            await database.RowsAsync("SELECT migration_name, finished_at >= started_at AND applied_steps_count = 1, rolled_back_at IS NOT NULL AND logs <> '' FROM _prisma_migrations ORDER BY 1"));
    }

    [Fact]
    public async Task Settings_of_a_script_end_with_it()
    {
        await using var database = await TemporaryDatabase.PostgresAsync();
        await database.ExecuteAsync("CREATE SCHEMA other");
        _folder.Write("migrations/20200101000000_a/migration.sql", "SET search_path = other;\nSET row_security = on;\nSET lock_timeout = 1;\nRESET ALL;\nCREATE TABLE public.a (id integer);\nSET search_path = other;\n");
        _folder.Write("migrations/20200102000000_b/migration.sql", "CREATE TABLE b (path text DEFAULT current_setting('search_path'), rows text DEFAULT current_setting('row_security'), wait text DEFAULT current_setting('lock_timeout'));\nINSERT INTO b DEFAULT VALUES;\n");

        (await DeployAsync(database.Url)).Expect(0);

        Assert.Equal(["\"public\"|off|5s"], await database.RowsAsync("SELECT * FROM public.b"));
    }

    [Fact]
    public async Task A_file_with_more_tables_than_the_server_has_locks_for_is_applied_in_parts()
    {
        await using var server = await PostgresServer.StartAsync(PostgresBinaries.Find(), "max_locks_per_transaction = 10", "max_connections = 20");
        await server.ExecuteAsync("postgres", "CREATE DATABASE small");
        var tables = string.Concat(Enumerable.Range(0, 100).Select(i => string.Create(CultureInfo.InvariantCulture, $"CREATE TABLE t{i} (id serial PRIMARY KEY, x text UNIQUE);\n")));
        _folder.Write("migrations/20200101000000_a/migration.sql", tables);

        (await DeployAsync(server.Url("small"))).Expect(0);

        Assert.Equal("100|1|100", await server.RowAsync("small", "SELECT (SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND tablename LIKE 't%'), (SELECT count(*) FROM _prisma_migrations WHERE finished_at IS NOT NULL), (SELECT count(*) FROM _ploy.ledger WHERE statement >= 0 AND ended_at IS NOT NULL)"));

        // The estimate may be wrong: what the server then refuses is tried in smaller parts.
        await server.ExecuteAsync("postgres", "CREATE DATABASE other");
        _folder.Write("migrations/20200101000000_a/migration.sql", "CREATE SCHEMA s;\nCREATE TABLE s.p (id integer) PARTITION BY LIST (id);\n" + string.Concat(Enumerable.Range(0, 25).Select(i => string.Create(CultureInfo.InvariantCulture, $"DO $$ BEGIN FOR i IN 0..9 LOOP EXECUTE 'CREATE TABLE s.p{i}_' || i || ' (x text UNIQUE)'; END LOOP; END $$;\nCREATE INDEX ON s.p{i}_1 (x);\n"))));
        (await DeployAsync(server.Url("other"))).Expect(0);
        Assert.Equal("251", await server.RowAsync("other", "SELECT count(*) FROM pg_tables WHERE schemaname = 's'"));
    }

    private Task<ProcessResult> DeployAsync(string url) => InProcess.RunAsync(_folder.Root, "migrate", "deploy", "--url", url);
}
