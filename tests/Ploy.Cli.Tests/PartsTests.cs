using Ploy.Testing;
using Xunit;

namespace Ploy.Cli.Tests;

/// <summary>Scripts whose statements do not all fit into one transaction, on PostgreSQL.</summary>
public sealed class PartsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public PartsTests()
    {
        _folder.Write("schema.prisma", "datasource db {\n  provider = \"postgresql\"\n}\n");
        _folder.Write("migrations/migration_lock.toml", "provider = \"postgresql\"\n");
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Settings_of_a_script_hold_in_all_its_parts_and_in_no_other_script()
    {
        await using var database = await TemporaryDatabase.PostgresAsync();
        Migration(1, "CREATE SCHEMA app;\nSELECT pg_catalog.set_config('search_path', '', false);\nCREATE TABLE app.t (id integer);\nCREATE TABLE public.t (id integer);\n");
        Migration(2, "CREATE INDEX CONCURRENTLY t_1 ON t (id);\nSET search_path = app;\nCREATE INDEX CONCURRENTLY t_2 ON t (id);\nCREATE TABLE u (id integer);\nCREATE INDEX CONCURRENTLY u_1 ON u (id);\nDISCARD ALL;\nCREATE TABLE v (id integer);\nCREATE INDEX CONCURRENTLY v_1 ON v (id);\n");
        Migration(3, "CREATE TABLE w (id integer);\n");

        (await DeployAsync(database)).Expect(0);

        Assert.Equal(
            ["app.t", "app.t_2", "app.u", "app.u_1", "public.t", "public.t_1", "public.v", "public.v_1", "public.w"],
            await database.RowsAsync("SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname IN ('app', 'public') AND c.relname NOT LIKE '%prisma%' ORDER BY 1"));
    }

    [Fact]
    public async Task A_statement_that_only_the_server_knows_to_run_alone_does()
    {
        await using var database = await TemporaryDatabase.PostgresAsync();
        if (database.Server.Major < 14) return; // it has no such statement: REINDEX of a partitioned table came with 14
        Migration(1, "CREATE TABLE p (id integer PRIMARY KEY) PARTITION BY RANGE (id);\nCREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10);\nINSERT INTO p VALUES (2), (1);\n");
        Migration(2, "CREATE TABLE a (id integer);\nREINDEX TABLE p;\nINSERT INTO p VALUES (3);\nREINDEX INDEX p_pkey;\nCREATE TABLE b (id integer);\n");
        // A block that sends it would not run alone either: nothing of this one stays.
        Migration(3, "CREATE TABLE c (id integer);\nDO $$ BEGIN EXECUTE 'VACUUM p'; END $$;\n");

        var run = (await DeployAsync(database)).Expect(1);

        Assert.Contains("error[P3018]: Statement 2 of 2 of the migration `20200103000000_m` failed; the migration was rolled back, nothing of it is applied.", run.Error, StringComparison.Ordinal);
        Assert.Equal(["a", "b", "p", "p1"], await database.RowsAsync("SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename NOT LIKE '%prisma%' ORDER BY 1"));
        Assert.Equal(["3"], await database.RowsAsync("SELECT count(*) FROM p"));
        (await InProcess.RunAsync(_folder.Root, "migrate", "status", "--drift", "--url", database.Url)).Expect(1); // replays both
        Assert.Equal(["5"], await database.RowsAsync("SELECT count(*) FROM _ploy.ledger WHERE ended_at IS NOT NULL AND statement >= 0"));
    }

    [Fact]
    public async Task A_lone_statement_that_was_refused_is_tried_again_once_its_cause_is_gone()
    {
        await using var database = await TemporaryDatabase.PostgresAsync();
        Migration(1, "CREATE TABLE a (id integer);\nINSERT INTO a VALUES (1), (1);\n");
        Migration(2, "-- ploy:transaction none\nINSERT INTO a VALUES (2);\nALTER TABLE a ADD CONSTRAINT one CHECK (id > 1);\nCREATE UNIQUE INDEX CONCURRENTLY a_id ON a (id);\n");

        var check = (await DeployAsync(database)).Expect(1);
        Assert.Contains("error[P3018]: Statement 2 of 3", check.Error, StringComparison.Ordinal);
        await database.ExecuteAsync("UPDATE a SET id = 3 WHERE id = 1");
        var index = (await DeployAsync(database)).Expect(1);
        Assert.Contains("error[P3018]: Statement 3 of 3", index.Error, StringComparison.Ordinal);
        Assert.Equal(["0"], await database.RowsAsync("SELECT count(*) FROM pg_index WHERE NOT indisvalid"));
        await database.ExecuteAsync("DELETE FROM a WHERE id = 3");

        (await DeployAsync(database)).Expect(0);
        Assert.Equal(["2"], await database.RowsAsync("SELECT id FROM a"));
        Assert.Equal(["t"], await database.RowsAsync("SELECT indisvalid FROM pg_index WHERE indexrelid = 'a_id'::regclass"));
    }

    [Fact]
    public async Task A_script_in_parts_of_which_nothing_has_run_is_rolled_back_and_one_that_is_given_up_says_what_stays()
    {
        await using var database = await TemporaryDatabase.PostgresAsync();
        Migration(1, "CREATE TABLE a (id integer);\nINSERT INTO a VALUES (1), (1);\n");
        (await DeployAsync(database)).Expect(0);
        const string states = "SELECT string_agg(concat(finished_at IS NOT NULL, ' ', rolled_back_at IS NOT NULL), ',' ORDER BY started_at) FROM _prisma_migrations";

        Migration(2, "CREATE UNIQUE INDEX CONCURRENTLY a_id ON a (id);\nCREATE TABLE b (id integer);\n");
        Assert.Contains("Statement 1 of 2 of the migration `20200102000000_m` failed; the migration was rolled back, nothing of it is applied.", (await DeployAsync(database)).Expect(1).Error, StringComparison.Ordinal);
        Assert.Equal(["t f,f t"], await database.RowsAsync(states));
        Assert.Contains("20200102000000_m: not applied\n", (await InProcess.RunAsync(_folder.Root, "migrate", "doctor", "--url", database.Url)).Expect(1).Output, StringComparison.Ordinal);

        Migration(2, "CREATE TABLE b (id integer);\nCREATE UNIQUE INDEX CONCURRENTLY a_id ON a (id);\n");
        Assert.Contains("those before it stay applied", (await DeployAsync(database)).Expect(1).Error, StringComparison.Ordinal);
        Assert.Equal(["t f,f t,f f"], await database.RowsAsync(states));
        var given = (await InProcess.RunAsync(_folder.Root, "migrate", "resolve", "--rolled-back", "20200102000000_m", "--url", database.Url)).Expect(0);
        Assert.Contains("warning: 1 of its statements has run, and what it did stays", given.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_procedure_that_commits_is_told_the_comment_by_which_it_may()
    {
        await using var database = await TemporaryDatabase.PostgresAsync();
        Migration(1, "CREATE TABLE a (id integer);\nCREATE PROCEDURE p() LANGUAGE plpgsql AS $$ BEGIN INSERT INTO a VALUES (1); COMMIT; INSERT INTO a VALUES (2); END $$;\n");
        Migration(2, "CALL p();\n");

        var run = (await DeployAsync(database)).Expect(1);

        Assert.Contains("HINT: `-- ploy:transaction none` in the file", run.Error, StringComparison.Ordinal);
        Assert.Equal(["0"], await database.RowsAsync("SELECT count(*) FROM a"));
        Migration(2, "-- ploy:transaction none\nCALL p();\n");
        (await DeployAsync(database)).Expect(0);
        Assert.Equal(["2"], await database.RowsAsync("SELECT count(*) FROM a"));
    }

    [Theory]
    [InlineData("ROLLBACK;\n", "This takes back what the script has done")]
    [InlineData("COMMIT PREPARED 'x';\n", "This controls transactions in a way that cannot be part of the migration's.")]
    [InlineData("BEGIN;\nCREATE TABLE b (id integer);\nROLLBACK;\n", "This takes back what the script has done")]
    [InlineData("SET TRANSACTION SNAPSHOT '00000003-0000001B-1';\n", "This controls transactions in a way that cannot be part of the migration's.")]
    [InlineData("BEGIN;\nCREATE TABLE b (id integer);\n", "This begins a transaction that the script does not commit.")]
    public async Task Control_of_transactions_that_cannot_be_absorbed_is_refused_before_anything_runs(string sql, string message)
    {
        await using var database = await TemporaryDatabase.PostgresAsync();
        Migration(1, "CREATE TABLE a (id integer);\n" + sql);

        var run = (await DeployAsync(database)).Expect(1);

        Assert.Contains("error[PLOY2301]: " + message, run.Error, StringComparison.Ordinal);
        Assert.Equal(["0"], await database.RowsAsync("SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND tablename = 'a'"));
    }

    [Fact]
    public async Task A_script_that_asks_for_stricter_transactions_runs_in_one_with_its_savepoints()
    {
        await using var database = await TemporaryDatabase.PostgresAsync();
        const string level = "INSERT INTO a SELECT current_setting('transaction_isolation');\n";
        Migration(1, "CREATE TABLE a (level text);\n" + level);
        Migration(2, "start transaction read write, isolation level repeatable read;\n" + level + "SAVEPOINT s;\n" + level + "ROLLBACK TO s;\nRELEASE SAVEPOINT s;\nCOMMIT WORK;\n");
        Migration(3, "BEGIN READ ONLY;\nSELECT 1;\nEND;\nBEGIN;\nSET TRANSACTION ISOLATION LEVEL SERIALIZABLE;\n" + level + "COMMIT;\n");

        (await DeployAsync(database)).Expect(0);

        Assert.Equal(["read committed", "repeatable read", "serializable"], await database.RowsAsync("SELECT level FROM a"));
        var script = (await InProcess.RunAsync(_folder.Root, "migrate", "script", "--url", database.Url)).Expect(0).Output;
        Assert.Equal(
            ["BEGIN;", "BEGIN ISOLATION LEVEL REPEATABLE READ;", "BEGIN ISOLATION LEVEL SERIALIZABLE;"],
            script.Split('\n').Where(l => l.StartsWith("BEGIN", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_commit_that_nothing_began_lets_the_rest_use_a_new_enum_value_and_leaves_nothing_half_done()
    {
        await using var database = await TemporaryDatabase.PostgresAsync();
        Migration(1, "CREATE TYPE mood AS ENUM ('sad');\nCREATE TABLE a (m mood);\nCOMMIT;\nBEGIN;\nBEGIN;\nINSERT INTO a VALUES ('sad');\nCOMMIT;\nEND;\n");
        Migration(2, "ALTER TYPE mood ADD VALUE 'ok';\nCOMMIT;\nUPDATE a SET m = 'ok';\n");
        (await DeployAsync(database)).Expect(0);
        Migration(3, "DELETE FROM a;\nCOMMIT;\nSELECT 1 / 0;\n");

        (await DeployAsync(database)).Expect(1);

        Assert.Equal(["ok"], await database.RowsAsync("SELECT m FROM a"));
    }

    private void Migration(int number, string sql) => _folder.Write($"migrations/2020010{number}000000_m/migration.sql", sql);

    private Task<ProcessResult> DeployAsync(TemporaryDatabase database) => InProcess.RunAsync(_folder.Root, "migrate", "deploy", "--url", database.Url);
}
