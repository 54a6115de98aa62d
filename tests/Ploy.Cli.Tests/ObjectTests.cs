using System.Globalization;
using Ploy.Testing;
using Xunit;

namespace Ploy.Cli.Tests;

/// <summary>Directives and object files as a user works with them, on PostgreSQL.</summary>
public sealed class ObjectTests : IDisposable
{
    private const string Schema =
        """
        datasource db {
          provider = "postgresql"
        }

        /// People who buy.
        /// @ploy.comment
        /// @ploy.tenant(businessId)
        /// @ploy.rls(force: true)
        /// @ploy.softDelete(deletedAt)
        /// @ploy.check("points_positive", "points >= 0 and kind in ('a', 'b')")
        /// @ploy.index("by_lower_email", expr: "lower(email)", where: "\"deletedAt\" IS NULL")
        /// @ploy.index("by_business", fields: [businessId], include: [email])
        /// @ploy.exclude("no_overlap", using: gist, "box(point(points, points), point(points, points)) WITH &&", where: "points > 5")
        model Customer {
          id         Int       @id @default(autoincrement())
          businessId String
          email      String    @unique
          kind       String    @db.VarChar(10)
          /// Points; they're never below zero.
          /// @ploy.comment
          points     Int       @default(0)
          /// @ploy.generated("points * 2")
          double     Int
          /// @ploy.default("upper('x')")
          code       String
          mood       Mood      @default(CALM)
          deletedAt  DateTime?
          orders     Order[]
        }

        enum Mood {
          CALM
          ANGRY
        }

        /// @ploy.policy("orders_seen", for: select, using: "total > 0", to: [public])
        /// @ploy.rls
        model Order {
          id         Int      @id
          total      Decimal
          customerId Int
          /// @ploy.deferrable(initially: deferred)
          customer   Customer @relation(fields: [customerId], references: [id])
        }
        """;

    private const string Objects =
        """
        -- Totals by customer.
        CREATE VIEW big_customers AS SELECT * FROM customer_totals WHERE total > 100;
        CREATE VIEW customer_totals AS
          SELECT c.id, c.email, sum(o.total) AS total FROM "Customer" c JOIN "Order" o ON o."customerId" = c.id GROUP BY c.id;
        CREATE MATERIALIZED VIEW stats AS SELECT count(*) AS n FROM big_customers;
        CREATE UNIQUE INDEX stats_n ON stats (n);
        CREATE FUNCTION big() RETURNS SETOF big_customers LANGUAGE sql STABLE AS $$ SELECT * FROM big_customers $$;
        CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.code := 'touched'; RETURN NEW; END $$;
        CREATE TRIGGER customer_touch BEFORE UPDATE OF points ON "Customer" FOR EACH ROW EXECUTE FUNCTION touch();
        CREATE SEQUENCE invoice_number START 100;
        CREATE DOMAIN percentage AS int CHECK (value BETWEEN 0 AND 100);
        """;

    private const string Seed =
        """
        INSERT INTO "Customer" ("businessId", email, kind, points) VALUES ('b1', 'a@x', 'a', 5);
        INSERT INTO "Order" VALUES (1, 250, 1);
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Everything_is_made_and_a_second_look_finds_nothing_to_do()
    {
        await using var main = await StartAsync();
        await using var second = await TemporaryDatabase.CreateAsync("postgresql");
        await NothingRemainsAsync(main);
        (await RunAsync("migrate", "deploy", "--url", second.Url)).Expect(0);
        Assert.Equal(await main.DumpAsync(), await second.DumpAsync());
        await using var shadow = await TemporaryDatabase.CreateAsync("postgresql");
        (await RunAsync("migrate", "diff", "--from-url", main.Url, "--to-schema", "prisma/schema.prisma", "--exit-code", "--shadow-database-url", shadow.Url)).Expect(0);
        (await RunAsync("migrate", "diff", "--from-migrations", "prisma/migrations", "--to-schema", "prisma/schema.prisma", "--exit-code", "--shadow-database-url", shadow.Url)).Expect(0);

        // A pull writes remarks into doc comments, which must not become the comments of the next migration.
        foreach (string[] more in (string[][])[[], ["--directives"]])
        {
            (await RunAsync(["db", "pull", .. more, "--url", main.Url])).Expect(0);
            Assert.Contains("expression index", _folder.Read("prisma/schema.prisma"), StringComparison.Ordinal);
            await NothingRemainsAsync(main);
        }

        // All of it goes again, and nothing of it is left.
        await MarkAsync(main);
        await main.ExecuteAsync(Seed);
        _folder.Write("prisma/schema.prisma", string.Join('\n', Schema.Split('\n').Where(l => !l.Contains("@ploy.", StringComparison.Ordinal))));
        Directory.Delete(Path.Combine(_folder.Root, "prisma", "objects"), recursive: true);
        (await RunAsync("migrate", "dev", "--name", "bare", "--accept-data-loss", "--url", main.Url)).Expect(0);
        await NothingRemainsAsync(main);
        await using var plain = await TemporaryDatabase.CreateAsync("postgresql");
        Directory.Delete(Path.Combine(_folder.Root, "prisma", "migrations"), recursive: true);
        (await RunAsync("migrate", "dev", "--name", "init", "--url", plain.Url)).Expect(0);
        await MarkAsync(plain);
        Assert.Equal("", UnifiedDiff.Create(await plain.DumpAsync(), await main.DumpAsync()));
        Assert.Equal(["1|b1|a@x|5|10"], await main.RowsAsync("SELECT id, \"businessId\", email, points, \"double\" FROM \"Customer\""));
    }

    [Fact]
    public async Task A_type_changes_under_two_views_a_function_and_a_policy_and_back()
    {
        await using var main = await StartAsync();
        await MarkAsync(main);
        await main.ExecuteAsync(Seed);
        var before = await main.DumpAsync();

        await EditAsync(main, "wider", "total      Decimal", "total      Decimal  @db.Decimal(20, 4)");

        string[] total = ["1|a@x|250.0000"];
        Assert.Equal(total, await main.RowsAsync("SELECT * FROM big()"));
        Assert.Equal(["1"], await main.RowsAsync("SELECT n FROM stats"));
        var script = Script("wider");
        Assert.DoesNotContain("touch", script, StringComparison.Ordinal);
        Assert.Contains("DROP POLICY \"orders_seen\"", script, StringComparison.Ordinal);
        await EditAsync(main, "back", "total      Decimal  @db.Decimal(20, 4)", "total      Decimal");
        Assert.Equal("", UnifiedDiff.Create(before, await main.DumpAsync()));
        Assert.Equal(["250"], await main.RowsAsync("SELECT trunc(total) FROM \"Order\""));
    }

    [Fact]
    public async Task A_policy_is_replaced_an_enum_gains_the_value_of_a_default_and_back()
    {
        await using var main = await StartAsync();
        await MarkAsync(main);
        await main.ExecuteAsync(Seed);
        var before = await main.DumpAsync();
        const string changed = "/// @ploy.check(\"not_angry\", \"mood <> 'ANGRY'\")\nmodel Customer {";

        var schema = _folder.Read("prisma/schema.prisma");
        await EditAsync(main, "all", "total > 0", "total > 1", "  CALM\n", "  CALM\n  GLAD\n", "@default(CALM)", "@default(GLAD)", "model Customer {", changed);
        await main.ExecuteAsync("INSERT INTO \"Customer\" (\"businessId\", email, kind) VALUES ('b1', 'b@x', 'b')");
        Assert.Equal(["CALM", "GLAD"], await main.RowsAsync("SELECT mood FROM \"Customer\" ORDER BY id"));
        await main.ExecuteAsync("UPDATE \"Customer\" SET mood = 'CALM'");

        // Taking the value away makes the type anew under a check that names it.
        await EditAsync(main, "less", "  CALM\n  GLAD\n", "  CALM\n", "@default(GLAD)", "@default(CALM)");
        _folder.Write("prisma/schema.prisma", schema);
        (await RunAsync("migrate", "dev", "--name", "back", "--url", main.Url)).Expect(0);
        await NothingRemainsAsync(main);
        Assert.Equal("", UnifiedDiff.Create(before, await main.DumpAsync()));
        Assert.Equal(["2"], await main.RowsAsync("SELECT count(*) FROM \"Customer\""));
    }

    [Fact]
    public async Task What_nobody_marked_is_left_alone_until_a_directive_adopts_it()
    {
        await using var main = await TemporaryDatabase.CreateAsync("postgresql");
        const string model = "model Reward {\n  id     Int @id\n  points Int\n}\n";
        _folder.Write("prisma/schema.prisma", "datasource db {\n  provider = \"postgresql\"\n}\n\n" + model);
        (await RunAsync("migrate", "dev", "--name", "init", "--url", main.Url)).Expect(0);
        const string hand =
            """
            ALTER TABLE "Reward" ADD CONSTRAINT "points_positive" CHECK (points >= 0);
            ALTER TABLE "Reward" ENABLE ROW LEVEL SECURITY;
            CREATE POLICY "seen" ON "Reward" USING (points > 0);
            CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
            CREATE TRIGGER "touched" BEFORE INSERT ON "Reward" FOR EACH ROW EXECUTE FUNCTION f();
            CREATE INDEX "by_double" ON "Reward" ((points * 2));
            """;
        _folder.Write("prisma/migrations/20300101000000_hand/migration.sql", hand);
        var applied = (await RunAsync("migrate", "dev", "--url", main.Url)).Expect(0);
        Assert.Equal(6, Count(applied.Error, "  - "));
        var before = await main.DumpAsync();

        var idle = (await RunAsync("migrate", "dev", "--url", main.Url)).Expect(0);
        Assert.Contains("there was nothing to do", idle.Output, StringComparison.Ordinal);
        string[] names = ["check constraint points_positive", "policy seen", "trigger touched", "expression index by_double", "row-level security public.Reward", "function public.f()"];
        Assert.All(names, name => Assert.Equal(1, Count(idle.Error, name)));

        const string directives =
            "/// @ploy.check(\"points_positive\", \"points>=0\")\n/// @ploy.index(\"by_double\", expr: \"points*2\")\n/// @ploy.rls\n/// @ploy.policy(\"seen\", using: \"points > 0\")\n";
        _folder.Write("prisma/schema.prisma", "datasource db {\n  provider = \"postgresql\"\n}\n\n" + directives + model);
        var adopted = (await RunAsync("migrate", "dev", "--name", "adopt", "--url", main.Url)).Expect(0);
        Assert.Equal(2, Count(adopted.Error, "  - "));
        Assert.Equal(
            """
            -- AdoptCheck
            -- ploy:manages check "Reward"."points_positive"

            -- AdoptIndex
            -- ploy:manages index "Reward"."by_double"

            -- AdoptRowSecurity
            -- ploy:manages rls "Reward"

            -- AdoptPolicy
            -- ploy:manages policy "Reward"."seen"

            """, Script("adopt"));
        Assert.Equal(before, await main.DumpAsync());
        var after = (await RunAsync("migrate", "dev", "--url", main.Url)).Expect(0);
        Assert.Equal(2, Count(after.Error, "  - "));

        // What is adopted is ours: without its directive it goes, and what is not stays.
        _folder.Write("prisma/schema.prisma", "datasource db {\n  provider = \"postgresql\"\n}\n\n" + model);
        (await RunAsync("migrate", "dev", "--name", "drop", "--url", main.Url)).Expect(0);
        Assert.Contains("-- ploy:releases check \"Reward\".\"points_positive\"\nALTER TABLE \"Reward\" DROP CONSTRAINT \"points_positive\";", Script("drop"), StringComparison.Ordinal);
        Assert.Equal(["0|0|1"], await main.RowsAsync(
            "SELECT (SELECT count(*) FROM pg_constraint WHERE conname = 'points_positive'), (SELECT count(*) FROM pg_policy), (SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal)"));
        await NothingRemainsAsync(main);
    }

    [Fact]
    public async Task Push_keeps_its_marks_out_of_sight_and_drops_what_it_made()
    {
        await using var main = await TemporaryDatabase.CreateAsync("postgresql");
        _folder.Write("prisma/schema.prisma", Schema);
        _folder.Write("prisma/objects/all.sql", Objects);
        (await RunAsync("db", "push", "--skip-generate", "--url", main.Url)).Expect(0);
        await main.ExecuteAsync("ALTER TABLE \"Order\" ADD CONSTRAINT \"by_hand\" CHECK (id > 0)");
        var before = await main.DumpAsync();
        var again = (await RunAsync("db", "push", "--skip-generate", "--url", main.Url)).Expect(0);
        Assert.Contains("already", again.Output, StringComparison.Ordinal);
        Assert.Equal(before, await main.DumpAsync());

        _folder.Write("prisma/schema.prisma", string.Join('\n', Schema.Split('\n').Where(l => !l.Contains("@ploy.", StringComparison.Ordinal))));
        Directory.Delete(Path.Combine(_folder.Root, "prisma", "objects"), recursive: true);
        (await RunAsync("db", "push", "--skip-generate", "--accept-data-loss", "--url", main.Url)).Expect(0);
        Assert.Equal(["by_hand|0|0|0"], await main.RowsAsync(
            "SELECT (SELECT string_agg(conname, ',') FROM pg_constraint WHERE contype IN ('c', 'x') AND connamespace = 'public'::regnamespace), (SELECT count(*) FROM pg_policy), (SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal), (SELECT count(*) FROM pg_class WHERE relkind IN ('v', 'm', 'S') AND relnamespace = 'public'::regnamespace AND relname <> 'Customer_id_seq')"));
    }

    [Fact]
    public async Task What_the_database_refuses_is_shown_where_it_stands_and_nothing_is_written()
    {
        await using var main = await TemporaryDatabase.CreateAsync("postgresql");
        _folder.Write("prisma/schema.prisma", Schema);
        _folder.Write("prisma/objects/a/views.sql", "CREATE VIEW fine AS SELECT 1 AS n;\n\nCREATE VIEW bad AS\n  SELECT nothing FROM fine;\n");
        var files = _folder.Files();
        var refused = await RunAsync("migrate", "dev", "--name", "init", "--url", main.Url);
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("error[PLOY2703]: The database refuses the view `bad`; no migration is written.", refused.Error, StringComparison.Ordinal);
        Assert.Contains("prisma/objects/a/views.sql:4:10", refused.Error, StringComparison.Ordinal);

        _folder.Write("prisma/objects/a/views.sql", "");
        _folder.Write("prisma/schema.prisma", "datasource db {\n  provider = \"postgresql\"\n}\n\nmodel T {\n  id Int @id\n  /// @ploy.generated(\"nothing * 2\")\n  n  Int?\n}\n");
        var generated = await RunAsync("migrate", "dev", "--name", "init", "--url", main.Url);
        Assert.Contains("error[PLOY2703]: The database refuses the generated column `n` of `T`; no migration is written.", generated.Error, StringComparison.Ordinal);
        Assert.Contains("prisma/schema.prisma:7:", generated.Error, StringComparison.Ordinal);
        _folder.Write("prisma/schema.prisma", Schema);

        _folder.Write("prisma/objects/a/views.sql", "CREATE VIEW fine AS SELECT 1 AS n;\nREVOKE SELECT ON fine FROM PUBLIC;\n");
        var unheld = await RunAsync("migrate", "dev", "--name", "init", "--url", main.Url);
        Assert.Contains("error[PLOY2701]", unheld.Error, StringComparison.Ordinal);
        Assert.Contains("prisma/objects/a/views.sql:2:1", unheld.Error, StringComparison.Ordinal);

        _folder.Write("prisma/objects/a/views.sql", "CREATE VIEW fine AS SELECT 1 AS n;\nCREATE VIEW fine AS SELECT 2 AS n;\n");
        Assert.Contains("error[PLOY2702]", (await RunAsync("validate")).Error, StringComparison.Ordinal);

        _folder.Write("prisma/objects/a/views.sql", "");
        _folder.Write("prisma/schema.prisma", Schema.Replace("points >= 0", "point >= 0", StringComparison.Ordinal));
        var wrong = await RunAsync("migrate", "dev", "--name", "init", "--url", main.Url);
        Assert.Contains("error[PLOY2703]: The database refuses the check `points_positive` of `Customer`", wrong.Error, StringComparison.Ordinal);
        Assert.Contains("prisma/schema.prisma:10:5", wrong.Error, StringComparison.Ordinal);
        Assert.Equal(files, _folder.Files());
        Assert.Equal(["0"], await main.RowsAsync("SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace"));
    }

    [Fact]
    public async Task Tenants_see_their_own_rows_alone()
    {
        await using var main = await StartAsync();
        var role = "ploy_tenant_" + Guid.CreateVersion7().ToString("N", CultureInfo.InvariantCulture)[..20];
        await main.ExecuteAsync(
            $"""
            INSERT INTO "Customer" ("businessId", email, kind) VALUES ('b1', 'a@x', 'a'), ('b2', 'b@x', 'b');
            CREATE ROLE "{role}";
            GRANT SELECT, INSERT, UPDATE ON "Customer" TO "{role}";
            """);
        try
        {
            Assert.Equal(["0"], await main.RowsAsync($"SET ROLE \"{role}\"; SELECT count(*) FROM \"Customer\""));
            Assert.Equal(["a@x"], await main.RowsAsync($"SET ROLE \"{role}\"; SET app.current_business_id = 'b1'; SELECT email FROM \"Customer\""));
        }
        finally
        {
            await main.ExecuteAsync($"RESET ROLE; DROP OWNED BY \"{role}\"; DROP ROLE \"{role}\"");
        }
    }

    private static int Count(string text, string part) => text.Split(part).Length - 1;

    private Task<ProcessResult> RunAsync(params string[] arguments) => InProcess.RunAsync(_folder.Root, arguments);

    private async Task<TemporaryDatabase> StartAsync()
    {
        var main = await TemporaryDatabase.CreateAsync("postgresql");
        _folder.Write("prisma/schema.prisma", Schema);
        _folder.Write("prisma/objects/all.sql", Objects);
        (await RunAsync("migrate", "dev", "--name", "init", "--url", main.Url)).Expect(0);
        return main;
    }

    private async Task MarkAsync(TemporaryDatabase database) => (await RunAsync("db", "mark", "--disposable", "--url", database.Url)).Expect(0);

    private string Script(string name) => _folder.Read(_folder.Files().Single(f => f.EndsWith($"_{name}/migration.sql", StringComparison.Ordinal)));

    // Edits are pairs of old and new text.
    private async Task EditAsync(TemporaryDatabase main, string name, params string[] edits)
    {
        var schema = _folder.Read("prisma/schema.prisma");
        for (var i = 0; i < edits.Length; i += 2)
        {
            Assert.Contains(edits[i], schema, StringComparison.Ordinal);
            schema = schema.Replace(edits[i], edits[i + 1], StringComparison.Ordinal);
        }

        _folder.Write("prisma/schema.prisma", schema);
        (await RunAsync("migrate", "dev", "--name", name, "--accept-data-loss", "--url", main.Url)).Expect(0);
        await NothingRemainsAsync(main);
    }

    private async Task NothingRemainsAsync(TemporaryDatabase main)
    {
        var again = (await RunAsync("migrate", "dev", "--url", main.Url)).Expect(0);
        Assert.Contains("there was nothing to do", again.Output, StringComparison.Ordinal);
    }
}
