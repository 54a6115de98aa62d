using Ploy.Testing;
using Xunit;

namespace Ploy.Cli.Tests;

/// <summary>Object files with all that they may hold, in the forms that people write them, under columns that use what they make.</summary>
public sealed class ObjectFileTests : IDisposable
{
    private const string Schema =
        """
        datasource db {
          provider = "postgresql"
        }

        model Item {
          id    Int    @id @default(autoincrement())
          name  String
          price Int    @default(5)
          pct   Unsupported("pct") @default(dbgenerated("2"))
          up    String @default(dbgenerated("upf()"))
        }

        """;

    // With a mark at its beginning, as some editors leave it, and a trigger that is called like its function.
    private const string Editable =
        """
        CREATE VIEW items AS SELECT id, name FROM "Item";
        CREATE FUNCTION items_insert() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN INSERT INTO "Item" (name) VALUES (NEW.name); RETURN NEW; END $f$;
        CREATE TRIGGER items_insert INSTEAD OF INSERT ON items FOR EACH ROW EXECUTE FUNCTION items_insert();
        """;

    private const string Objects =
        """
        CREATE SEQUENCE own_seq START 5;
        CREATE FUNCTION f(a int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT a';
        CREATE FUNCTION f(a text, b int DEFAULT 3) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT a || f(b)';
        CREATE OR REPLACE PROCEDURE p(INOUT x int) LANGUAGE plpgsql AS $$ BEGIN x := x + 1; END $$;
        CREATE MATERIALIZED VIEW mv AS SELECT id, name FROM items WITH DATA;
        CREATE UNIQUE INDEX mv_id ON mv (id);
        CREATE INDEX mv_name ON mv (lower(name));
        CREATE DOMAIN pct AS int DEFAULT 1 CHECK (VALUE > 0);
        CREATE EXTENSION pg_trgm;
        CREATE VIEW uses_domain AS SELECT id::pct AS p FROM items;
        CREATE FUNCTION of_domain(x pct) RETURNS int LANGUAGE sql AS 'SELECT x::int';
        CREATE FUNCTION upf() RETURNS text LANGUAGE sql AS 'SELECT ''x''';
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Columns_use_what_object_files_make_and_what_changes_changes_under_them()
    {
        await using var main = await TemporaryDatabase.CreateAsync("postgresql");
        Write(Schema, Objects);
        await DevAsync(main, "init");
        (await RunAsync("db", "mark", "--disposable", "--url", main.Url)).Expect(0);
        await main.ExecuteAsync("INSERT INTO items (name) VALUES ('x')");
        string[] row = ["1|x|5|2|x"];
        Assert.Equal(row, await main.RowsAsync("SELECT * FROM \"Item\""));
        var before = await main.DumpAsync();

        // A domain in use gets another check and default, an overload another body; each where it stands.
        var changed = Objects.Replace("int DEFAULT 1 CHECK (VALUE > 0)", "int DEFAULT 4 NOT NULL CHECK (VALUE > 1) CONSTRAINT \"less than\" CHECK (VALUE < 100)", StringComparison.Ordinal)
            .Replace("'SELECT a'", "'SELECT a + 1'", StringComparison.Ordinal).Replace("''x''", "''y''", StringComparison.Ordinal);
        Write(Schema, changed);
        await DevAsync(main, "changed");
        var script = _folder.Read(_folder.Files().Single(f => f.EndsWith("_changed/migration.sql", StringComparison.Ordinal)));
        Assert.Equal(
            """
            -- ReplaceDomain
            ALTER DOMAIN "pct" DROP CONSTRAINT pct_check;
            ALTER DOMAIN "pct" SET DEFAULT 4;
            ALTER DOMAIN "pct" SET NOT NULL;
            ALTER DOMAIN "pct" ADD CONSTRAINT "less than" CHECK ((VALUE < 100));
            ALTER DOMAIN "pct" ADD CONSTRAINT pct_check CHECK ((VALUE > 1));

            -- ReplaceFunction
            CREATE OR REPLACE FUNCTION upf() RETURNS text LANGUAGE sql AS 'SELECT ''y''';

            -- ReplaceFunction
            CREATE OR REPLACE FUNCTION f(a int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT a + 1';

            """, script);
        await Assert.ThrowsAnyAsync<Exception>(() => main.ExecuteAsync("UPDATE \"Item\" SET pct = 1"));
        Assert.Equal(["4|a4"], await main.RowsAsync("SELECT f(3), f('a')"));
        Assert.Equal(row, await main.RowsAsync("SELECT * FROM \"Item\""));

        Write(Schema, Objects);
        await DevAsync(main, "back");
        Assert.Equal("", UnifiedDiff.Create(before, await main.DumpAsync()));

        // A base type cannot change under a column: told before.
        Write(Schema, Objects.Replace("DOMAIN pct AS int", "DOMAIN pct AS bigint", StringComparison.Ordinal));
        var refused = await RunAsync("migrate", "dev", "--name", "base", "--url", main.Url);
        Assert.Contains("error[PLOY2704]", refused.Error, StringComparison.Ordinal);
        Assert.Contains("The column `pct` of `public.Item` uses `public.pct`.", refused.Error, StringComparison.Ordinal);

        // What goes together with the defaults that use it goes behind them.
        var lines = Schema.Split('\n').Where(l => !l.Contains("Unsupported", StringComparison.Ordinal));
        Write(
            string.Join('\n', lines).Replace(" @default(dbgenerated(\"upf()\"))", "", StringComparison.Ordinal),
            "CREATE EXTENSION pg_trgm;\n");
        await DevAsync(main, "gone", "--accept-data-loss");
        Assert.Equal(["1|x|5|x"], await main.RowsAsync("SELECT * FROM \"Item\""));
        Assert.Equal(["0"], await main.RowsAsync("SELECT count(*) FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND proname IN ('f', 'upf', 'p')"));
    }

    [Fact]
    public async Task A_sequence_of_a_file_outlives_the_defaults_that_count_by_it_and_keeps_its_value()
    {
        await using var main = await TemporaryDatabase.CreateAsync("postgresql");
        const string sequences = "CREATE SEQUENCE own_seq START 5;\nCREATE SEQUENCE \"Other\";\n";
        const string counting = """@default(dbgenerated("nextval('own_seq')"))""";
        await StepAsync("init", counting, counting, sequences);
        (await RunAsync("db", "mark", "--disposable", "--url", main.Url)).Expect(0);
        await main.ExecuteAsync("INSERT INTO t DEFAULT VALUES; INSERT INTO t DEFAULT VALUES");
        Assert.Equal(["5|6", "7|8"], await main.RowsAsync("SELECT * FROM t ORDER BY id"));

        Assert.Equal("-- AlterTable\nALTER TABLE \"t\" ALTER COLUMN \"a\" DROP DEFAULT;\n", await StepAsync("none", counting, "", sequences));
        Assert.Equal("-- AlterTable\nALTER TABLE \"t\" ALTER COLUMN \"a\" SET DEFAULT nextval('own_seq');\n", await StepAsync("again", counting, counting, sequences));
        var other = await StepAsync("other", counting, """@default(dbgenerated("nextval('\"Other\"')"))""", sequences);
        Assert.Equal("-- AlterTable\nALTER TABLE \"t\" ALTER COLUMN \"a\" SET DEFAULT nextval('\"Other\"'),\nALTER COLUMN \"a\" DROP DEFAULT;\n", other);
        await main.ExecuteAsync("INSERT INTO t DEFAULT VALUES");
        Assert.Equal(["5|6", "7|8", "9|1"], await main.RowsAsync("SELECT * FROM t ORDER BY id"));

        // One that goes from the files goes once, behind the default.
        Assert.Equal(
            "-- AlterTable\nALTER TABLE \"t\" ALTER COLUMN \"a\" DROP DEFAULT;\n\n-- DropSequence\n-- ploy:releases sequence \"Other\"\nDROP SEQUENCE \"Other\";\n",
            await StepAsync("gone", counting, "", sequences.Split('\n')[0]));

        async Task<string> StepAsync(string name, string id, string a, string objects)
        {
            _folder.Write("prisma/schema.prisma", $"datasource db {{\n  provider = \"postgresql\"\n}}\n\nmodel t {{\n  id Int @id {id}\n  a  Int {a}\n}}\n");
            _folder.Write("prisma/objects/all.sql", objects);
            await DevAsync(main, name);
            return _folder.Read(_folder.Files().Single(f => f.EndsWith($"_{name}/migration.sql", StringComparison.Ordinal)));
        }
    }

    [Fact]
    public async Task A_sequence_by_hand_stays_when_the_column_that_counts_by_it_changes_or_stops()
    {
        await using var main = await TemporaryDatabase.CreateAsync("postgresql");
        const string head = "datasource db {\n  provider = \"postgresql\"\n}\n\n";
        _folder.Write("prisma/schema.prisma", head + "model t {\n  id Int @id @default(autoincrement())\n  a  Int @default(autoincrement())\n}\n");
        _folder.Write(
            "prisma/migrations/20260101000000_init/migration.sql",
            "CREATE SEQUENCE hand START 70;\nCREATE TABLE t (id SERIAL NOT NULL, a INTEGER NOT NULL DEFAULT nextval('hand'), CONSTRAINT t_pkey PRIMARY KEY (id));\n");
        var first = (await RunAsync("migrate", "dev", "--url", main.Url)).Expect(0);
        Assert.Contains("  - sequence public.hand", first.Error, StringComparison.Ordinal);
        await main.ExecuteAsync("INSERT INTO t DEFAULT VALUES");
        _folder.Write("prisma/schema.prisma", head + "model t {\n  id Int    @id @default(autoincrement())\n  a  BigInt @default(autoincrement())\n}\n");
        await DevAsync(main, "wide");
        _folder.Write("prisma/schema.prisma", head + "model t {\n  id Int    @id\n  a  BigInt\n}\n");
        await DevAsync(main, "none");
        Assert.Equal(
            "-- AlterTable\nALTER TABLE \"t\" ALTER COLUMN \"a\" SET DATA TYPE BIGINT;\n-- AlterTable\nALTER TABLE \"t\" ALTER COLUMN \"id\" DROP DEFAULT,\nALTER COLUMN \"a\" DROP DEFAULT;\nDROP SEQUENCE \"t_id_seq\";\n",
            string.Concat(_folder.Files().Where(f => f.EndsWith("_wide/migration.sql", StringComparison.Ordinal) || f.EndsWith("_none/migration.sql", StringComparison.Ordinal)).Order(StringComparer.Ordinal).Select(_folder.Read)));
        Assert.Equal(["71"], await main.RowsAsync("SELECT nextval('hand')"));
    }

    [Fact]
    public async Task Grants_are_made_changed_taken_back_and_pulled_and_those_of_others_stay()
    {
        await using var main = await TemporaryDatabase.CreateAsync("postgresql");
        await using var fresh = await TemporaryDatabase.CreateAsync("postgresql");
        const string Plain = "datasource db {\n  provider = \"postgresql\"\n}\n\nmodel Item {\n  id    Int    @id @default(autoincrement())\n  name  String\n}\n";
        const string Held = """
            SELECT c.relname, a.grantee::regrole, string_agg(a.privilege_type || CASE WHEN a.is_grantable THEN '*' ELSE '' END, ',' ORDER BY a.privilege_type)
            FROM pg_class c, aclexplode(c.relacl) a WHERE c.relnamespace = 'public'::regnamespace AND a.grantee <> c.relowner GROUP BY 1, 2 ORDER BY 1, 2
            """;
        const string All = """
            GRANT SELECT, INSERT ON "Item" TO pg_monitor;
            grant select (name), update (name) on table public."Item" to pg_signal_backend with grant option;
            GRANT USAGE ON SEQUENCE "Item_id_seq" TO pg_monitor;
            GRANT USAGE ON SCHEMA public TO pg_monitor;
            CREATE FUNCTION up(a text, n int DEFAULT 1) RETURNS text LANGUAGE sql AS 'SELECT upper(a)';
            GRANT EXECUTE ON FUNCTION up(text, int) TO pg_monitor;
            GRANT SELECT ON items TO PUBLIC;
            GRANT SELECT ON items TO pg_monitor;
            GRANT INSERT, UPDATE (name) ON items TO pg_monitor WITH GRANT OPTION;
            """;
        Write(Plain, "");
        await DevAsync(main, "init");
        (await RunAsync("db", "mark", "--disposable", "--url", main.Url)).Expect(0);
        await main.ExecuteAsync("GRANT DELETE ON \"Item\" TO pg_read_all_stats");
        Write(Plain, All);
        await DevAsync(main, "grants");
        Assert.Equal(["Item|pg_monitor|INSERT,SELECT", "Item|pg_read_all_stats|DELETE", "Item_id_seq|pg_monitor|USAGE", "items|-|SELECT", "items|pg_monitor|INSERT*,SELECT"], await main.RowsAsync(Held));
        Assert.Equal(["name|{pg_signal_backend=r*w*/postgres}"], await main.RowsAsync("SELECT attname, attacl::text FROM pg_attribute WHERE attrelid = '\"Item\"'::regclass AND attacl IS NOT NULL"));

        // The grant option moves from one privilege to another, and back.
        Write(Plain, All.Replace("GRANT SELECT ON items TO pg_monitor;", "GRANT SELECT ON items TO pg_monitor WITH GRANT OPTION;", StringComparison.Ordinal).Replace("(name) ON items TO pg_monitor WITH GRANT OPTION", "(name) ON items TO pg_monitor", StringComparison.Ordinal));
        await DevAsync(main, "moved");
        Assert.Contains("items|pg_monitor|INSERT,SELECT*", await main.RowsAsync(Held));
        Write(Plain, All);
        await DevAsync(main, "back");
        Assert.Contains("items|pg_monitor|INSERT*,SELECT", await main.RowsAsync(Held));

        // A view that is made anew has its grants again, and what is no longer written is taken back.
        Write(Plain, All.Replace("SELECT, INSERT ON", "SELECT, DELETE ON", StringComparison.Ordinal).Replace(", update (name)", "", StringComparison.Ordinal)
            .Replace("GRANT USAGE ON SEQUENCE \"Item_id_seq\" TO pg_monitor;", "", StringComparison.Ordinal) + "\nCREATE VIEW wide AS SELECT id, name FROM \"Item\";\n");
        _folder.Write("prisma/objects/a/b/editable.sql", Editable.Replace("SELECT id, name FROM", "SELECT id, name, 1 AS one FROM", StringComparison.Ordinal));
        await DevAsync(main, "other");
        Assert.Equal(["Item|pg_monitor|DELETE,SELECT", "Item|pg_read_all_stats|DELETE", "items|-|SELECT", "items|pg_monitor|INSERT*,SELECT"], await main.RowsAsync(Held));
        Assert.Equal(["name|{pg_signal_backend=r*/postgres}"], await main.RowsAsync("SELECT attname, attacl::text FROM pg_attribute WHERE attrelid = '\"Item\"'::regclass AND attacl IS NOT NULL"));
        Assert.Contains(
            "REVOKE INSERT ON \"Item\" FROM \"pg_monitor\";\nGRANT SELECT, DELETE ON \"Item\" TO pg_monitor;",
            _folder.Read(_folder.Files().Single(f => f.EndsWith("_other/migration.sql", StringComparison.Ordinal))), StringComparison.Ordinal);

        await ExpectRefusedAsync("GRANT SELECT ON ALL TABLES IN SCHEMA public TO pg_monitor;", "PLOY2701");
        await ExpectRefusedAsync("GRANT SELECT ON \"Item\", items TO pg_monitor;", "PLOY2701");
        await ExpectRefusedAsync("GRANT SELECT ON \"Item\" TO pg_monitor, pg_signal_backend;", "PLOY2701");
        await ExpectRefusedAsync("GRANT SELECT ON \"Item\" TO no_such_role;", "PLOY2703");
        await ExpectRefusedAsync("GRANT SELECT ON \"Item\" TO postgres;", "PLOY2703"); // its owner

        // A database made anew from what is pulled is the same.
        await main.ExecuteAsync("DROP TABLE _prisma_migrations");
        using var pulled = new TemporaryFolder();
        (await InProcess.RunAsync(pulled.Root, "init", "--from-database", main.Url)).Expect(0);
        (await InProcess.RunAsync(pulled.Root, "migrate", "deploy", "--url", fresh.Url)).Expect(0);
        Assert.Equal(await main.RowsAsync(Held), await fresh.RowsAsync(Held));
        Assert.Equal(["t"], await fresh.RowsAsync("SELECT has_schema_privilege('pg_monitor', 'public', 'USAGE') AND has_function_privilege('pg_monitor', 'up(text, int)', 'EXECUTE')"));

        async Task ExpectRefusedAsync(string grant, string code)
        {
            Write(Plain, grant);
            Assert.Contains($"error[{code}]", (await RunAsync("migrate", "dev", "--name", "no", "--url", main.Url)).Expect(1).Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task What_a_file_cannot_hold_twice_or_at_all_is_told_where_it_stands()
    {
        await using var main = await TemporaryDatabase.CreateAsync("postgresql");
        await ExpectAsync("CREATE SEQUENCE owned OWNED BY \"Item\".price;\n", "PLOY2701", "prisma/objects/all.sql:1:1");
        await ExpectAsync(Editable.Split('\n')[0], "PLOY2702", "prisma/objects/all.sql:1:1");
        await ExpectAsync("CREATE FUNCTION uses() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM z';\nCREATE VIEW a AS SELECT * FROM z;\nCREATE VIEW z AS SELECT nothing FROM \"Item\";\n", "PLOY2703", "prisma/objects/all.sql:3:25");
        await ExpectAsync("CREATE VIEW one AS SELECT * FROM two;\nCREATE VIEW two AS SELECT * FROM one;\n", "PLOY2703", "prisma/objects/all.sql:2:34");

        async Task ExpectAsync(string objects, string code, string place)
        {
            Write(Schema.Replace("upf()", "'x'", StringComparison.Ordinal).Replace("Unsupported(\"pct\")", "Int", StringComparison.Ordinal), objects);
            var refused = await RunAsync("migrate", "dev", "--name", "init", "--url", main.Url);
            Assert.Equal(1, refused.ExitCode);
            Assert.Contains($"error[{code}]", refused.Error, StringComparison.Ordinal);
            Assert.Contains(place, refused.Error, StringComparison.Ordinal);
        }
    }

    private void Write(string schema, string objects)
    {
        _folder.Write("prisma/schema.prisma", schema);
        _folder.Write("prisma/objects/all.sql", objects);
        if (objects.Length > 50 || !objects.StartsWith("CREATE EXTENSION", StringComparison.Ordinal)) _folder.Write("prisma/objects/a/b/editable.sql", "\ufeff" + Editable);
        else File.Delete(Path.Combine(_folder.Root, "prisma/objects/a/b/editable.sql"));
    }

    private async Task DevAsync(TemporaryDatabase main, string name, params string[] more)
    {
        (await RunAsync(["migrate", "dev", "--name", name, "--url", main.Url, .. more])).Expect(0);
        Directory.Delete(Path.Combine(_folder.Root, ".ploy"), recursive: true);
        Assert.Contains("there was nothing to do", (await RunAsync("migrate", "dev", "--url", main.Url)).Expect(0).Output, StringComparison.Ordinal);
    }

    private Task<ProcessResult> RunAsync(params string[] arguments) => InProcess.RunAsync(_folder.Root, arguments);
}
