using Ploy.Testing;
using Xunit;

namespace Ploy.Cli.Tests;

/// <summary><c>init --from-database</c>: a database that another tool looked after becomes a project.</summary>
public sealed class AdoptTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("postgresql", "__EFMigrationsHistory")]
    [InlineData("postgresql", "flyway_schema_history")]
    [InlineData("sqlite", "__EFMigrationsHistory")]
    [InlineData("sqlite", "__EFMigrationsLock")]
    public async Task A_database_of_another_tool_is_taken_over_with_its_history_left_alone(string provider, string history)
    {
        await using var database = await TemporaryDatabase.CreateAsync(provider);
        await database.ExecuteAsync(
            $"CREATE TABLE users (id integer PRIMARY KEY, mail text NOT NULL UNIQUE); CREATE TABLE posts (id integer PRIMARY KEY, writer integer NOT NULL REFERENCES users (id)); CREATE TABLE \"{history}\" (id text PRIMARY KEY); INSERT INTO \"{history}\" VALUES ('1');");
        var output = (await InProcess.RunAsync(_folder.Root, "init", "--from-database", database.Url)).Expect(0).Output;
        Assert.Contains($"Left to the tool that made them: {history}.", output, StringComparison.Ordinal);
        Assert.Contains("is recorded as applied", output, StringComparison.Ordinal);
        Assert.DoesNotContain(history, _folder.Read("prisma/schema/base.prisma"), StringComparison.Ordinal);
        Assert.Contains("model users", _folder.Read("prisma/schema/base.prisma"), StringComparison.Ordinal);
        Assert.All(_folder.Files(), f => Assert.DoesNotContain(database.Url, _folder.Read(f), StringComparison.Ordinal));

        Assert.Contains("in sync with the schema already", (await InProcess.RunAsync(_folder.Root, "migrate", "dev", "--url", database.Url)).Expect(0).Output, StringComparison.Ordinal);
        Assert.Contains("Nothing is pending.", (await InProcess.RunAsync(_folder.Root, "migrate", "deploy", "--url", database.Url)).Expect(0).Output, StringComparison.Ordinal);
        Assert.Equal(["1"], await database.RowsAsync($"SELECT * FROM \"{history}\""));
    }

    [Fact]
    public async Task A_database_that_has_a_history_already_gets_no_migration_of_ours_and_the_user_is_told()
    {
        await using var database = await TemporaryDatabase.CreateAsync("sqlite");
        await database.ExecuteAsync("CREATE TABLE users (id integer PRIMARY KEY)");
        (await InProcess.RunAsync(_folder.Root, "init", "--from-database", database.Url)).Expect(0);
        using var elsewhere = new TemporaryFolder();
        var output = (await InProcess.RunAsync(elsewhere.Root, "init", "--from-database", database.Url)).Expect(0).Output;
        Assert.Contains("has a history of migrations already, so that none was written: put their folders into prisma/migrations/.", output, StringComparison.Ordinal);
        Assert.DoesNotContain(elsewhere.Files(), f => f.EndsWith("migration.sql", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Nothing_is_left_of_a_beginning_that_fails()
    {
        await using var database = await TemporaryDatabase.CreateAsync("postgresql");
        Assert.Contains("error[P4001]", (await InProcess.RunAsync(_folder.Root, "init", "--from-database", database.Url)).Expect(1).Error, StringComparison.Ordinal);
        Assert.Equal([], _folder.Files());
    }
}
