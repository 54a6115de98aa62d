using System.Text.RegularExpressions;
using Ploy.Testing;
using Xunit;

namespace Ploy.Cli.Tests;

/// <summary><c>migrate deploy --backup</c> and <c>db restore</c>.</summary>
public sealed class BackupTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("postgresql")]
    [InlineData("sqlite")]
    public async Task A_backup_brings_back_what_was_there_and_nothing_else(string provider)
    {
        await using var database = await DeployFirstAsync(provider);
        await database.ExecuteAsync("INSERT INTO \"A\" VALUES (1, 'one'), (2, 'two')");
        var (dump, history) = (await database.DumpAsync(), await database.RowsAsync("SELECT * FROM _prisma_migrations"));
        Migration(2, "ALTER TABLE \"A\" DROP COLUMN name;\nCREATE TABLE \"Extra\" (id integer PRIMARY KEY, a integer REFERENCES \"A\" (id));\nINSERT INTO \"Extra\" VALUES (1, 1);\nCREATE VIEW v AS SELECT * FROM \"A\";\n");

        var deployed = await RunAsync(database, "migrate", "deploy", "--backup", "backups");
        if (IsTooNew(database, deployed)) return;
        var file = Assert.Single(_folder.Files(), f => f.StartsWith("backups/", StringComparison.Ordinal));
        Assert.Matches($"^backups/{Regex.Escape(Path.GetFileNameWithoutExtension(database.Name))}-[0-9]{{8}}T[0-9]{{6}}Z\\.{(provider == "sqlite" ? "db" : "dump")}$", file);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(_folder.Root, file)));
        Assert.Contains($"It comes back with `ploy db restore {file}`", deployed.Expect(0).Error, StringComparison.Ordinal);
        Assert.Contains("so that no backup was written", (await RunAsync(database, "migrate", "deploy", "--backup", "backups")).Expect(0).Output, StringComparison.Ordinal);
        Assert.Single(_folder.Files(), f => f.StartsWith("backups/", StringComparison.Ordinal));

        (await RunAsync(database, "db", "mark", "--protected")).Expect(0);
        var refused = (await RunAsync(database, "db", "restore", file, "--force")).Expect(1);
        Assert.Contains("error[PLOY2220]", refused.Error, StringComparison.Ordinal);
        Assert.Equal(["1|1"], await database.RowsAsync("SELECT * FROM \"Extra\""));
        var restored = await RunAsync(database, "db", "restore", file, "--consent", Regex.Match(refused.Error, "= consent: (.+)").Groups[1].Value.Trim());

        Assert.Contains("Of the migrations on disk 1 is applied and 1 pending.", restored.Expect(0).Output, StringComparison.Ordinal);
        Assert.Equal(["1|one", "2|two"], await database.RowsAsync("SELECT * FROM \"A\" ORDER BY 1"));
        Assert.Equal(history, await database.RowsAsync("SELECT * FROM _prisma_migrations"));
        Expect.Text(dump, await database.DumpAsync());
        Assert.Contains("marked as protected", (await RunAsync(database, "db", "mark")).Expect(0).Output, StringComparison.Ordinal);
        (await RunAsync(database, "migrate", "deploy")).Expect(0);
        Assert.Equal(["1|1"], await database.RowsAsync("SELECT * FROM \"Extra\""));
    }

    [Theory]
    [InlineData("postgresql")]
    [InlineData("sqlite")]
    public async Task A_file_that_was_cut_off_changes_nothing(string provider)
    {
        await using var database = await DeployFirstAsync(provider);
        await database.ExecuteAsync("INSERT INTO \"A\" VALUES (1, 'one')");
        Migration(2, "CREATE TABLE \"B\" (id integer PRIMARY KEY);\n");
        if (IsTooNew(database, await RunAsync(database, "migrate", "deploy", "--backup", "."))) return;
        var file = _folder.Files().Single(f => f.EndsWith("Z.db", StringComparison.Ordinal) || f.EndsWith(".dump", StringComparison.Ordinal));
        var whole = await File.ReadAllBytesAsync(Path.Combine(_folder.Root, file), TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(Path.Combine(_folder.Root, file), whole[..(whole.Length - (provider == "sqlite" ? 4096 : 200))], TestContext.Current.CancellationToken);

        var refused = await RunAsync(database, "db", "restore", file, "--force");
        Assert.Contains("error[PLOY2343]", refused.Expect(1).Error, StringComparison.Ordinal);
        _folder.Write("script.sql", "SELECT 1;\n");
        Assert.Contains("error[PLOY2343]", (await RunAsync(database, "db", "restore", "script.sql", "--force")).Expect(1).Error, StringComparison.Ordinal);
        Assert.Contains("error[PLOY2343]: There is no file `nowhere.db`", (await RunAsync(database, "db", "restore", "nowhere.db", "--force")).Expect(1).Error, StringComparison.Ordinal);
        Assert.Equal(["1|one"], await database.RowsAsync("SELECT * FROM \"A\""));
    }

    [Theory]
    [InlineData("postgresql")]
    [InlineData("sqlite")]
    public async Task Nothing_is_applied_where_the_backup_cannot_be_written(string provider)
    {
        await using var database = await DeployFirstAsync(provider);
        Migration(2, "CREATE TABLE \"B\" (id integer PRIMARY KEY);\n");
        _folder.Write("taken", "a file");
        var failed = await RunAsync(database, "migrate", "deploy", "--backup", "taken");
        if (IsTooNew(database, failed)) return;
        Assert.Contains("error[PLOY2342]", failed.Expect(1).Error, StringComparison.Ordinal);
        Assert.Equal(["1"], await database.RowsAsync("SELECT count(*) FROM _prisma_migrations"));
    }

    [Fact]
    public async Task A_restore_that_fails_half_way_leaves_everything_as_it_was()
    {
        await using var database = await DeployFirstAsync("postgresql");
        await database.ExecuteAsync($"INSERT INTO \"A\" VALUES (1, 'one'); CREATE ROLE \"{database.Name}_r\"; CREATE TABLE z (id int); ALTER TABLE z OWNER TO \"{database.Name}_r\"");
        Migration(2, "CREATE TABLE \"B\" (id integer PRIMARY KEY);\n");
        if (IsTooNew(database, await RunAsync(database, "migrate", "deploy", "--backup", "."))) return;
        await database.ExecuteAsync($"DROP TABLE z; DROP ROLE \"{database.Name}_r\"; INSERT INTO \"B\" VALUES (7)");
        (await RunAsync(database, "db", "mark", "--disposable", "--consent", await ConsentAsync(database, "db", "mark", "--disposable"))).Expect(0);

        var failed = await RunAsync(database, "db", "restore", _folder.Files().Single(f => f.EndsWith(".dump", StringComparison.Ordinal)), "--force");

        Assert.Contains("error[PLOY2344]", failed.Expect(1).Error, StringComparison.Ordinal);
        Assert.Contains($"role \"{database.Name}_r\" does not exist", failed.Error, StringComparison.Ordinal);
        Assert.Equal(["1|one"], await database.RowsAsync("SELECT * FROM \"A\""));
        Assert.Equal(["7"], await database.RowsAsync("SELECT * FROM \"B\""));
    }

    [Fact]
    public async Task A_tenant_comes_back_alone_and_not_where_others_refer_to_it()
    {
        await using var database = await TemporaryDatabase.PostgresAsync();
        Begin("postgresql");
        Migration(1, "CREATE TABLE \"A\" (id integer PRIMARY KEY, name text);\n");
        string Tenant(string name) => database.Url + "?schema=" + name;
        foreach (var tenant in (string[])["tenant_a", "tenant_b"]) (await InProcess.RunAsync(_folder.Root, "migrate", "deploy", "--url", Tenant(tenant))).Expect(0);
        await database.ExecuteAsync("INSERT INTO tenant_a.\"A\" VALUES (1, 'a'); INSERT INTO tenant_b.\"A\" VALUES (1, 'b'); GRANT USAGE ON SCHEMA tenant_a TO PUBLIC");
        Migration(2, "ALTER TABLE \"A\" DROP COLUMN name;\n");
        if (IsTooNew(database, await InProcess.RunAsync(_folder.Root, "migrate", "deploy", "--backup", ".", "--url", Tenant("tenant_a")))) return;
        (await InProcess.RunAsync(_folder.Root, "migrate", "deploy", "--url", Tenant("tenant_b"))).Expect(0);
        var file = _folder.Files().Single(f => f.EndsWith(".dump", StringComparison.Ordinal));
        Task<ProcessResult> RestoreAsync(params string[] options) => InProcess.RunAsync(_folder.Root, ["db", "restore", file, "--url", Tenant("tenant_a"), .. options]);
        var consent = Regex.Match((await RestoreAsync()).Expect(1).Error, "= consent: (.+)").Groups[1].Value.Trim();

        await database.ExecuteAsync("CREATE VIEW public.all_a AS SELECT id FROM tenant_a.\"A\"");
        Assert.Contains("error[PLOY2345]: The schema `tenant_a` cannot be brought back alone: `public.all_a` outside", (await RestoreAsync("--consent", consent)).Expect(1).Error, StringComparison.Ordinal);
        await database.ExecuteAsync("DROP VIEW public.all_a");
        (await RestoreAsync("--consent", consent)).Expect(0);

        Assert.Equal(["1|a"], await database.RowsAsync("SELECT * FROM tenant_a.\"A\""));
        Assert.Equal(["1|2"], await database.RowsAsync("SELECT (SELECT count(*) FROM tenant_a._prisma_migrations), (SELECT count(*) FROM tenant_b._prisma_migrations)"));
        Assert.Equal(["1"], await database.RowsAsync("SELECT * FROM tenant_b.\"A\""));
        Assert.Equal(["t"], await database.RowsAsync("SELECT has_schema_privilege('pg_monitor', 'tenant_a', 'USAGE')"));
    }

    private async Task<string> ConsentAsync(TemporaryDatabase database, params string[] arguments) =>
        Regex.Match((await RunAsync(database, arguments)).Expect(1).Error, "= consent: (.+)").Groups[1].Value.Trim();

    private async Task<TemporaryDatabase> DeployFirstAsync(string provider)
    {
        var database = await TemporaryDatabase.CreateAsync(provider);
        Begin(provider);
        Migration(1, "CREATE TABLE \"A\" (id integer PRIMARY KEY, name text);\n");
        (await RunAsync(database, "migrate", "deploy")).Expect(0);
        return database;
    }

    // Where the servers of the test are newer than the programs that are installed, all that can be seen is the refusal.
    private static bool IsTooNew(TemporaryDatabase database, ProcessResult result)
    {
        if (!result.Error.Contains("error[PLOY2341]", StringComparison.Ordinal)) return false;
        Assert.True(database is TemporaryPostgresDatabase { Server.Major: > 15 });
        return true;
    }

    private void Begin(string provider)
    {
        _folder.Write("schema.prisma", $"datasource db {{\n  provider = \"{provider}\"\n}}\n");
        _folder.Write("migrations/migration_lock.toml", $"provider = \"{provider}\"\n");
    }

    private void Migration(int number, string script) => _folder.Write($"migrations/2020010{number}000000_m/migration.sql", script);

    private Task<ProcessResult> RunAsync(TemporaryDatabase database, params string[] arguments) => InProcess.RunAsync(_folder.Root, [.. arguments, "--url", database.Url]);
}
