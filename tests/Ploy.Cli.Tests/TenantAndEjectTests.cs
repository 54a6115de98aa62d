using Ploy.Testing;
using Xunit;

namespace Ploy.Cli.Tests;

/// <summary>Several tenants' schemas in one database, and the way back to a project without Ploy.</summary>
public sealed class TenantAndEjectTests : IDisposable
{
    private const string Schema = "datasource db {\n  provider = \"postgresql\"\n}\n\nmodel A {\n  id   Int  @id\n  kind Kind @default(x)\n}\n\nenum Kind {\n  x\n  y\n}\n";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Each_tenant_of_a_database_has_its_own_objects_and_history()
    {
        await using var database = await TemporaryDatabase.PostgresAsync();
        _folder.Write("schema.prisma", Schema);
        (await RunAsync(database, "tenant_a", "migrate", "dev", "--name", "init")).Expect(0);
        (await RunAsync(database, "tenant_b", "migrate", "deploy")).Expect(0);
        _folder.Write("schema.prisma", Schema.Replace("  id   Int  @id\n", "  id   Int  @id\n  name String?\n", StringComparison.Ordinal));
        (await RunAsync(database, "tenant_a", "migrate", "dev", "--name", "name")).Expect(0);

        Assert.Equal(
            ["tenant_a|A", "tenant_a|_prisma_migrations", "tenant_b|A", "tenant_b|_prisma_migrations"],
            await database.RowsAsync("SELECT schemaname, tablename FROM pg_tables WHERE schemaname !~ '^(pg_|information_schema)' ORDER BY 1, tablename COLLATE \"C\""));
        Assert.Equal(["2|1"], await database.RowsAsync("SELECT (SELECT count(*) FROM tenant_a._prisma_migrations), (SELECT count(*) FROM tenant_b._prisma_migrations)"));
        (await RunAsync(database, "tenant_a", "migrate", "status", "--drift")).Expect(0);
        Assert.Contains("_name", (await RunAsync(database, "tenant_b", "migrate", "status", "--drift")).Expect(1).Output, StringComparison.Ordinal);

        // What one does to its own is nothing to the other.
        await database.ExecuteAsync("INSERT INTO tenant_a.\"A\" (id) VALUES (1); INSERT INTO tenant_b.\"A\" (id) VALUES (1); CREATE TABLE tenant_b.strange (id int PRIMARY KEY)");
        (await RunAsync(database, "tenant_a", "migrate", "dev")).Expect(0);
        Assert.Contains("error[PLOY2204]", (await RunAsync(database, "tenant_b", "migrate", "dev")).Expect(130).Error, StringComparison.Ordinal);
        await database.ExecuteAsync("ALTER TABLE tenant_a.\"A\" ADD COLUMN k tenant_a.\"Kind\"");
        (await RunAsync(database, "tenant_a", "migrate", "dev", "--take-drift", "--name", "taken")).Expect(0);
        Assert.Equal("-- AlterTable\nALTER TABLE \"A\" ADD COLUMN     \"k\" \"Kind\";\n", _folder.Read(_folder.Files().Single(f => f.EndsWith("_taken/migration.sql", StringComparison.Ordinal))));
        var refused = (await RunAsync(database, "tenant_b", "migrate", "reset", "--force")).Expect(1);
        Assert.Contains("rows: tenant_b.\"A\"", refused.Error, StringComparison.Ordinal);
        var consent = System.Text.RegularExpressions.Regex.Match(refused.Error, "= consent: (.+)").Groups[1].Value.Trim();
        Assert.Contains("error[PLOY2221]", (await RunAsync(database, "tenant_a", "migrate", "reset", "--consent", consent)).Expect(1).Error, StringComparison.Ordinal);
        (await RunAsync(database, "tenant_b", "migrate", "reset", "--consent", consent)).Expect(0);
        Assert.Equal(["1|0"], await database.RowsAsync("SELECT (SELECT count(*) FROM tenant_a.\"A\"), (SELECT count(*) FROM tenant_b.\"A\")"));
        (await RunAsync(database, "tenant_b", "migrate", "status", "--drift")).Expect(0);
    }

    [Theory]
    [InlineData("postgresql")]
    [InlineData("sqlite")]
    public async Task Ejecting_leaves_schema_migrations_history_and_rows_and_nothing_else(string provider)
    {
        await using var database = await TemporaryDatabase.CreateAsync(provider);
        _folder.Write("prisma/schema.prisma", $"datasource db {{\n  provider = \"{provider}\"\n}}\n\nmodel A {{\n  id Int @id\n}}\n");
        _folder.Write("ploy.toml", "[schema]\npath = \"prisma/schema.prisma\"\n");
        (await InProcess.RunAsync(_folder.Root, "migrate", "dev", "--name", "init", "--url", database.Url)).Expect(0);
        (await InProcess.RunAsync(_folder.Root, "db", "mark", "--disposable", "--url", database.Url)).Expect(0);
        await database.ExecuteAsync("INSERT INTO \"A\" VALUES (7)");
        var history = await database.RowsAsync("SELECT * FROM _prisma_migrations");
        Assert.Contains("error[PLOY2226]", (await InProcess.RunAsync(_folder.Root, "eject", "--url", database.Url)).Expect(1).Error, StringComparison.Ordinal);
        Assert.Contains("ploy.toml", _folder.Files());

        (await InProcess.RunAsync(_folder.Root, "eject", "--force", "--url", database.Url)).Expect(0);

        Assert.All(_folder.Files(), f => Assert.StartsWith("prisma/", f, StringComparison.Ordinal));
        Assert.Equal(history, await database.RowsAsync("SELECT * FROM _prisma_migrations"));
        Assert.Equal(["7"], await database.RowsAsync("SELECT * FROM \"A\""));
        if (provider == "postgresql") Assert.Equal(["0"], await database.RowsAsync("SELECT count(*) FROM pg_namespace WHERE nspname = '_ploy'"));
        else Assert.False(File.Exists(((TemporarySqliteDatabase)database).FilePath + ".ploy"));
        Assert.Contains("nothing of Ploy's", (await InProcess.RunAsync(_folder.Root, "eject", "--force", "--url", database.Url)).Expect(0).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_half_applied_migration_keeps_its_ledger()
    {
        await using var database = await TemporaryDatabase.PostgresAsync();
        _folder.Write("schema.prisma", "datasource db {\n  provider = \"postgresql\"\n}\n");
        _folder.Write("migrations/20260101000000_a/migration.sql", "CREATE TABLE a (id int PRIMARY KEY);\nCREATE INDEX CONCURRENTLY x ON a (missing);\n");
        (await InProcess.RunAsync(_folder.Root, "migrate", "deploy", "--url", database.Url)).Expect(1);
        var status = (await InProcess.RunAsync(_folder.Root, "migrate", "status", "--url", database.Url)).Expect(1);
        Assert.Contains("Half-applied, and able to go on:\n  20260101000000_a", status.Output, StringComparison.Ordinal);
        Assert.Contains("1 of its statements has run", status.Output, StringComparison.Ordinal);
        var doctor = (await InProcess.RunAsync(_folder.Root, "migrate", "doctor", "--url", database.Url)).Expect(1);
        Assert.Contains("20260101000000_a: half-applied\n", doctor.Output, StringComparison.Ordinal);
        Assert.Contains("column \"missing\" does not exist", doctor.Output, StringComparison.Ordinal);
        Assert.Contains("[-] Removed tables\n      - a", doctor.Output, StringComparison.Ordinal);
        Assert.Contains("`ploy migrate deploy`: it goes on", doctor.Output, StringComparison.Ordinal);
        Assert.Contains("error[PLOY2225]", (await InProcess.RunAsync(_folder.Root, "eject", "--force", "--url", database.Url)).Expect(1).Error, StringComparison.Ordinal);
        Assert.Equal(["1"], await database.RowsAsync("SELECT count(*) FROM pg_namespace WHERE nspname = '_ploy'"));
    }

    private Task<ProcessResult> RunAsync(TemporaryDatabase database, string tenant, params string[] arguments) =>
        InProcess.RunAsync(_folder.Root, [.. arguments, "--url", $"{database.Url}?schema={tenant}"]);
}
