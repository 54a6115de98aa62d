using Ploy.Testing;
using Xunit;

namespace Ploy.Cli.Tests;

/// <summary>SQLite adds a column whose default is no literal in place only while the table is empty: where it may have rows, it is made anew.</summary>
public sealed class AddedDefaultTests : IDisposable
{
    private const string Added = "  seen DateTime? @default(now())\n  code String?   @default(dbgenerated(\"(lower(hex(randomblob(4))))\"))\n";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Rows_get_the_time_and_what_the_expression_makes_in_dev_in_deploy_and_in_push()
    {
        await using var dev = TemporaryDatabase.Sqlite();
        await using var production = TemporaryDatabase.Sqlite();
        await using var pushed = TemporaryDatabase.Sqlite();
        Write("");
        _ = await RunAsync("migrate", "dev", "--name", "init", "--url", dev.Url);
        _ = await RunAsync("migrate", "deploy", "--url", production.Url);
        _ = await RunAsync("db", "push", "--url", pushed.Url);
        foreach (var database in (TemporaryDatabase[])[dev, production, pushed]) await database.ExecuteAsync("INSERT INTO \"Owner\" (\"name\") VALUES ('a'), ('b')");

        Write(Added);
        Assert.Contains("CREATE TABLE \"new_Owner\"", await RunAsync("migrate", "diff", "--from-migrations", "prisma/migrations", "--to-schema", "prisma/schema.prisma", "--script"), StringComparison.Ordinal);
        _ = await RunAsync("migrate", "dev", "--name", "more", "--url", dev.Url);
        _ = await RunAsync("migrate", "deploy", "--url", production.Url);
        _ = await RunAsync("db", "push", "--url", pushed.Url);
        foreach (var database in (TemporaryDatabase[])[dev, production, pushed])
            Assert.Equal(["2|2|8"], await database.RowsAsync("SELECT count(*), count(\"seen\"), max(length(\"code\")) FROM \"Owner\""));
    }

    [Fact]
    public async Task Literals_come_in_place_and_between_two_files_the_script_is_the_engines()
    {
        await using var database = TemporaryDatabase.Sqlite();
        Write("  a Int?     @default(dbgenerated(\"(-1)\"))\n  b String?  @default(\"x\")\n  c Boolean? @default(dbgenerated(\"TRUE\"))\n", "literals");
        Write(Added, "times");
        Write("");
        _ = await RunAsync("migrate", "dev", "--name", "init", "--create-only", "--url", database.Url);

        Assert.DoesNotContain("new_Owner", await RunAsync("migrate", "diff", "--from-migrations", "prisma/migrations", "--to-schema", "prisma/literals.prisma", "--script"), StringComparison.Ordinal);
        Expect.Text(
            """
            -- AlterTable
            ALTER TABLE "Owner" ADD COLUMN "code" TEXT DEFAULT (lower(hex(randomblob(4))));
            ALTER TABLE "Owner" ADD COLUMN "seen" DATETIME DEFAULT CURRENT_TIMESTAMP;

            """,
            await RunAsync("migrate", "diff", "--from-schema", "prisma/schema.prisma", "--to-schema", "prisma/times.prisma", "--script"));
    }

    private async Task<string> RunAsync(params string[] arguments) => (await InProcess.RunAsync(_folder.Root, arguments)).Expect(0).Output;

    private void Write(string fields, string name = "schema") =>
        _folder.Write($"prisma/{name}.prisma", "datasource db {\n  provider = \"sqlite\"\n}\n\nmodel Owner {\n  id   Int @id @default(autoincrement())\n  name String\n" + fields + "}\n");
}
