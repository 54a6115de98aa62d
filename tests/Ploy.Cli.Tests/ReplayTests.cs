using Ploy.Testing;
using Xunit;

namespace Ploy.Cli.Tests;

/// <summary>Replays of the history and what spares them.</summary>
public sealed class ReplayTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Dev_goes_on_without_a_shadow_database_where_it_has_replayed_before()
    {
        await using var database = await TemporaryDatabase.PostgresAsync();
        await database.ExecuteAsync($"CREATE ROLE {database.Name}_owner LOGIN CREATEDB; ALTER DATABASE {database.Name} OWNER TO {database.Name}_owner; ALTER SCHEMA public OWNER TO {database.Name}_owner");
        var url = database.Server.Url(database.Name).Replace("postgres@", $"{database.Name}_owner@", StringComparison.Ordinal);
        Schema("  a Int\n  b String @default(dbgenerated(\"upper('x')\"))\n");
        (await DevAsync(url)).Expect(0);
        await database.ExecuteAsync($"ALTER ROLE {database.Name}_owner NOCREATEDB");

        // Each run remembers what its own migration leads to, so that not even the first one after the right is gone needs a replay.
        Schema("  a BigInt\n  b String @default(dbgenerated(\"upper('x')\"))\n");
        var second = (await DevAsync(url, "--name", "wider")).Expect(0);
        Assert.Contains("_wider/", second.Output, StringComparison.Ordinal);
        Assert.Contains("there was nothing to do", (await DevAsync(url)).Expect(0).Output, StringComparison.Ordinal);
        Assert.DoesNotContain("not checked", (await InProcess.RunAsync(_folder.Root, "migrate", "status", "--url", url)).Expect(0).Output, StringComparison.Ordinal);

        // Drift is seen against the cache too.
        await database.ExecuteAsync("ALTER TABLE \"T\" ADD COLUMN drifted integer");
        Assert.Contains("error[PLOY2204]", (await DevAsync(url)).Error, StringComparison.Ordinal);
        (await InProcess.RunAsync(_folder.Root, "migrate", "status", "--url", url)).Expect(1);
        await database.ExecuteAsync("ALTER TABLE \"T\" DROP COLUMN drifted");

        // Without the cache, a server of our own takes the place of the database that may not be made.
        Directory.Delete(_folder.PathOf(".ploy"), recursive: true);
        var alone = await DevAsync(url);
        Assert.Contains("there was nothing to do", alone.Expect(0).Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("postgresql")]
    [InlineData("sqlite")]
    public async Task Runs_that_share_a_folder_agree(string provider)
    {
        await using var database = await TemporaryDatabase.CreateAsync(provider);
        Schema("  a Int\n", provider);
        (await DevAsync(database.Url)).Expect(0);
        for (var round = 0; round < 2; round++)
        {
            foreach (var entry in _folder.Files().Where(f => f.StartsWith(".ploy/replays/", StringComparison.Ordinal))) File.Delete(_folder.PathOf(entry));
            var runs = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => DevAsync(database.Url)));
            Assert.All(runs, run => Assert.Contains("there was nothing to do", run.Expect(0).Output, StringComparison.Ordinal));
            Assert.Single(_folder.Files(), f => f.StartsWith(".ploy/replays/", StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("postgresql")]
    [InlineData("sqlite")]
    public async Task Migrations_that_refer_to_tables_of_others_are_replayed_behind_the_configurations_script(string provider)
    {
        await using var database = await TemporaryDatabase.CreateAsync(provider);
        await database.ExecuteAsync("CREATE TABLE legacy (id INTEGER PRIMARY KEY, extra TEXT)");
        const string Model = "\nmodel legacy {\n  id Int @id\n  ts T[]\n}\n";
        void Write(string fields) =>
            _folder.Write("schema.prisma", $"datasource db {{\n  provider = \"{provider}\"\n}}\n{Model}\nmodel T {{\n  id Int @id\n  legacyId Int\n  legacy legacy @relation(fields: [legacyId], references: [id])\n{fields}}}\n");
        Write("");
        void Config(string script) => _folder.Write(
            "prisma.config.ts",
            $"export default {{ schema: 'schema.prisma', tables: {{ external: ['legacy'] }}, migrations: {{ path: 'migrations', initShadowDb: `{script}` }}, datasource: {{ url: '{database.Url}' }} }}");
        Config("CREATE TABLE legacy (id INTEGER PRIMARY KEY)");
        (await DevAsync(database.Url, "--accept-data-loss")).Expect(0);
        Write("  more Int?\n");
        Assert.Contains("_more/", (await DevAsync(database.Url, "--name", "more")).Expect(0).Output, StringComparison.Ordinal);
        Assert.Contains("there was nothing to do", (await DevAsync(database.Url)).Expect(0).Output, StringComparison.Ordinal);
        Assert.DoesNotContain(_folder.Files(), f => f.EndsWith("migration.sql", StringComparison.Ordinal) && File.ReadAllText(_folder.PathOf(f)).Contains("TABLE \"legacy\"", StringComparison.Ordinal));

        // Another script leads elsewhere: what was learnt behind the first one counts no longer.
        Config("CREATE TABLE legacy (");
        var broken = (await InProcess.RunAsync(_folder.Root, "migrate", "diff", "--from-migrations", "migrations", "--to-schema", "schema.prisma", "--exit-code")).Expect(1);
        Assert.Contains("`initShadowDb` of the configuration does not run on the shadow database.", broken.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_diff_knows_from_the_cache_what_migrations_lead_to()
    {
        await using var database = await TemporaryDatabase.PostgresAsync();
        _folder.Write("prisma.config.ts", $"export default {{ schema: 'schema.prisma', migrations: {{ path: 'migrations' }}, datasource: {{ url: '{database.Url}' }} }}");
        Schema("  a Int\n");
        (await DevAsync(database.Url, "--name", "first")).Expect(0);
        var (short_, first) = await ScriptAsync();
        Assert.Contains("\"a\" INTEGER", short_, StringComparison.Ordinal);
        Schema("  a Int\n  b Int?\n  c DateTime @default(now())\n");
        (await DevAsync(database.Url, "--name", "second")).Expect(0);
        var (long_, second) = await ScriptAsync();
        Assert.Contains("\"b\" INTEGER", long_, StringComparison.Ordinal);
        Assert.Equal((long_, 0), ((await ScriptAsync()).Script, (await ScriptAsync()).Entries.Count));

        // Against the schema the database's way to print it is known too.
        for (var run = 0; run < 2; run++)
            (await InProcess.RunAsync(_folder.Root, "migrate", "diff", "--from-migrations", "migrations", "--to-schema", "schema.prisma", "--exit-code")).Expect(0);

        // What tells that nothing is replayed: with the entry of the shorter chain in its place, the longer one leads where the shorter one does.
        File.Copy(_folder.PathOf(Assert.Single(first)), _folder.PathOf(Assert.Single(second)), overwrite: true);
        Assert.Equal(short_, (await ScriptAsync()).Script);
        File.AppendAllText(_folder.PathOf(second[0]), "damaged");
        Assert.Equal(long_, (await ScriptAsync()).Script);
    }

    // The script from nothing to the migrations, and the entries of the cache that are new.
    private async Task<(string Script, List<string> Entries)> ScriptAsync()
    {
        List<string> before = [.. Entries()];
        var run = (await InProcess.RunAsync(_folder.Root, "migrate", "diff", "--from-empty", "--to-migrations", "migrations", "--script")).Expect(0);
        return (run.Output, [.. Entries().Except(before)]);

        IEnumerable<string> Entries() => _folder.Files().Where(f => f.StartsWith(".ploy/replays/", StringComparison.Ordinal));
    }

    private void Schema(string fields, string provider = "postgresql") =>
        _folder.Write("schema.prisma", $"datasource db {{\n  provider = \"{provider}\"\n}}\n\nmodel T {{\n  id Int @id\n{fields}}}\n");

    private Task<ProcessResult> DevAsync(string url, params string[] options) => InProcess.RunAsync(_folder.Root, ["migrate", "dev", "--url", url, .. options]);
}
