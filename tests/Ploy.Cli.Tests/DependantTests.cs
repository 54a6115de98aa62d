using System.Globalization;
using Ploy.Testing;
using Xunit;

namespace Ploy.Cli.Tests;

/// <summary>What uses a thing that changes: ours is dropped before and made again after with all that belongs to it; what is nobody's is named before anything runs.</summary>
public sealed class DependantTests : IDisposable
{
    private const string Schema =
        """
        datasource db {
          provider = "postgresql"
        }

        model Order {
          id    Int     @id
          total Decimal
          mood  Mood    @default(CALM)
        }

        enum Mood {
          CALM
          ANGRY
        }

        """;

    private const string Objects =
        """
        CREATE VIEW totals AS SELECT id, total, mood FROM "Order";
        CREATE VIEW big AS SELECT id, total FROM totals WHERE total > 10;
        CREATE MATERIALIZED VIEW stats AS SELECT count(*) AS n FROM big;
        CREATE FUNCTION moody(m "Mood") RETURNS SETOF totals LANGUAGE sql STABLE AS $$ SELECT * FROM totals WHERE mood = m $$;
        """;

    private const string Seed = "INSERT INTO \"Order\" VALUES (1, 250, 'CALM'), (2, 5, 'CALM')";

    private const string Wide = "total Decimal @db.Decimal(20, 4)";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("migrate", "dev", "--name", "change", "--accept-data-loss")]
    [InlineData("db", "push", "--skip-generate", "--accept-data-loss")]
    public async Task Owner_grants_and_comments_of_what_is_made_again_are_kept_and_so_are_the_rows(params string[] verb)
    {
        await using var main = await TemporaryDatabase.CreateAsync("postgresql");
        Write(Schema, Objects);
        (await RunAsync([.. verb, "--url", main.Url])).Expect(0);
        (await RunAsync("db", "mark", "--disposable", "--url", main.Url)).Expect(0);
        var role = "ploy_reader_" + Guid.CreateVersion7().ToString("N", CultureInfo.InvariantCulture)[..20];
        await main.ExecuteAsync(
            $"""
            {Seed};
            CREATE ROLE "{role}";
            GRANT CREATE ON SCHEMA public TO "{role}";
            GRANT SELECT ON "Order" TO "{role}";
            GRANT SELECT, UPDATE ON big TO "{role}" WITH GRANT OPTION;
            GRANT SELECT (id) ON totals TO "{role}";
            GRANT SELECT ON stats TO PUBLIC;
            REVOKE ALL ON FUNCTION moody FROM PUBLIC;
            GRANT EXECUTE ON FUNCTION moody TO "{role}";
            ALTER VIEW totals OWNER TO "{role}";
            COMMENT ON VIEW big IS 'it''s big';
            COMMENT ON COLUMN big.total IS 'what they pay';
            COMMENT ON FUNCTION moody IS 'by mood';
            """);
        try
        {
            var before = await BesideAsync(main);
            foreach (var total in (string[])[Wide, "total Decimal"])
            {
                Write(Schema.Replace("total Decimal", total, StringComparison.Ordinal), Objects);
                (await RunAsync([.. verb, "--url", main.Url])).Expect(0);
                Assert.Equal(before, await BesideAsync(main));
                Assert.Equal(["1|250", "2|5"], await main.RowsAsync("SELECT id, trunc(total) FROM \"Order\" ORDER BY id"));
                Assert.Equal(["1"], await main.RowsAsync("SELECT n FROM stats"));
            }

            // A column that goes takes its grant and comment along; the rest stays.
            Write(Schema, Objects.Replace("SELECT id, total FROM totals", "SELECT id FROM totals", StringComparison.Ordinal));
            (await RunAsync([.. verb, "--url", main.Url])).Expect(0);
            Assert.Equal(before.Where(l => !l.Contains("what they pay", StringComparison.Ordinal)), await BesideAsync(main));
        }
        finally
        {
            await main.ExecuteAsync($"REASSIGN OWNED BY \"{role}\" TO CURRENT_USER; DROP OWNED BY \"{role}\"; DROP ROLE \"{role}\"");
        }
    }

    [Theory]
    [InlineData("migrate", "dev", "--name", "change", "--accept-data-loss")]
    [InlineData("db", "push", "--skip-generate", "--accept-data-loss")]
    public async Task Comments_on_what_is_made_again_are_kept_whoever_wrote_them(params string[] verb)
    {
        await using var main = await TemporaryDatabase.CreateAsync("postgresql");
        const string objects =
            """
            CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
            CREATE TRIGGER touched BEFORE INSERT ON "Item" FOR EACH ROW EXECUTE FUNCTION f();
            CREATE MATERIALIZED VIEW sizes AS SELECT size, count(*) AS n FROM "Item" GROUP BY size;
            CREATE UNIQUE INDEX sizes_size ON sizes (size);
            """;
        Write(Commented("Int", "", "size > 0", "a b c"), objects);
        (await RunAsync([.. verb, "--url", main.Url])).Expect(0);
        (await RunAsync("db", "mark", "--disposable", "--url", main.Url)).Expect(0);
        await main.ExecuteAsync(
            """
            COMMENT ON CONSTRAINT "big" ON "Item" IS 'it''s a check';
            COMMENT ON CONSTRAINT "Item_boxId_fkey" ON "Item" IS 'a key';
            COMMENT ON CONSTRAINT "Item_pkey" ON "Item" IS 'the key';
            COMMENT ON INDEX "Item_pkey" IS 'its index';
            COMMENT ON INDEX "doubled" IS 'an expression';
            COMMENT ON INDEX "Item_mood_idx" IS E'an\\\nindex';
            COMMENT ON INDEX sizes_size IS 'of a materialized view';
            COMMENT ON POLICY "seen" ON "Item" IS 'a policy';
            COMMENT ON TRIGGER touched ON "Item" IS 'a trigger';
            COMMENT ON TYPE "Mood" IS 'a type';
            INSERT INTO "Box" VALUES (1);
            INSERT INTO "Item" (id, "boxId", size, mood) VALUES (1, 1, 5, 'a');
            """);
        const string all =
            "SELECT c.relname, d.objsubid, d.description FROM pg_description d JOIN pg_class c ON c.oid = d.objoid AND d.classoid = 'pg_class'::regclass AND c.relnamespace = 'public'::regnamespace "
            + "UNION ALL SELECT d.classoid::regclass::text, 0, d.description FROM pg_description d WHERE d.classoid IN ('pg_constraint'::regclass, 'pg_trigger'::regclass, 'pg_policy'::regclass, 'pg_type'::regclass) "
            + "AND d.objoid > 16383 ORDER BY 1, 3";
        var before = await main.RowsAsync(all);
        Assert.Equal(10, before.Count);
        foreach (var (type, key, check, labels) in ((string, string, string, string)[])[("BigInt", "", "size > 1", "a b"), ("Int", "mood, ", "size > 0", "a b c"), ("Int", "", "size > 0", "a b c")])
        {
            Write(Commented(type, key, check, labels), objects.Replace("BEFORE INSERT", type == "Int" ? "BEFORE INSERT" : "AFTER INSERT", StringComparison.Ordinal));
            (await RunAsync([.. verb, "--url", main.Url])).Expect(0);
            Assert.Equal(before, await main.RowsAsync(all));
        }

        Assert.Equal(["1|1|5|a"], await main.RowsAsync("SELECT id, \"boxId\", size, mood FROM \"Item\""));

        // What goes takes its comment along.
        Write(Commented("Int", "", "size > 0", "a b c").Replace("@ploy.check", "ploy.check", StringComparison.Ordinal), "");
        (await RunAsync([.. verb, "--url", main.Url])).Expect(0);
        Assert.Equal(7, (await main.RowsAsync(all)).Count);
    }

    private static string Commented(string type, string key, string check, string labels) =>
        $$"""
        datasource db {
          provider = "postgresql"
        }

        enum Mood {
          {{labels.Replace(" ", "\n  ", StringComparison.Ordinal)}}
        }

        model Box {
          id    {{type}} @id
          items Item[]
        }

        /// @ploy.check("big", "{{check}}")
        /// @ploy.index("doubled", expr: "size * 2")
        /// @ploy.policy("seen", using: "{{check}}")
        model Item {
          id    Int
          boxId {{type}}
          size  {{type}}
          mood  Mood
          box   Box @relation(fields: [boxId], references: [id])

          @@id([{{key}}id])
          @@index([mood])
        }

        """;

    [Fact]
    public async Task An_enum_loses_a_value_under_a_function_and_a_view_of_ours_and_gets_it_back()
    {
        await using var main = await TemporaryDatabase.CreateAsync("postgresql");
        Write(Schema, Objects);
        (await RunAsync("migrate", "dev", "--name", "init", "--url", main.Url)).Expect(0);
        (await RunAsync("db", "mark", "--disposable", "--url", main.Url)).Expect(0);
        await main.ExecuteAsync(Seed);
        var before = await main.DumpAsync();
        Write(Schema.Replace("  ANGRY\n", "  GLAD\n", StringComparison.Ordinal).Replace("@default(CALM)", "@default(GLAD)", StringComparison.Ordinal), Objects);
        (await RunAsync("migrate", "dev", "--name", "less", "--accept-data-loss", "--url", main.Url)).Expect(0);
        Assert.Equal(["1|250|CALM", "2|5|CALM"], await main.RowsAsync("SELECT id, trunc(total), mood FROM moody('CALM') ORDER BY id"));
        Write(Schema, Objects);
        (await RunAsync("migrate", "dev", "--name", "back", "--accept-data-loss", "--url", main.Url)).Expect(0);
        Assert.Equal("", UnifiedDiff.Create(before, await main.DumpAsync()));
    }

    [Fact]
    public async Task What_is_nobodys_is_named_before_anything_runs_and_can_be_taken_in()
    {
        await using var main = await TemporaryDatabase.CreateAsync("postgresql");
        Write(Schema, "");
        (await RunAsync("migrate", "dev", "--name", "init", "--url", main.Url)).Expect(0);
        (await RunAsync("db", "mark", "--disposable", "--url", main.Url)).Expect(0);
        await main.ExecuteAsync(
            $"""
            {Seed};
            CREATE VIEW hand AS SELECT id, total FROM "Order";
            CREATE FUNCTION worth(m "Mood") RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM "Order"';
            CREATE POLICY "seen" ON "Order" USING (total > 0);
            """);
        var (before, files) = (await main.DumpAsync(), _folder.Files());
        Write(Schema.Replace("total Decimal", Wide, StringComparison.Ordinal).Replace("  ANGRY\n", "", StringComparison.Ordinal), "");
        string[] named =
        [
            "The view `public.hand` uses column `total` of `public.Order`.",
            "The policy `seen` of `public.Order` uses column `total` of `public.Order`.",
            "The function `public.worth(public.\"Mood\")` uses `public.Mood`.",
        ];
        foreach (var verb in (string[][])[["migrate", "dev", "--name", "wide", "--accept-data-loss"], ["db", "push", "--accept-data-loss"]])
        {
            var refused = await RunAsync([.. verb, "--url", main.Url]);
            Assert.Equal(1, refused.ExitCode);
            Assert.Contains("error[PLOY2704]: The database would refuse the change, because of 3 objects that no directive or object file holds. Nothing has changed.", refused.Error, StringComparison.Ordinal);
            Assert.All(named, name => Assert.Contains(name, refused.Error, StringComparison.Ordinal));
            Assert.Equal(before, await main.DumpAsync());
            Assert.Equal(files, _folder.Files());
        }

        // Written by hand: the names stand at the head.
        (await RunAsync("migrate", "dev", "--name", "hand", "--create-only", "--url", main.Url)).Expect(0);
        var written = _folder.Files().Single(f => f.EndsWith("_hand/migration.sql", StringComparison.Ordinal));
        Assert.All(named, name => Assert.Contains(name, _folder.Read(written), StringComparison.Ordinal));
        Directory.Delete(Path.Combine(_folder.Root, Path.GetDirectoryName(written)!), recursive: true);

        // Taken in: the same change runs.
        Write(Schema, "");
        (await RunAsync("db", "pull", "--directives", "--url", main.Url)).Expect(0);
        (await RunAsync("migrate", "dev", "--name", "adopt", "--url", main.Url)).Expect(0);
        Assert.Equal(before, await main.DumpAsync());
        var pulled = _folder.Read("prisma/schema.prisma");
        _folder.Write("prisma/schema.prisma", System.Text.RegularExpressions.Regex.Replace(pulled, @"( total\s+Decimal)", "$1 @db.Decimal(20, 4)").Replace("  ANGRY\n", "", StringComparison.Ordinal));
        (await RunAsync("migrate", "dev", "--name", "wide", "--accept-data-loss", "--url", main.Url)).Expect(0);
        Assert.Equal(["1|250.0000", "2|5.0000"], await main.RowsAsync("SELECT * FROM hand ORDER BY id"));
    }

    private static Task<IReadOnlyList<string>> BesideAsync(TemporaryDatabase main) => main.RowsAsync(
        """
        SELECT relname, pg_get_userbyid(relowner), relacl::text, obj_description(oid, 'pg_class')
        FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('v', 'm')
        UNION ALL SELECT relname || '.' || attname, '', attacl::text, col_description(c.oid, attnum)
        FROM pg_class c JOIN pg_attribute a ON attrelid = c.oid WHERE relnamespace = 'public'::regnamespace AND (attacl IS NOT NULL OR col_description(c.oid, attnum) IS NOT NULL)
        UNION ALL SELECT proname, pg_get_userbyid(proowner), proacl::text, obj_description(oid, 'pg_proc') FROM pg_proc WHERE pronamespace = 'public'::regnamespace
        ORDER BY 1
        """);

    private void Write(string schema, string objects)
    {
        _folder.Write("prisma/schema.prisma", schema);
        _folder.Write("prisma/objects/all.sql", objects);
    }

    private Task<ProcessResult> RunAsync(params string[] arguments) => InProcess.RunAsync(_folder.Root, arguments);
}
