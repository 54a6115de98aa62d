using Ploy.Core.Diagnostics;
using Ploy.Postgres;
using Ploy.Postgres.Sessions;
using Ploy.Relational.Sessions;
using Xunit;

namespace Ploy.Conformance.Tests.Postgres;

public sealed class SessionTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_script_outside_a_transaction_is_one_implicitly()
    {
        await using var database = await PostgresTestDatabase.CreateAsync();
        var exception = await Assert.ThrowsAsync<StatementException>(async () => await database.Session.ExecuteAsync("CREATE TABLE a (id int);\n  SELECT 1;\n SELECT '😀', nix;", Cancel));
        Assert.Equal(("42703", "CREATE TABLE a (id int);\n  SELECT 1;\n SELECT '😀', ".Length), (exception.SqlState, exception.Position));
        Assert.Equal("column \"nix\" does not exist", exception.Message);
        Assert.Equal(0, await CountTablesAsync(database));
    }

    [Fact]
    public async Task Begin_and_commit_inside_a_script_split_it_as_the_simple_protocol_does()
    {
        await using var database = await PostgresTestDatabase.CreateAsync();
        await Assert.ThrowsAsync<StatementException>(async () => await database.Session.ExecuteAsync(
            "CREATE TABLE a (id int); BEGIN; CREATE TABLE b (id int); COMMIT; CREATE TABLE c (id int); SELECT nix", Cancel));
        Assert.Equal(2, await CountTablesAsync(database));
        await database.Session.ExecuteAsync("CREATE TABLE d (id int); ROLLBACK; CREATE TABLE e (id int); BEGIN; CREATE TABLE f (id int)", Cancel);
        Assert.Equal(4, await CountTablesAsync(database));
    }

    [Fact]
    public async Task A_statement_that_cannot_run_in_a_transaction_runs_alone_and_fails_among_others_and_leaves_nothing_open()
    {
        await using var database = await PostgresTestDatabase.CreateAsync("CREATE TABLE a (id int)");
        await database.Session.ExecuteAsync("-- alone\nCREATE INDEX CONCURRENTLY i ON a (id);", Cancel);
        var exception = await Assert.ThrowsAsync<StatementException>(async () => await database.Session.ExecuteAsync("SELECT 1; CREATE INDEX CONCURRENTLY j ON a (id);", Cancel));
        Assert.Equal("25001", exception.SqlState);
        await database.Session.ExecuteAsync("VACUUM a", Cancel);
    }

    [Fact]
    public async Task Every_kind_of_statement_reaches_the_server_whole()
    {
        await using var database = await PostgresTestDatabase.CreateAsync();

        // Bodies in standard SQL came with version 14.
        await database.Session.ExecuteAsync(
            database.Session.ServerVersion.Major >= 14
                ? "CREATE FUNCTION f(a int) RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT a; SELECT CASE WHEN a > 1 THEN 2 ELSE 3 END; END; SELECT 1"
                : "CREATE FUNCTION f(a int) RETURNS int LANGUAGE sql AS $$ SELECT a; SELECT CASE WHEN a > 1 THEN 2 ELSE 3 END $$; SELECT 1",
            Cancel);
        await database.Session.ExecuteAsync(
            """
            CREATE TABLE t (id int, "a;b" text DEFAULT 'x;''y');
            CREATE FUNCTION g() RETURNS trigger LANGUAGE plpgsql AS $body$ BEGIN NEW.id := $1; RETURN NEW; END; $body$;
            CREATE RULE r AS ON DELETE TO t DO INSTEAD (SELECT 1; SELECT 2);
            INSERT INTO t VALUES (1, E'a\'; @p :name ?');
            DO $$ BEGIN PERFORM f(1); END $$;
            COMMENT ON TABLE t IS 'semi;colon';
            """,
            Cancel);
        Assert.Equal(3, await database.Session.QueryNumberAsync("SELECT f(1)", Cancel));
        Assert.Equal(1, await database.Session.QueryNumberAsync("SELECT count(*) FROM t WHERE \"a;b\" = 'a''; @p :name ?'", Cancel));
        Assert.Null(await database.Session.QueryNumberAsync("SELECT id FROM t WHERE id = 2", Cancel));
    }

    [Fact]
    public async Task What_only_psql_takes_is_refused_before_anything_runs()
    {
        await using var database = await PostgresTestDatabase.CreateAsync();
        var exception = await Assert.ThrowsAsync<StatementException>(async () => await database.Session.ExecuteAsync("CREATE TABLE a (id int);\n\\d a", Cancel));
        Assert.Equal(25, exception.Position);
        Assert.Equal(0, await CountTablesAsync(database));
    }

    [Fact]
    public async Task A_script_and_its_history_row_are_one()
    {
        await using var database = await PostgresTestDatabase.CreateAsync();
        var history = new PostgresHistory(database.Session);
        await history.CreateAsync(Cancel);
        await using (await database.Session.BeginAsync(TransactionPurpose.Script, Cancel))
        {
            await database.Session.ExecuteAsync("CREATE TABLE a (id int); SET search_path = pg_catalog;", Cancel);
            await history.InsertAsync(Attempt("1"), Cancel);
        }

        Assert.Empty((await history.ReadAsync(Cancel))!.Value);
        await using (var transaction = await database.Session.BeginAsync(TransactionPurpose.Script, Cancel))
        {
            await database.Session.ExecuteAsync("CREATE TABLE b (id int)", Cancel);
            await history.InsertAsync(Attempt("2"), Cancel);
            await transaction.CommitAsync(Cancel);
        }

        Assert.Equal([Attempt("2")], (await history.ReadAsync(Cancel))!.Value);
        Assert.Equal(2, await CountTablesAsync(database));
    }

    [Fact]
    public async Task A_transaction_that_the_script_ended_is_not_committed_in_silence()
    {
        await using var database = await PostgresTestDatabase.CreateAsync();
        await using var transaction = await database.Session.BeginAsync(TransactionPurpose.Script, Cancel);
        await database.Session.ExecuteAsync("COMMIT", Cancel);
        var exception = await Assert.ThrowsAsync<PloyException>(async () => await transaction.CommitAsync(Cancel));
        Assert.Equal("PLOY2310", exception.Code);
    }

    [Fact]
    public async Task A_migration_that_ends_its_transaction_is_named()
    {
        await using var database = await PostgresTestDatabase.CreateAsync();
        const string text = "CREATE TABLE a (id int); COMMIT; BEGIN";
        var script = new WholeScript { Text = text, Statements = PostgresDialect.Instance.Split(text), Tag = new ScriptTag("20200101000000_m", 1, 3) };
        var exception = await Assert.ThrowsAsync<PloyException>(async () => await PostgresDialect.Instance.Connector.RunAsync(database.Session, [script], Cancel));
        Assert.Equal(("PLOY2310", true), (exception.Code, exception.Message.Contains("the migration `20200101000000_m` ended the transaction", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Deferred_constraints_fail_at_the_commit()
    {
        await using var database = await PostgresTestDatabase.CreateAsync("CREATE TABLE a (id int UNIQUE DEFERRABLE INITIALLY DEFERRED)");
        await using var transaction = await database.Session.BeginAsync(TransactionPurpose.Rows, Cancel);
        await database.Session.ExecuteAsync("INSERT INTO a VALUES (1), (1)", Cancel);
        Assert.Equal("23505", (await Assert.ThrowsAsync<StatementException>(async () => await transaction.CommitAsync(Cancel))).SqlState);
    }

    [Fact]
    public async Task Attempts_are_read_as_they_were_written_by_start_time()
    {
        await using var database = await PostgresTestDatabase.CreateAsync();
        var history = new PostgresHistory(database.Session);
        Assert.Null(await history.ReadAsync(Cancel));
        await history.CreateAsync(Cancel);
        await history.CreateAsync(Cancel);
        var second = Attempt("b") with { StartedAt = Attempt("a").StartedAt.AddSeconds(1), Logs = "it's\n\"broken\"", FinishedAt = null, AppliedStepsCount = 0 };
        await history.InsertAsync(second, Cancel);
        await history.InsertAsync(Attempt("a"), Cancel);
        second = second with { RolledBackAt = second.StartedAt.AddMilliseconds(5), Logs = null };
        await history.UpdateAsync(second, Cancel);
        Assert.Equal([Attempt("a"), second], (await history.ReadAsync(Cancel))!.Value);
    }

    [Fact]
    public async Task The_history_can_be_made_by_many_at_once()
    {
        await using var database = await PostgresTestDatabase.CreateAsync("DROP SCHEMA public");
        await Parallel.ForEachAsync(Enumerable.Range(0, 8), Cancel, async (_, cancel) =>
        {
            await using var session = await PostgresSession.OpenAsync(database.Address, cancel);
            await new PostgresHistory(session).CreateAsync(cancel);
        });
        Assert.Empty((await new PostgresHistory(database.Session).ReadAsync(Cancel))!.Value);
    }

    [Fact]
    public async Task Row_security_is_off_so_that_a_filtered_role_gets_an_error_and_no_smaller_count()
    {
        await using var database = await PostgresTestDatabase.CreateAsync(
            """
            CREATE TABLE t (id int); INSERT INTO t VALUES (1);
            ALTER TABLE t ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON t USING (false);
            DO $$ BEGIN CREATE ROLE ploy_filtered; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
            GRANT USAGE ON SCHEMA public TO ploy_filtered; GRANT SELECT ON t TO ploy_filtered;
            """);
        await database.Session.ExecuteAsync("SET ROLE ploy_filtered", Cancel);
        Assert.Equal("42501", (await Assert.ThrowsAsync<StatementException>(async () => await database.Session.QueryNumberAsync("SELECT count(*) FROM t", Cancel))).SqlState);
    }

    private static MigrationAttempt Attempt(string id) => new()
    {
        Id = id,
        Checksum = new string('0', 64),
        MigrationName = "20260101000000_x",
        StartedAt = new DateTimeOffset(2026, 1, 1, 0, 0, 0, 123, TimeSpan.Zero),
        FinishedAt = new DateTimeOffset(2026, 1, 1, 0, 0, 1, TimeSpan.Zero),
        AppliedStepsCount = 1,
    };

    private static async Task<long?> CountTablesAsync(PostgresTestDatabase database)
    {
        await using var session = await PostgresSession.OpenAsync(database.Address, Cancel);
        return await session.QueryNumberAsync("SELECT count(*) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace", Cancel);
    }
}
