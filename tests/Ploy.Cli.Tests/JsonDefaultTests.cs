using Ploy.Testing;
using Xunit;

namespace Ploy.Cli.Tests;

/// <summary>On SQLite the engine writes defaults of JSON bare, which gives other values: between two files that is kept where it runs, in databases the values are right.</summary>
public sealed class JsonDefaultTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Between_files_the_script_is_the_engines_where_it_runs_and_a_database_gets_the_values()
    {
        await using var database = TemporaryDatabase.Sqlite();
        await using var pushed = TemporaryDatabase.Sqlite();
        _folder.Write(
            "prisma/schema.prisma",
            """
            datasource db {
              provider = "sqlite"
            }

            model Car {
              id     Int  @id
              seats  Json @default("[]")
              sold   Json @default("true")
              label  Json @default("\"new\"")
              extras Json @default("{}")
            }

            """);
        Expect.Text(
            """
            -- CreateTable
            CREATE TABLE "Car" (
                "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
                "seats" JSONB NOT NULL DEFAULT [],
                "sold" JSONB NOT NULL DEFAULT true,
                "label" JSONB NOT NULL DEFAULT "new",
                "extras" JSONB NOT NULL DEFAULT '{}'
            );

            """,
            await RunAsync("migrate", "diff", "--from-empty", "--to-schema", "prisma/schema.prisma", "--script"));

        _ = await RunAsync("migrate", "dev", "--name", "init", "--url", database.Url);
        _ = await RunAsync("db", "push", "--url", pushed.Url);
        foreach (var made in (TemporaryDatabase[])[database, pushed])
        {
            await made.ExecuteAsync("INSERT INTO \"Car\" (\"id\") VALUES (1)");
            Assert.Equal(["[]|true|\"new\"|{}"], await made.RowsAsync("SELECT \"seats\", \"sold\", \"label\", \"extras\" FROM \"Car\""));
            _ = await RunAsync("migrate", "diff", "--from-url", made.Url, "--to-schema", "prisma/schema.prisma", "--exit-code");
        }
    }

    private async Task<string> RunAsync(params string[] arguments) => (await InProcess.RunAsync(_folder.Root, arguments)).Expect(0).Output;
}
