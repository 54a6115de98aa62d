using Ploy.Testing;
using Xunit;

namespace Ploy.Cli.Tests;

/// <summary>Directives and object files as a user works with them, on SQLite.</summary>
public sealed class SqliteObjectTests : IDisposable
{
    private const string Schema =
        """
        datasource db {
          provider = "sqlite"
        }

        /// @ploy.check("points_positive", "points >= 0 and kind in ('a', 'b')")
        /// @ploy.index("by_lower_email", expr: "lower(email)", unique: true, where: "\"deletedAt\" IS NULL")
        /// @ploy.softDelete(deletedAt)
        model Customer {
          id        Int       @id @default(autoincrement())
          email     String    @unique
          kind      String
          points    Int       @default(0)
          /// @ploy.default("lower('X')")
          code      String
          deletedAt DateTime?
        }
        """;

    private const string Objects =
        """
        CREATE VIEW rich AS SELECT * FROM points WHERE points > 1;
        CREATE VIEW points AS SELECT id, points FROM Customer;
        CREATE TRIGGER touched AFTER UPDATE OF points ON Customer BEGIN UPDATE Customer SET kind = 'b' WHERE id = new.id; END;
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_table_made_anew_keeps_what_is_ours_and_what_is_not()
    {
        await using var main = await StartAsync();
        await main.ExecuteAsync("INSERT INTO Customer (email, kind, points) VALUES ('a@x', 'a', 5)");
        const string hand = "CREATE INDEX by_hand ON Customer (points + 1);\nCREATE TRIGGER hand AFTER INSERT ON Customer BEGIN SELECT 1; END;\n";
        _folder.Write("prisma/migrations/20300101000000_hand/migration.sql", hand);
        (await RunAsync("migrate", "dev", "--url", main.Url)).Expect(0);

        _folder.Write("prisma/schema.prisma", Schema.Replace("points >= 0", "points >= 1", StringComparison.Ordinal).Replace("points    Int ", "extra     String    @default(\"q\")\n  points    Int ", StringComparison.Ordinal));
        _folder.Write("prisma/objects/all.sql", Objects.Replace("points > 1", "points > 2", StringComparison.Ordinal));
        (await RunAsync("migrate", "dev", "--name", "edit", "--url", main.Url)).Expect(0);
        await NothingRemainsAsync(main);
        Assert.Equal(["1|a@x|a|5|x|q"], await main.RowsAsync("SELECT id, email, kind, points, code, extra FROM Customer"));
        Assert.Equal(["1"], await main.RowsAsync("SELECT count(*) FROM rich"));
        await main.ExecuteAsync("UPDATE Customer SET points = 6");
        Assert.Equal(["b"], await main.RowsAsync("SELECT kind FROM Customer"));
        Assert.Equal(["by_hand", "by_lower_email", "Customer_email_key", "hand", "points", "rich", "touched"], await main.RowsAsync(
            "SELECT name FROM sqlite_schema WHERE type <> 'table' AND name NOT LIKE 'sqlite_%' AND tbl_name <> '_prisma_migrations' ORDER BY name COLLATE NOCASE"));
        await Assert.ThrowsAnyAsync<Exception>(() => main.ExecuteAsync("UPDATE Customer SET points = 0"));

        // Back by editing back; then without any of it, and what is by hand stays.
        _folder.Write("prisma/schema.prisma", string.Join('\n', Schema.Split('\n').Where(l => !l.Contains("@ploy.", StringComparison.Ordinal))));
        _folder.Write("prisma/objects/all.sql", "");
        (await RunAsync("migrate", "dev", "--name", "bare", "--accept-data-loss", "--url", main.Url)).Expect(0);
        await NothingRemainsAsync(main);
        Assert.Equal(["by_hand", "Customer_email_key", "hand"], await main.RowsAsync(
            "SELECT name FROM sqlite_schema WHERE type <> 'table' AND name NOT LIKE 'sqlite_%' AND tbl_name <> '_prisma_migrations' ORDER BY name COLLATE NOCASE"));
        Assert.Equal(["1|a@x|b|6"], await main.RowsAsync("SELECT id, email, kind, points FROM Customer"));
    }

    [Fact]
    public async Task What_is_there_is_adopted_by_a_mark_and_a_fault_is_shown_where_it_stands()
    {
        await using var main = await TemporaryDatabase.CreateAsync("sqlite");
        const string head = "datasource db {\n  provider = \"sqlite\"\n}\n\n";
        const string model = "model T {\n  id Int @id\n  a  String\n}\n";
        _folder.Write("prisma/schema.prisma", head + model);
        _folder.Write(
            "prisma/migrations/20260101000000_init/migration.sql",
            "CREATE TABLE \"T\" (\"id\" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, \"a\" TEXT NOT NULL, CONSTRAINT \"short\" CHECK (length(a)<9));\nCREATE INDEX \"low\" ON \"T\"(lower(a));\nCREATE VIEW v AS SELECT a FROM T;\n");
        (await RunAsync("migrate", "dev", "--url", main.Url)).Expect(0);
        Assert.Contains("there was nothing to do", (await RunAsync("migrate", "dev", "--url", main.Url)).Output, StringComparison.Ordinal);

        _folder.Write("prisma/schema.prisma", head + "/// @ploy.check(\"short\", \"LENGTH(a) < 9\")\n/// @ploy.index(\"low\", expr: \"lower(a)\")\n" + model);
        _folder.Write("prisma/objects/v.sql", "create view v as select a from T");
        var before = await main.DumpAsync();
        (await RunAsync("migrate", "dev", "--name", "adopt", "--url", main.Url)).Expect(0);
        await NothingRemainsAsync(main);
        Assert.Equal(before, await main.DumpAsync());

        _folder.Write("prisma/objects/v.sql", "CREATE VIEW v AS SELECT a FROM T;\nCREATE VIEW w AS SELECT nothing FROM v WHERE;\n");
        var refused = await RunAsync("migrate", "dev", "--name", "wrong", "--url", main.Url);
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("error[PLOY2703]: The database refuses the view `w`", refused.Error, StringComparison.Ordinal);
        Assert.Contains("prisma/objects/v.sql:2:", refused.Error, StringComparison.Ordinal);
    }

    private Task<ProcessResult> RunAsync(params string[] arguments) => InProcess.RunAsync(_folder.Root, arguments);

    private async Task<TemporaryDatabase> StartAsync()
    {
        var main = await TemporaryDatabase.CreateAsync("sqlite");
        _folder.Write("prisma/schema.prisma", Schema);
        _folder.Write("prisma/objects/all.sql", Objects);
        (await RunAsync("migrate", "dev", "--name", "init", "--url", main.Url)).Expect(0);
        await NothingRemainsAsync(main);
        return main;
    }

    private async Task NothingRemainsAsync(TemporaryDatabase main)
    {
        var again = (await RunAsync("migrate", "dev", "--url", main.Url)).Expect(0);
        Assert.Contains("there was nothing to do", again.Output, StringComparison.Ordinal);
    }
}
