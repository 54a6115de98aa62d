using Ploy.Testing;
using Xunit;

namespace Ploy.Cli.Tests;

/// <summary>What <c>migrate doctor</c> and <c>migrate resolve</c> make of a database with objects that directives made.</summary>
public sealed class DoctorTests : IDisposable
{
    private const string Name = "20990101000000_x";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("postgresql")]
    [InlineData("sqlite")]
    public async Task What_directives_made_is_no_difference_between_two_states(string provider)
    {
        await using var database = await BeginAsync(provider, "ALTER TABLE a ADD COLUMN x integer;\n");

        Assert.Contains("The database is in the state before it: it has nothing of it.", (await RunAsync(database, "doctor")).Output, StringComparison.Ordinal);
        await database.ExecuteAsync("ALTER TABLE a ADD COLUMN x integer");
        Assert.Contains("The database is in the state after it.", (await RunAsync(database, "doctor", "--fix")).Output, StringComparison.Ordinal);

        Assert.Contains("error[P3012]", (await RunAsync(database, "resolve", "--rolled-back", Name)).Expect(1).Error, StringComparison.Ordinal);
        await database.ExecuteAsync("ALTER TABLE a DROP COLUMN x");
        (await RunAsync(database, "resolve", "--rolled-back", Name)).Expect(0);
    }

    [Fact]
    public async Task Half_of_what_a_migration_would_make_its_own_is_seen()
    {
        await using var database = await BeginAsync(
            "postgresql",
            "-- ploy:manages check \"a\".\"a_one\"\nALTER TABLE a ADD CONSTRAINT a_one CHECK (n < 9);\n-- ploy:manages check \"a\".\"a_two\"\nALTER TABLE a ADD CONSTRAINT a_two CHECK (n < 99);\n");
        await database.ExecuteAsync("ALTER TABLE a ADD CONSTRAINT a_one CHECK (n < 9)");

        var half = (await RunAsync(database, "doctor")).Output;
        Assert.Contains("The database is in neither state.", half, StringComparison.Ordinal);
        await database.ExecuteAsync("ALTER TABLE a ADD CONSTRAINT a_two CHECK (n < 99)");
        Assert.Contains("The database is in the state after it.", (await RunAsync(database, "doctor")).Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("postgresql")]
    [InlineData("sqlite")]
    public async Task Where_the_state_before_cannot_be_made_the_rest_is_told_all_the_same(string provider)
    {
        await using var database = await BeginAsync(provider, "CREATE TABLE half (id integer);\n");
        _folder.Write("migrations/20980101000000_broken/migration.sql", "INSERT INTO nowhere VALUES (1);\n");
        await database.ExecuteAsync("INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at) VALUES ('2', 'x', '20980101000000_broken', CURRENT_TIMESTAMP)");

        var told = (await RunAsync(database, "doctor", "--fix")).Expect(1).Output;

        Assert.Contains($"{Name}: the database does not tell\n  It began at ", told, StringComparison.Ordinal);
        Assert.Contains("The state before it cannot be made: The migration `20980101000000_broken` does not run", told, StringComparison.Ordinal);
        Assert.EndsWith($"run `ploy migrate resolve --rolled-back {Name}`, where it is all, `--applied {Name}`.\n", told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_baseline_is_recorded_whole_and_at_once()
    {
        await using var database = await TemporaryDatabase.PostgresAsync();
        _folder.Write("schema.prisma", "datasource db {\n  provider = \"postgresql\"\n}\n");
        for (var i = 1; i < 5; i++) _folder.Write($"migrations/2020010{i}000000_m/migration.sql", $"CREATE TABLE m{i} (id integer PRIMARY KEY);\n");
        _folder.Write("migrations/20200105000000_m/migration.sql", "SELECT nonsense;\n");
        await database.ExecuteAsync("CREATE TABLE m1 (id integer PRIMARY KEY); CREATE TABLE m2 (id integer PRIMARY KEY); CREATE TABLE m3 (id integer PRIMARY KEY)");

        // That a later one does not run has nothing to do with what the database holds.
        Assert.Contains("They are now recorded as applied.", (await RunAsync(database, "doctor", "--fix")).Expect(0).Output, StringComparison.Ordinal);

        Assert.Equal(["3|1"], await database.RowsAsync("SELECT count(*), count(DISTINCT xmin::text) FROM _prisma_migrations WHERE finished_at IS NOT NULL"));
        Assert.Equal(
            ["20200101000000_m", "20200102000000_m", "20200103000000_m"], await database.RowsAsync("SELECT migration_name FROM _prisma_migrations ORDER BY started_at"));
    }

    // A database with a check of a directive's, and an attempt at another migration that was not brought to an end.
    private async Task<TemporaryDatabase> BeginAsync(string provider, string script)
    {
        var database = await TemporaryDatabase.CreateAsync(provider);
        _folder.Write("schema.prisma", $"datasource db {{\n  provider = \"{provider}\"\n}}\n\n/// @ploy.check(\"a_n\", \"n > 0\")\nmodel a {{\n  id Int @id\n  n  Int\n}}\n");
        (await RunAsync(database, "dev", "--name", "init")).Expect(0);
        _folder.Write($"migrations/{Name}/migration.sql", script);
        await database.ExecuteAsync($"INSERT INTO _prisma_migrations (id, checksum, migration_name) VALUES ('1', 'x', '{Name}')");
        return database;
    }

    private Task<ProcessResult> RunAsync(TemporaryDatabase database, string verb, params string[] options) => InProcess.RunAsync(_folder.Root, ["migrate", verb, "--url", database.Url, .. options]);
}
