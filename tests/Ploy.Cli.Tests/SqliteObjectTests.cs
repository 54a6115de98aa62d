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

    [Fact]
    public async Task A_check_that_alone_changes_is_changed_and_what_the_table_refuses_is_shown_where_it_stands()
    {
        await using var main = await TemporaryDatabase.CreateAsync("sqlite");
        const string schema =
            """
            datasource db {
              provider = "sqlite"
            }

            /// @ploy.check("fine", "points < 1000")
            /// @ploy.check("pos", "points >= 0")
            model T {
              id     Int @id
              points Int
              /// @ploy.generated("points * 2")
              twice  Int?
            }
            """;
        _folder.Write("prisma/schema.prisma", schema);
        _folder.Write("prisma/objects/v.sql", "CREATE VIEW mine AS SELECT points FROM T");
        (await RunAsync("migrate", "dev", "--name", "init", "--url", main.Url)).Expect(0);
        _folder.Write("prisma/migrations/20300101000000_hand/migration.sql", "CREATE VIEW hand AS SELECT points FROM T;\n");
        (await RunAsync("migrate", "dev", "--url", main.Url)).Expect(0);
        await main.ExecuteAsync("INSERT INTO T (id, points) VALUES (1, 7)");
        _folder.Write("prisma/schema.prisma", schema.Replace("points >= 0", "points >= 5", StringComparison.Ordinal));
        (await RunAsync("migrate", "dev", "--name", "more", "--url", main.Url)).Expect(0);
        await NothingRemainsAsync(main);
        await Assert.ThrowsAnyAsync<Exception>(() => main.ExecuteAsync("UPDATE T SET points = 4"));
        Assert.Equal(["1|7|14"], await main.RowsAsync("SELECT * FROM T"));

        foreach (var (text, wrong, what, line) in ((string, string, string, int)[])[("points >= 0", "absent >= 0", "check `pos` of `T`", 6), ("points * 2", "absent * 2", "generated column `twice` of `T`", 10)])
        {
            _folder.Write("prisma/schema.prisma", schema.Replace(text, wrong, StringComparison.Ordinal));
            var refused = await RunAsync("migrate", "dev", "--name", "wrong", "--url", main.Url);
            Assert.Equal(1, refused.ExitCode);
            Assert.Contains($"error[PLOY2703]: The database refuses the {what}", refused.Error, StringComparison.Ordinal);
            Assert.Contains($"prisma/schema.prisma:{line}:", refused.Error, StringComparison.Ordinal);
            Assert.Contains("no such column: absent", refused.Error, StringComparison.Ordinal);
        }
    }

    private const string Inline =
        """
        datasource db {
          provider = "sqlite"
        }

        model Box {
          id    Int    @id
          items Item[]
        }

        model Item {
          id    Int    @id
          a     Int
          b     Int    @default(2)
          /// @ploy.generated("a * b")
          total Int?   @default(dbgenerated())
          /// @ploy.generated("upper(name)")
          loud  String
          name  String
          boxId Int
          /// @ploy.deferrable(initially: deferred)
          box   Box    @relation(fields: [boxId], references: [id])

          @@index([total])
        }

        """;

    [Fact]
    public async Task Generated_columns_and_deferrable_keys_stand_in_the_table_and_change_with_it()
    {
        await using var main = await TemporaryDatabase.CreateAsync("sqlite");
        await StepAsync(Inline, "init");
        const string orphan = "INSERT INTO Item (id, a, name, boxId) VALUES (1, 3, 'x', 1)";
        await main.ExecuteAsync($"PRAGMA foreign_keys = ON; BEGIN; {orphan}; INSERT INTO Box VALUES (1); COMMIT");
        const string rows = "SELECT id, a, b, total, loud, name, boxId FROM Item";
        Assert.Equal(["1|3|2|6|X|x|1"], await main.RowsAsync(rows));
        var before = await main.DumpAsync();

        // Another expression, a column beside it, and what keys do: the table is made anew, and back.
        await StepAsync(Inline.Replace("a * b", "a + b", StringComparison.Ordinal).Replace("  name  String\n", "  name  String\n  extra Int @default(7)\n", StringComparison.Ordinal), "sum");
        Assert.Equal(["1|3|2|5|X|x|1"], await main.RowsAsync(rows));
        await StepAsync(Inline.Replace("initially: deferred", "initially: immediate", StringComparison.Ordinal), "immediate");
        Assert.Contains("ON UPDATE CASCADE DEFERRABLE INITIALLY IMMEDIATE", await main.DumpAsync(), StringComparison.Ordinal);
        await StepAsync(Inline, "back");
        Assert.Equal("", UnifiedDiff.Create(before, await main.DumpAsync()));
        Assert.Equal(["1|3|2|6|X|x|1"], await main.RowsAsync(rows));

        // Taken out, the values stay and are columns like others; one that comes over values says so.
        var bare = string.Join('\n', Inline.Split('\n').Where(l => !l.Contains("@ploy.", StringComparison.Ordinal))).Replace(" @default(dbgenerated())", "", StringComparison.Ordinal);
        await StepAsync(bare, "bare");
        await main.ExecuteAsync("UPDATE Item SET total = 9, loud = 'Q'");
        Assert.Equal(["1|3|2|9|Q|x|1"], await main.RowsAsync(rows));
        await Assert.ThrowsAnyAsync<Exception>(() => main.ExecuteAsync($"PRAGMA foreign_keys = ON; BEGIN; {orphan.Replace("(1, 3, 'x', 1)", "(2, 3, 'x', 2)", StringComparison.Ordinal)}; INSERT INTO Box VALUES (2); COMMIT"));
        _folder.Write("prisma/schema.prisma", Inline);
        var asked = await RunAsync("migrate", "dev", "--name", "again", "--url", main.Url);
        Assert.Equal(1, asked.ExitCode);
        Assert.Contains("`total`", asked.Error, StringComparison.Ordinal);
        await StepAsync(Inline, "again");
        Assert.Equal(["1|3|2|6|X|x|1"], await main.RowsAsync(rows));

        async Task StepAsync(string schema, string name)
        {
            _folder.Write("prisma/schema.prisma", schema);
            (await RunAsync("migrate", "dev", "--name", name, "--accept-data-loss", "--url", main.Url)).Expect(0);
            (await RunAsync("db", "mark", "--disposable", "--consent", await ConsentAsync(main), "--url", main.Url)).Expect(0);
            await NothingRemainsAsync(main);
        }
    }

    [Fact]
    public async Task Generated_columns_and_deferrable_keys_by_hand_are_left_alone_pulled_and_adopted()
    {
        await using var main = await TemporaryDatabase.CreateAsync("sqlite");
        const string head = "datasource db {\n  provider = \"sqlite\"\n}\n\n";
        const string models = "model Box {\n  id    Int    @id\n  items Item[]\n}\n\nmodel Item {\n  id    Int  @id\n  a     Int\n  boxId Int?\n  box   Box? @relation(fields: [boxId], references: [id])\n}\n";
        _folder.Write("prisma/schema.prisma", head + models);
        _folder.Write(
            "prisma/migrations/20260101000000_init/migration.sql",
            """
            CREATE TABLE "Box" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT);
            CREATE TABLE "Item" (
                "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
                "a" INTEGER NOT NULL,
                "twice" INTEGER AS (a * 2) STORED,
                "lazy" INTEGER GENERATED ALWAYS AS (a+1) VIRTUAL,
                "boxId" INTEGER REFERENCES "Box"("id") ON DELETE SET NULL ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED
            );
            CREATE INDEX "by_twice" ON "Item"("twice");
            CREATE INDEX "by_lazy" ON "Item"("lazy");
            """);
        (await RunAsync("migrate", "dev", "--url", main.Url)).Expect(0);
        await main.ExecuteAsync("INSERT INTO Item (id, a) VALUES (1, 4)");
        Assert.Contains("there was nothing to do", (await RunAsync("migrate", "dev", "--url", main.Url)).Output, StringComparison.Ordinal);

        // Made anew for something else, the table keeps them.
        _folder.Write("prisma/schema.prisma", head + models.Replace("  a     Int\n", "  a     Int\n  b     Int  @default(1)\n", StringComparison.Ordinal));
        (await RunAsync("migrate", "dev", "--name", "more", "--url", main.Url)).Expect(0);
        await NothingRemainsAsync(main);
        Assert.Equal(["1|4|8|5|1"], await main.RowsAsync("SELECT id, a, twice, lazy, b FROM Item"));

        var before = await main.DumpAsync();
        var pulled = (await RunAsync("db", "pull", "--directives", "--url", main.Url)).Expect(0);
        Assert.Contains("generated column lazy on Item", pulled.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("twice", pulled.Error, StringComparison.Ordinal);
        Assert.Contains(
            """
              /// @ploy.generated("a * 2")
              twice Int? @default(dbgenerated())
              /// @ploy.deferrable(initially: deferred)
              box   Box? @relation(fields: [boxId], references: [id])

              @@index([twice], map: "by_twice")
            """, _folder.Read("prisma/schema.prisma"), StringComparison.Ordinal);
        (await RunAsync("migrate", "dev", "--name", "adopt", "--url", main.Url)).Expect(0);
        await NothingRemainsAsync(main);
        Assert.Equal(before, await main.DumpAsync());
        Assert.Equal(
            """
            -- AdoptGenerated
            -- ploy:manages generated "Item"."twice"

            -- AdoptIndex
            -- ploy:manages index "Item"."by_lazy"

            -- AdoptDeferrable
            -- ploy:manages deferrable "Item"."Item_boxId_fkey"

            """, _folder.Read(_folder.Files().Single(f => f.EndsWith("_adopt/migration.sql", StringComparison.Ordinal))));

        // A pull after that changes nothing, with directives or without.
        var text = _folder.Read("prisma/schema.prisma");
        (await RunAsync("db", "pull", "--url", main.Url)).Expect(0);
        Assert.Equal(text, _folder.Read("prisma/schema.prisma"));
        (await RunAsync("db", "pull", "--directives", "--url", main.Url)).Expect(0);
        Assert.Equal(text, _folder.Read("prisma/schema.prisma"));
        _folder.Write("prisma/schema.prisma", head + models);
        (await RunAsync("migrate", "dev", "--name", "gone", "--accept-data-loss", "--url", main.Url)).Expect(0);
        await NothingRemainsAsync(main);
        Assert.Equal(["1|4|5"], await main.RowsAsync("SELECT id, a, lazy FROM Item"));
        Assert.DoesNotContain("twice", await main.DumpAsync(), StringComparison.Ordinal);
    }

    // What the refusal prints; anything where the database is disposable already.
    private async Task<string> ConsentAsync(TemporaryDatabase main) =>
        (await RunAsync("db", "mark", "--disposable", "--url", main.Url)).Error.Split('\n').FirstOrDefault(l => l.Contains("consent: ", StringComparison.Ordinal))?.Split("consent: ")[1].Trim() ?? "none";

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
