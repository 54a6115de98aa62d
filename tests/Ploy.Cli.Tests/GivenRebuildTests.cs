using Ploy.Testing;
using Xunit;

namespace Ploy.Cli.Tests;

/// <summary>Scripts for SQLite that somebody else wrote: none loses a row, trigger, view or index by the way in which it makes a table anew.</summary>
public sealed class GivenRebuildTests : IDisposable
{
    private const string Shop =
        """
        CREATE TABLE p (id INTEGER PRIMARY KEY AUTOINCREMENT, n TEXT, parent INTEGER REFERENCES p (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED);
        CREATE TABLE c (id INTEGER PRIMARY KEY, p INTEGER REFERENCES p (id) ON DELETE CASCADE ON UPDATE CASCADE);
        CREATE TABLE s (id INTEGER PRIMARY KEY, p INTEGER REFERENCES p (id) ON DELETE SET NULL);
        CREATE TABLE log (text TEXT);
        CREATE INDEX p_expression ON p (lower(n));
        CREATE INDEX p_some ON p (n) WHERE id > 1;
        CREATE VIEW v AS SELECT id, n FROM p;
        CREATE VIEW over_v AS SELECT max(id) AS id FROM v;
        CREATE TRIGGER t AFTER UPDATE ON p BEGIN INSERT INTO log VALUES (new.n); END;
        CREATE TRIGGER of_view INSTEAD OF INSERT ON v BEGIN INSERT INTO p (id, n) VALUES (new.id, new.n); END;
        CREATE TRIGGER of_child AFTER INSERT ON c BEGIN UPDATE p SET n = 'child' WHERE id = new.p; END;
        INSERT INTO p VALUES (1, 'a', NULL), (2, 'b', 1), (90, 'gone', NULL);
        DELETE FROM p WHERE id = 90;
        INSERT INTO c VALUES (1, 1), (2, 2);
        INSERT INTO s VALUES (1, 1), (2, 2);
        """;

    private const string New = "(id INTEGER PRIMARY KEY AUTOINCREMENT, n TEXT NOT NULL DEFAULT '', parent INTEGER REFERENCES p (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED)";
    private const string Rebuild = $"CREATE TABLE new_p {New};\nINSERT INTO new_p SELECT * FROM p;\nDROP TABLE p;\nALTER TABLE new_p RENAME TO p;\n";
    private const string Objects = "SELECT name FROM sqlite_schema WHERE type <> 'table' AND sql IS NOT NULL ORDER BY 1";
    private const string Rows = "SELECT (SELECT count(*) FROM p) || ',' || (SELECT count(*) FROM c) || ',' || (SELECT group_concat(coalesce(p, '-')) FROM s)";

    private readonly TemporaryFolder _folder = new();

    public GivenRebuildTests()
    {
        _folder.Write("schema.prisma", "datasource db {\n  provider = \"sqlite\"\n}\n");
        _folder.Write("migrations/migration_lock.toml", "provider = \"sqlite\"\n");
        _folder.Write("migrations/20200101000000_m/migration.sql", Shop);
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(Rebuild)]
    [InlineData("PRAGMA foreign_keys=OFF;\n" + Rebuild + "PRAGMA foreign_keys=ON;\n")]
    [InlineData("PRAGMA foreign_keys=ON;\n" + Rebuild)]
    [InlineData("BEGIN;\n" + Rebuild + "COMMIT;\n")]
    [InlineData($"CREATE TABLE kept AS SELECT * FROM p;\nDROP TABLE p;\nCREATE TABLE p {New};\nINSERT INTO p SELECT * FROM kept;\nDROP TABLE kept;\n")]
    public async Task A_table_made_anew_keeps_what_hangs_on_it(string script)
    {
        await using var database = await NewAsync();
        var objects = await database.RowsAsync(Objects);
        Assert.Equal(7, objects.Count);

        (await DeployAsync(database, script)).Expect(0);

        Assert.Equal(objects, await database.RowsAsync(Objects));
        Assert.Equal(["2,2,1,2"], await database.RowsAsync(Rows));
        Assert.Equal(["90"], await database.RowsAsync("SELECT seq FROM sqlite_sequence WHERE name = 'p'"));
        await database.ExecuteAsync("INSERT INTO v VALUES (5, 'x'); UPDATE p SET n = 'y' WHERE id = 5; INSERT INTO c VALUES (3, 5)");
        Assert.Equal(["y", "child"], await database.RowsAsync("SELECT text FROM log LIMIT -1 OFFSET 2"));
    }

    [Theory]
    [InlineData("WHERE id = 1", "", "`p` has 2 rows, of which the script has copied 1 to `new_p`: the others would be lost.")]
    [InlineData("", "UNIQUE ON CONFLICT IGNORE", "`p` has 2 rows, of which the script has copied 1 to `new_p`: the others would be lost.")]
    public async Task A_rebuild_that_copies_some_of_the_rows_is_refused(string which, string unique, string message)
    {
        await using var database = await NewAsync();
        await database.ExecuteAsync("UPDATE p SET n = 'a'; DELETE FROM c; DELETE FROM s");
        var script = $"CREATE TABLE new_p (id INTEGER PRIMARY KEY, n TEXT {unique}, parent INTEGER);\nINSERT INTO new_p SELECT id, n, parent FROM p {which};\nDROP TABLE p;\nALTER TABLE new_p RENAME TO p;\n";

        var run = (await DeployAsync(database, script)).Expect(1);

        Assert.Contains("error[P3018]: Statement 3 of 4 of the migration `20200102000000_m` failed; the migration was rolled back", run.Error, StringComparison.Ordinal);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
        Assert.Equal(["2"], await database.RowsAsync("SELECT count(*) FROM p"));
        (await DeployAsync(database, "DELETE FROM p WHERE id = 2;\n" + script)).Expect(0);
    }

    [Fact]
    public async Task A_rebuild_that_breaks_a_view_is_refused()
    {
        await using var database = await NewAsync();
        const string script = "CREATE TABLE new_p (id INTEGER PRIMARY KEY);\nINSERT INTO new_p SELECT id FROM p;\nDROP TABLE p;\nALTER TABLE new_p RENAME TO p;\n";

        var run = (await DeployAsync(database, script)).Expect(1);

        Assert.Contains("The view `v` does not work any more: no such column: n. Change it in the script, or drop it there.", run.Error, StringComparison.Ordinal);
        var lost = (await DeployAsync(database, "DROP TRIGGER of_view;\nDROP VIEW over_v;\nDROP VIEW v;\n" + script)).Expect(1);
        Assert.Contains("The index `p_expression` cannot be made again on the table that was made anew: no such column: n. Where it is meant to go, write `DROP INDEX \"p_expression\"`", lost.Error, StringComparison.Ordinal);
        (await DeployAsync(database, "DROP INDEX p_expression;\nDROP INDEX p_some;\nDROP TRIGGER of_view;\nDROP VIEW over_v;\nDROP VIEW v;\n" + script)).Expect(0);
    }

    [Fact]
    public async Task A_rebuild_that_leaves_an_index_out_is_refused_unless_it_says_so_or_the_engine_wrote_it()
    {
        await using var database = await NewAsync();
        await database.ExecuteAsync("CREATE INDEX p_n ON p (n)");

        var run = (await DeployAsync(database, Rebuild)).Expect(1);

        Assert.Contains("The script makes `p` anew without its index `p_n` (n). Make it again at the end, or, where it is meant to go, write `DROP INDEX \"p_n\"`", run.Error, StringComparison.Ordinal);
        Assert.Contains("p_n", await database.RowsAsync(Objects));
        // Under another name it is the same; of the engine's own scripts leaving it out is the way to drop it; where there is no row nothing is lost that a replay would not show.
        foreach (var script in (string[])[Rebuild + "CREATE INDEX other ON p (n);\n", "DROP INDEX p_n;\n" + Rebuild, "-- RedefineTables\n" + Rebuild, "DELETE FROM c;\nDELETE FROM s;\nDELETE FROM p;\n" + Rebuild])
        {
            Directory.Delete(_folder.PathOf("migrations/20200102000000_m"), recursive: true);
            await using var other = await NewAsync();
            await other.ExecuteAsync("CREATE INDEX p_n ON p (n)");
            (await DeployAsync(other, script)).Expect(0);
            Assert.DoesNotContain("p_n", await other.RowsAsync(Objects));
        }
    }

    [Fact]
    public async Task A_key_that_waits_for_the_end_of_the_transaction_goes_on_doing_so_unless_the_script_says_otherwise()
    {
        await using var database = await NewAsync();
        var atOnce = Rebuild.Replace(" DEFERRABLE INITIALLY DEFERRED", "", StringComparison.Ordinal);

        var run = (await DeployAsync(database, atOnce)).Expect(1);

        Assert.Contains("The script makes `p` anew with a foreign key on (parent) that is looked at at once; it was `DEFERRABLE INITIALLY DEFERRED`.", run.Error, StringComparison.Ordinal);
        (await DeployAsync(database, Rebuild.Replace(" DEFERRABLE INITIALLY DEFERRED", " NOT DEFERRABLE", StringComparison.Ordinal))).Expect(0);
    }

    [Fact]
    public async Task Rebuilds_of_our_own_keep_keys_that_wait_and_say_which_indexes_go()
    {
        await using var database = await NewAsync();
        await database.ExecuteAsync("DROP TRIGGER of_view; DROP TRIGGER t; DROP VIEW over_v; DROP VIEW v; DROP TRIGGER of_child");
        _folder.Write("migrations/20200101000000_m/migration.sql", Shop.Replace("INSERT INTO p VALUES", "DROP TRIGGER of_view; DROP TRIGGER t; DROP VIEW over_v; DROP VIEW v; DROP TRIGGER of_child;\nINSERT INTO p VALUES", StringComparison.Ordinal));
        (await InProcess.RunAsync(_folder.Root, "migrate", "resolve", "--applied", "20200101000000_m", "--url", database.Url)).Expect(0);
        (await InProcess.RunAsync(_folder.Root, "db", "pull", "--url", database.Url)).Expect(0);
        _folder.Write("schema.prisma", string.Join('\n', _folder.Read("schema.prisma").Split('\n').Where(l => !l.TrimStart().StartsWith("n ", StringComparison.Ordinal) && !l.Contains("p_some", StringComparison.Ordinal))));

        await database.ExecuteAsync("UPDATE p SET n = NULL");
        var dev = (await InProcess.RunAsync(_folder.Root, "migrate", "dev", "--name", "less", "--url", database.Url)).Expect(0);

        var written = _folder.Read(_folder.Files().Single(f => f.EndsWith("_less/migration.sql", StringComparison.Ordinal)));
        Assert.Contains("DROP INDEX \"p_expression\";\nDROP INDEX \"p_some\";\nDROP TABLE \"p\";", written, StringComparison.Ordinal);
        Assert.Contains("REFERENCES \"p\" (\"id\") ON DELETE CASCADE ON UPDATE NO ACTION DEFERRABLE INITIALLY DEFERRED", written, StringComparison.Ordinal);
        Assert.Contains("in sync", dev.Output, StringComparison.Ordinal);
        Assert.Equal(["2,2,1,2"], await database.RowsAsync(Rows));
    }

    [Theory]
    [InlineData("DELETE FROM p WHERE id = 1;\n", "0,0,-,-")] // 2 hangs on 1, and goes with it
    [InlineData("DELETE FROM p WHERE id = 2;\n", "1,1,1,-")]
    [InlineData("UPDATE c SET p = 9 WHERE id = 1;\nINSERT INTO p (id, n) VALUES (9, 'late');\n", "3,2,1,2")]
    public async Task Rows_that_a_script_deletes_take_along_what_the_tables_say(string script, string rows)
    {
        await using var database = await NewAsync();

        (await DeployAsync(database, script)).Expect(0);

        Assert.Equal([rows], await database.RowsAsync(Rows));
        Assert.Empty(await database.RowsAsync("PRAGMA foreign_key_check"));
    }

    [Theory]
    [InlineData("DROP TABLE p;\n")]
    [InlineData("DELETE FROM p WHERE id = 1;\n" + Rebuild)]
    [InlineData("ALTER TABLE p RENAME TO old_p;\nCREATE TABLE p " + New + ";\nINSERT INTO p SELECT * FROM old_p;\nDROP TABLE old_p;\n")]
    [InlineData("UPDATE c SET p = 9 WHERE id = 1;\n")]
    public async Task Rows_left_without_what_they_refer_to_are_never_let_through(string script)
    {
        await using var database = await NewAsync();
        var before = await database.DumpAsync();

        var run = (await DeployAsync(database, script)).Expect(1);

        Assert.Contains("error[P3018]", run.Error, StringComparison.Ordinal);
        Assert.Equal(before, await database.DumpAsync());
        Assert.Equal(["2,2,1,2"], await database.RowsAsync(Rows));
    }

    private async Task<TemporaryDatabase> NewAsync()
    {
        var database = await TemporaryDatabase.CreateAsync("sqlite");
        (await InProcess.RunAsync(_folder.Root, "migrate", "deploy", "--url", database.Url)).Expect(0);
        return database;
    }

    private Task<ProcessResult> DeployAsync(TemporaryDatabase database, string script)
    {
        _folder.Write("migrations/20200102000000_m/migration.sql", script);
        return InProcess.RunAsync(_folder.Root, "migrate", "deploy", "--url", database.Url);
    }
}
