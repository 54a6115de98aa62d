using Ploy.Core.Diagnostics;
using Ploy.Relational.Sessions;
using Ploy.Sqlite;
using Xunit;

namespace Ploy.Conformance.Tests.Sqlite;

public sealed class SessionTests
{
    private const string Family =
        """
        CREATE TABLE p (id INTEGER PRIMARY KEY);
        CREATE TABLE c (id INTEGER PRIMARY KEY, p INTEGER REFERENCES p (id) ON DELETE CASCADE);
        INSERT INTO p VALUES (1), (2);
        INSERT INTO c VALUES (1, 1), (2, 1), (3, 2)
        """;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_script_outside_a_transaction_is_one_implicitly()
    {
        await using var database = await SqliteTestDatabase.CreateAsync();
        const string start = "CREATE TABLE a (id int);\n  SELECT '😀';\n ";
        var exception = await Assert.ThrowsAsync<StatementException>(async () => await database.Session.ExecuteAsync(start + "SELECT nix; SELECT 1", Cancel));
        Assert.Equal(("no such column: nix", "1", start.Length), (exception.Message, exception.SqlState, exception.Position));
        Assert.Equal(0, await CountTablesAsync(database));
    }

    [Fact]
    public async Task A_script_with_its_own_transactions_is_left_to_them_and_leaves_nothing_open_where_it_fails()
    {
        await using var database = await SqliteTestDatabase.CreateAsync();
        await Assert.ThrowsAsync<StatementException>(async () => await database.Session.ExecuteAsync(
            "CREATE TABLE a (id int); BEGIN; CREATE TABLE b (id int); COMMIT; BEGIN; CREATE TABLE c (id int); SELECT nix", Cancel));
        Assert.Equal(2, await CountTablesAsync(database));
        await database.Session.ExecuteAsync("VACUUM", Cancel);
    }

    [Fact]
    public async Task Every_kind_of_statement_reaches_the_library_whole()
    {
        await using var database = await SqliteTestDatabase.CreateAsync(
            """
            CREATE TABLE t (id INTEGER PRIMARY KEY, "a;b" TEXT DEFAULT 'x;''y');
            CREATE TRIGGER g AFTER INSERT ON t BEGIN UPDATE t SET "a;b" = CASE WHEN new.id > 1 THEN 'big;' ELSE 'small' END WHERE id = new.id; SELECT 1; END;
            INSERT INTO t (id) VALUES (1), (2);
            INSERT INTO t SELECT 3, ?1 || :name;
            """);
        Assert.Equal(2, await database.NumberAsync("SELECT count(*) FROM t WHERE \"a;b\" = 'big;'"));
        Assert.Null(await database.NumberAsync("SELECT id FROM t WHERE id = 9"));
        Assert.Null(await database.NumberAsync("SELECT NULL"));
    }

    [Fact]
    public async Task What_only_the_shell_takes_is_refused_before_anything_runs()
    {
        await using var database = await SqliteTestDatabase.CreateAsync();
        var exception = await Assert.ThrowsAsync<StatementException>(async () => await database.Session.ExecuteAsync("CREATE TABLE a (id int);\n.tables", Cancel));
        Assert.Equal(25, exception.Position);
        Assert.Equal(0, await CountTablesAsync(database));
    }

    [Fact]
    public async Task A_script_may_drop_a_table_that_others_refer_to_and_they_keep_their_rows()
    {
        await using var database = await SqliteTestDatabase.CreateAsync(Family);
        await database.MigrateAsync("CREATE TABLE n (id INTEGER PRIMARY KEY, x); INSERT INTO n (id) SELECT id FROM p; DROP TABLE p; ALTER TABLE n RENAME TO p");
        Assert.Equal(3, await database.NumberAsync("SELECT count(*) FROM c"));
        Assert.Equal(1, await database.NumberAsync("PRAGMA foreign_keys"));
        Assert.Equal(2, await database.NumberAsync("DELETE FROM p WHERE id = 1; SELECT changes() + count(*) FROM c"));
    }

    [Fact]
    public async Task A_rebuild_run_as_a_bare_script_keeps_rows_too()
    {
        await using var database = await SqliteTestDatabase.CreateAsync(Family);
        await database.Session.ExecuteAsync(
            "PRAGMA foreign_keys=OFF; CREATE TABLE n (id INTEGER PRIMARY KEY); INSERT INTO n (id) SELECT id FROM p; DROP TABLE p; ALTER TABLE n RENAME TO p; PRAGMA foreign_keys=ON", Cancel);
        Assert.Equal(3, await database.NumberAsync("SELECT count(*) FROM c"));
    }

    [Fact]
    public async Task A_script_that_leaves_rows_without_their_parents_is_refused_whole()
    {
        await using var database = await SqliteTestDatabase.CreateAsync(Family);
        var exception = await Assert.ThrowsAsync<StatementException>(() => database.MigrateAsync("CREATE TABLE x (id); DELETE FROM p WHERE id = 1"));
        Assert.Equal(("FOREIGN KEY constraint failed: rows of `c` refer to rows of `p` that do not exist (rowid 1, 2)", "787"), (exception.Message, exception.SqlState));
        Assert.Equal((2L, 2L, 1L), (await database.NumberAsync("SELECT count(*) FROM p"), await CountTablesAsync(database), await database.NumberAsync("PRAGMA foreign_keys")));
    }

    [Fact]
    public async Task What_was_wrong_before_a_script_is_not_its_fault()
    {
        await using var database = await SqliteTestDatabase.CreateAsync(Family);
        await database.Session.ExecuteAsync("PRAGMA foreign_keys=OFF", Cancel);
        await database.Session.ExecuteAsync("DELETE FROM p WHERE id = 2", Cancel);
        await database.MigrateAsync("CREATE TABLE x (id)");
        await Assert.ThrowsAsync<StatementException>(() => database.MigrateAsync("DELETE FROM p"));
        Assert.Equal(0, await database.NumberAsync("PRAGMA foreign_keys"));
    }

    [Fact]
    public async Task A_transaction_that_is_not_committed_leaves_nothing()
    {
        await using var database = await SqliteTestDatabase.CreateAsync();
        await using (await database.Session.BeginAsync(TransactionPurpose.Script, Cancel))
            await database.Session.ExecuteAsync("CREATE TABLE a (id int); CREATE TABLE b (id int)", Cancel);
        Assert.Equal((0L, 1L), (await CountTablesAsync(database), await database.NumberAsync("PRAGMA foreign_keys")));
    }

    [Fact]
    public async Task A_script_that_ends_the_transaction_itself_is_found_out()
    {
        await using var database = await SqliteTestDatabase.CreateAsync();
        await using var transaction = await database.Session.BeginAsync(TransactionPurpose.Rows, Cancel);
        await database.Session.ExecuteAsync("CREATE TABLE a (id int); COMMIT; BEGIN; CREATE TABLE b (id int)", Cancel);
        Assert.Equal("PLOY2310", (await Assert.ThrowsAsync<PloyException>(async () => await transaction.CommitAsync(Cancel))).Code);
    }

    [Fact]
    public async Task A_migration_that_ends_its_transaction_is_named()
    {
        await using var database = await SqliteTestDatabase.CreateAsync();
        const string text = "CREATE TABLE a (id int); COMMIT";
        var script = new WholeScript { Text = text, Statements = SqliteDialect.Instance.Split(text), Tag = new ScriptTag("20200101000000_m", 1, 2) };
        var exception = await Assert.ThrowsAsync<PloyException>(async () => await SqliteDialect.Instance.Connector.RunAsync(database.Session, [script], Cancel));
        Assert.Equal(("PLOY2310", true), (exception.Code, exception.Message.Contains("the migration `20200101000000_m` ended the transaction", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_file_that_another_connection_writes_to_is_P1008_after_the_wait()
    {
        await using var database = await SqliteTestDatabase.CreateAsync("CREATE TABLE a (id int)");
        await using var other = await SqliteTestDatabase.Connector.OpenAsync(database.Address, Cancel);
        await using var transaction = await other.BeginAsync(TransactionPurpose.Rows, Cancel);
        await other.ExecuteAsync("INSERT INTO a VALUES (1)", Cancel);
        Assert.Equal("P1008", (await Assert.ThrowsAsync<PloyException>(async () => await database.Session.ExecuteAsync("INSERT INTO a VALUES (2)", Cancel))).Code);
        Assert.Equal("P1008", (await Assert.ThrowsAsync<PloyException>(async () => await database.Session.BeginAsync(TransactionPurpose.Script, Cancel))).Code);
        Assert.Equal(1, await database.NumberAsync("PRAGMA foreign_keys"));
    }

    [Fact]
    public async Task Cancelling_interrupts_a_statement()
    {
        await using var database = await SqliteTestDatabase.CreateAsync();
        using var source = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await database.Session.ExecuteAsync(
            "CREATE TABLE a AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n", source.Token));
        Assert.Equal(0, await CountTablesAsync(database));
    }

    private static async Task<long?> CountTablesAsync(SqliteTestDatabase database) => await database.NumberAsync("SELECT count(*) FROM sqlite_schema WHERE type = 'table'");
}
