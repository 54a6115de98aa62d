using Ploy.Testing;
using Xunit;

namespace Ploy.Cli.Tests;

/// <summary>A model or enum that only changes its <c>@@schema</c> keeps its rows, where the engine drops it and makes it anew.</summary>
public sealed class NamespaceMoveTests : IDisposable
{
    private const string Objects =
        """
        CREATE VIEW public.rich AS SELECT id FROM NAMESPACE."Owner" WHERE points > 1;
        CREATE FUNCTION public.touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
        CREATE TRIGGER touched BEFORE UPDATE ON NAMESPACE."Owner" FOR EACH ROW EXECUTE FUNCTION public.touch();

        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_table_and_an_enum_move_with_rows_keys_and_objects_and_back()
    {
        await using var main = await TemporaryDatabase.CreateAsync("postgresql");
        Write("public");
        (await RunAsync("migrate", "dev", "--name", "init", "--url", main.Url)).Expect(0);
        await main.ExecuteAsync("INSERT INTO \"Owner\" (kind, points) VALUES ('B', 5); INSERT INTO audit.\"Car\" VALUES (1, 1); COMMENT ON TRIGGER touched ON \"Owner\" IS 'by hand'");
        foreach (var space in (string[])["audit", "public"])
        {
            Write(space);
            (await RunAsync("migrate", "dev", "--name", $"to_{space}", "--url", main.Url)).Expect(0);
            Assert.Equal(["1|B|5"], await main.RowsAsync($"SELECT id, kind::text, points FROM {space}.\"Owner\""));
            Assert.Equal(["1|1"], await main.RowsAsync("SELECT * FROM audit.\"Car\""));
            Assert.Equal(["1"], await main.RowsAsync("SELECT * FROM rich"));
            Assert.Equal(["by hand"], await main.RowsAsync("SELECT obj_description(oid, 'pg_trigger') FROM pg_trigger WHERE tgname = 'touched'"));
            await Assert.ThrowsAnyAsync<Exception>(() => main.ExecuteAsync($"UPDATE {space}.\"Owner\" SET points = -1"));
            Assert.Contains("there was nothing to do", (await RunAsync("migrate", "dev", "--url", main.Url)).Expect(0).Output, StringComparison.Ordinal);
        }

        // Its check is still ours: without the directive it goes.
        Write("public", withCheck: false);
        (await RunAsync("migrate", "dev", "--name", "free", "--url", main.Url)).Expect(0);
        await main.ExecuteAsync("UPDATE \"Owner\" SET points = -1");
    }

    [Fact]
    public async Task Push_keeps_the_rows_too_and_between_two_files_the_script_is_the_engines()
    {
        await using var main = await TemporaryDatabase.CreateAsync("postgresql");
        Write("public");
        (await RunAsync("db", "push", "--url", main.Url)).Expect(0);
        await main.ExecuteAsync("INSERT INTO \"Owner\" (kind, points) VALUES ('B', 5)");
        var before = _folder.Read("prisma/schema.prisma");
        Write("audit");
        Assert.Contains("ALTER TABLE \"public\".\"Owner\" SET SCHEMA \"audit\";", (await RunAsync("migrate", "diff", "--from-url", main.Url, "--to-schema", "prisma/schema.prisma", "--script")).Expect(0).Output, StringComparison.Ordinal);
        (await RunAsync("db", "push", "--url", main.Url)).Expect(0);
        Assert.Equal(["1|B|5"], await main.RowsAsync("SELECT id, kind::text, points FROM audit.\"Owner\""));

        _folder.Write("other/old.prisma", before);
        Assert.Contains("DROP TABLE \"Owner\";", (await RunAsync("migrate", "diff", "--from-schema", "other/old.prisma", "--to-schema", "prisma/schema.prisma", "--script")).Expect(0).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_comes_back_from_a_namespace_that_the_schema_no_longer_lists_keeps_its_rows()
    {
        await using var main = await TemporaryDatabase.CreateAsync("postgresql");
        WriteAlone("");
        (await RunAsync("migrate", "dev", "--name", "init", "--url", main.Url)).Expect(0);
        WriteAlone("audit");
        (await RunAsync("migrate", "dev", "--name", "there", "--url", main.Url)).Expect(0);
        await main.ExecuteAsync("INSERT INTO audit.\"Owner\" (kind, points) VALUES ('B', 5); CREATE TABLE audit.other (id int)");
        var before = _folder.Files().Count(f => f.EndsWith("migration.sql", StringComparison.Ordinal));

        WriteAlone("");
        (await RunAsync("migrate", "dev", "--name", "back", "--url", main.Url)).Expect(0);
        Assert.Equal(["1|B|5"], await main.RowsAsync("SELECT id, kind::text, points FROM public.\"Owner\""));
        Assert.Equal(["other"], await main.RowsAsync("SELECT relname FROM pg_class WHERE relnamespace = 'audit'::regnamespace"));
        await Assert.ThrowsAnyAsync<Exception>(() => main.ExecuteAsync("UPDATE \"Owner\" SET points = -1"));
        Assert.Contains("there was nothing to do", (await RunAsync("migrate", "dev", "--url", main.Url)).Expect(0).Output, StringComparison.Ordinal);
        Assert.Equal(before + 1, _folder.Files().Count(f => f.EndsWith("migration.sql", StringComparison.Ordinal)));
        var script = _folder.Read(_folder.Files().Single(f => f.EndsWith("_back/migration.sql", StringComparison.Ordinal)));
        Assert.Equal(
            """
            -- MoveEnum
            ALTER TYPE "audit"."Kind" SET SCHEMA "public";

            -- MoveTable
            -- ploy:releases check "audit"."Owner"."few"
            -- ploy:manages check "Owner"."few"
            ALTER TABLE "audit"."Owner" SET SCHEMA "public";

            """,
            script);
    }

    private void WriteAlone(string space)
    {
        var (list, at) = space.Length == 0 ? ("", "") : ($"  schemas  = [\"public\", \"{space}\"]\n", $"  @@schema(\"{space}\")\n");
        _folder.Write(
            "prisma/schema.prisma",
            $"datasource db {{\n  provider = \"postgresql\"\n{list}}}\n\nenum Kind {{\n  A\n  B\n{at}}}\n\n/// @ploy.check(\"few\", \"points >= 0\")\nmodel Owner {{\n  id Int @id @default(autoincrement())\n  kind Kind @default(A)\n  points Int\n{at}}}\n");
    }

    private void Write(string space, bool withCheck = true)
    {
        _folder.Write(
            "prisma/schema.prisma",
            $$"""
            datasource db {
              provider = "postgresql"
              schemas  = ["public", "audit"]
            }

            enum Kind {
              A
              B

              @@schema("{{space}}")
            }

            {{(withCheck ? "/// @ploy.check(\"few\", \"points >= 0\")" : "")}}
            model Owner {
              id     Int   @id @default(autoincrement())
              kind   Kind  @default(A)
              points Int
              cars   Car[]

              @@index([points])
              @@schema("{{space}}")
            }

            model Car {
              id      Int   @id
              ownerId Int
              owner   Owner @relation(fields: [ownerId], references: [id])

              @@schema("audit")
            }
            """);
        _folder.Write("prisma/objects/views.sql", Objects.Replace("NAMESPACE", space, StringComparison.Ordinal));
    }

    private Task<ProcessResult> RunAsync(params string[] arguments) => InProcess.RunAsync(_folder.Root, arguments);
}
