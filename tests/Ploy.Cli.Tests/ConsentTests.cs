using System.Text.RegularExpressions;
using Ploy.Design.Commands;
using Ploy.Design.Configuration;
using Ploy.Migrations.Engine;
using Ploy.Postgres;
using Ploy.Sqlite;
using Ploy.Testing;
using Xunit;

namespace Ploy.Cli.Tests;

/// <summary>Nothing with rows in it is lost without a consent, and a developer's own database never meets one.</summary>
public sealed class ConsentTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("postgresql")]
    [InlineData("sqlite")]
    public async Task A_database_with_rows_is_reset_by_the_consent_that_the_refusal_shows_and_by_no_other(string provider)
    {
        await using var database = await DeployAsync(provider);
        await database.ExecuteAsync("INSERT INTO \"A\" (id, name) VALUES (1, 'x')");

        var refused = (await RunAsync(database, "migrate", "reset", "--force")).Expect(1);
        Assert.Contains("error[PLOY2220]", refused.Error, StringComparison.Ordinal);
        Assert.Contains("rows: " + (provider == "sqlite" ? "\"A\"" : "public.\"A\""), refused.Error, StringComparison.Ordinal);
        Assert.Contains("error[PLOY2221]", (await RunAsync(database, "migrate", "reset", "--consent", $"{database.Name}@000000000000")).Expect(1).Error, StringComparison.Ordinal);
        await database.ExecuteAsync("INSERT INTO \"B\" (id) VALUES (1)");
        Assert.Contains("error[PLOY2221]", (await RunAsync(database, "migrate", "reset", "--consent", ConsentIn(refused))).Expect(1).Error, StringComparison.Ordinal);
        Assert.Equal(["1|x"], await database.RowsAsync("SELECT * FROM \"A\""));

        var again = (await RunAsync(database, "migrate", "reset", "--force")).Expect(1);
        (await RunAsync(database, "migrate", "reset", "--consent", ConsentIn(again))).Expect(0);
        Assert.Equal([], await database.RowsAsync("SELECT * FROM \"A\""));
    }

    [Theory]
    [InlineData("postgresql")]
    [InlineData("sqlite")]
    public async Task Where_no_table_holds_a_row_nothing_is_asked(string provider)
    {
        await using var database = await DeployAsync(provider);
        (await RunAsync(database, "migrate", "reset")).Expect(0);
        Assert.Equal(["20260101000000_init"], await database.RowsAsync("SELECT migration_name FROM _prisma_migrations"));
    }

    [Theory]
    [InlineData("postgresql")]
    [InlineData("sqlite")]
    public async Task A_mark_decides_and_stays_through_a_reset(string provider)
    {
        await using var database = await DeployAsync(provider);
        Assert.Contains("is not marked", (await RunAsync(database, "db", "mark")).Expect(0).Output, StringComparison.Ordinal);
        Assert.Contains("is marked as disposable", (await RunAsync(database, "db", "mark", "--disposable")).Expect(0).Output, StringComparison.Ordinal);
        await database.ExecuteAsync("INSERT INTO \"A\" (id, name) VALUES (1, 'x')");
        Assert.Contains("error[PLOY2201]", (await RunAsync(database, "migrate", "reset")).Expect(1).Error, StringComparison.Ordinal);
        (await RunAsync(database, "migrate", "reset", "--force")).Expect(0);
        await database.ExecuteAsync("INSERT INTO \"A\" (id, name) VALUES (1, 'x')");
        (await RunAsync(database, "migrate", "reset", "--force")).Expect(0);

        (await RunAsync(database, "db", "mark", "--protected")).Expect(0);
        Assert.Contains("error[PLOY2220]", (await RunAsync(database, "migrate", "reset", "--force")).Expect(1).Error, StringComparison.Ordinal);
        Assert.Contains("error[PLOY2220]", (await RunAsync(database, "db", "mark", "--disposable")).Expect(1).Error, StringComparison.Ordinal);
        Assert.Equal("""{"type":"result","database":"D","mark":"protected"}""", Regex.Replace((await RunAsync(database, "db", "mark", "--json")).Expect(0).Output.Trim(), "\"database\":\"[^\"]*\"", "\"database\":\"D\""));
    }

    [Theory]
    [InlineData("postgresql")]
    [InlineData("sqlite")]
    public async Task A_database_that_dev_made_is_reset_and_loses_columns_without_a_consent(string provider)
    {
        await using var database = await TemporaryDatabase.CreateAsync(provider);
        if (database is TemporaryPostgresDatabase postgres) await postgres.Server.ExecuteAsync("postgres", $"DROP DATABASE \"{database.Name}\"");
        WriteSchema(provider, "  name String?\n");
        (await RunAsync(database, "migrate", "dev", "--name", "init")).Expect(0);
        await database.ExecuteAsync("INSERT INTO \"A\" (id, name) VALUES (1, 'x')");
        WriteSchema(provider, "");
        Assert.Contains("error[PLOY2206]", (await RunAsync(database, "migrate", "dev", "--name", "drop")).Expect(1).Error, StringComparison.Ordinal);
        (await RunAsync(database, "migrate", "dev", "--name", "drop", "--accept-data-loss")).Expect(0);
        Assert.Equal(["1"], await database.RowsAsync("SELECT * FROM \"A\""));
        (await RunAsync(database, "migrate", "reset", "--force")).Expect(0);
    }

    [Theory]
    [InlineData("postgresql")]
    [InlineData("sqlite")]
    public async Task Accepting_data_loss_is_no_consent_for_a_database_that_dev_did_not_make(string provider)
    {
        await using var database = await DeployAsync(provider);
        await database.ExecuteAsync("INSERT INTO \"A\" (id, name) VALUES (1, 'x')");
        WriteSchema(provider, "");
        var files = Migrations();
        var refused = (await RunAsync(database, "migrate", "dev", "--name", "drop", "--accept-data-loss")).Expect(1);
        Assert.Contains("error[PLOY2220]", refused.Error, StringComparison.Ordinal);
        Assert.Equal(files, Migrations());
        (await RunAsync(database, "migrate", "dev", "--name", "drop", "--consent", ConsentIn(refused))).Expect(0);
        Assert.Equal(["1"], await database.RowsAsync("SELECT * FROM \"A\""));
    }

    [Theory]
    [InlineData("postgresql")]
    [InlineData("sqlite")]
    public async Task A_persons_yes_marks_a_database_on_this_machine_once_and_a_no_changes_nothing(string provider)
    {
        await using var database = await DeployAsync(provider);
        await database.ExecuteAsync("INSERT INTO \"A\" (id, name) VALUES (1, 'x')");
        var prompt = new Answers(false, true, true);
        var no = await Assert.ThrowsAsync<Core.Diagnostics.PloyException>(() => ResetAsync(database, prompt));
        Assert.Equal(("PLOY2202", 130), (no.Code, no.ExitCode));
        Assert.Equal(["1|x"], await database.RowsAsync("SELECT * FROM \"A\""));
        await ResetAsync(database, prompt);
        await database.ExecuteAsync("INSERT INTO \"A\" (id, name) VALUES (1, 'x')");
        await ResetAsync(database, prompt);
        Assert.Equal([true, true, false], prompt.Asked.Select(q => q.Contains("marks", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_dump_of_a_disposable_database_restored_elsewhere_is_not_disposable()
    {
        await using var database = await DeployAsync("postgresql");
        (await RunAsync(database, "db", "mark", "--disposable")).Expect(0);
        await using var copy = await TemporaryDatabase.PostgresAsync(database.Name);
        Assert.Equal(["1"], await copy.RowsAsync("SELECT count(*) FROM _ploy.notes"));
        Assert.Contains("is not marked", (await RunAsync(copy, "db", "mark")).Expect(0).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_role_that_may_not_write_the_mark_is_told_so()
    {
        await using var database = (TemporaryPostgresDatabase)await DeployAsync("postgresql");
        await database.Server.CreatePasswordRoleAsync("marker_" + database.Name, "secret");
        var url = database.Server.Url(database.Name, "marker_" + database.Name, "secret");
        var refused = (await InProcess.RunAsync(_folder.Root, "db", "mark", "--protected", "--url", url)).Expect(1);
        Assert.Contains("error[PLOY2227]", refused.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", refused.Output + refused.Error, StringComparison.Ordinal);
        Assert.Equal(["0"], await database.RowsAsync("SELECT count(*) FROM pg_namespace WHERE nspname = '_ploy'"));
    }

    [Theory]
    [InlineData("postgresql")]
    [InlineData("sqlite")]
    public async Task At_a_terminal_drift_is_shown_with_a_choice_and_leaving_it_changes_nothing(string provider)
    {
        await using var database = await DeployAsync(provider);
        await database.ExecuteAsync("CREATE TABLE \"Strange\" (id INTEGER NOT NULL PRIMARY KEY)");
        var prompt = new Answers() { Choice = 0 };
        Assert.Equal("PLOY2204", (await Assert.ThrowsAsync<Core.Diagnostics.PloyException>(() => DevAsync(database, prompt))).Code);
        Assert.Contains("- Strange", Assert.Single(prompt.Asked), StringComparison.Ordinal);
        Assert.Equal(["0"], await database.RowsAsync("SELECT count(*) FROM \"Strange\""));
        prompt.Choice = 2;
        var report = await DevAsync(database, prompt);
        Assert.True(report.IsSettled);
        Assert.Equal(["A", "B", "_prisma_migrations"], await database.RowsAsync(
            provider == "sqlite" ? "SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> 'sqlite_sequence' ORDER BY 1" : "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename COLLATE \"C\""));
    }

    [Fact]
    public async Task Whoever_leaves_at_the_name_of_the_first_migration_leaves_no_database()
    {
        _folder.Write("schema.prisma", "datasource db {\n  provider = \"sqlite\"\n}\nmodel A {\n  id Int @id\n}\n");
        var workspace = Load("file:./new.db");
        await Assert.ThrowsAsync<OperationCanceledException>(() => new DevCommand(workspace, Services(workspace), new Leaves()).RunAsync(new DevInput(), CancellationToken.None).AsTask());
        Assert.Equal(["schema.prisma"], _folder.Files());
        var report = await new DevCommand(workspace, Services(workspace), new Answers()).RunAsync(new DevInput(), CancellationToken.None);
        Assert.True(report is { CreatedDatabase: true, IsApplied: true });
    }

    [Fact]
    public async Task The_mark_of_a_SQLite_file_that_is_gone_is_gone_too()
    {
        await using var database = (TemporarySqliteDatabase)await DeployAsync("sqlite");
        (await RunAsync(database, "db", "mark", "--disposable")).Expect(0);
        Assert.True(File.Exists(database.FilePath + ".ploy"));
        File.Delete(database.FilePath);
        (await RunAsync(database, "migrate", "deploy")).Expect(0);
        Assert.Contains("is not marked", (await RunAsync(database, "db", "mark")).Expect(0).Output, StringComparison.Ordinal);
    }

    private List<string> Migrations() => [.. _folder.Files().Where(f => f.StartsWith("migrations/", StringComparison.Ordinal))];

    private static string ConsentIn(ProcessResult refused) => Regex.Match(refused.Error, "= consent: (.+)").Groups[1].Value.Trim();

    private Task<ProcessResult> RunAsync(TemporaryDatabase database, params string[] arguments) => InProcess.RunAsync(_folder.Root, [.. arguments, "--url", database.Url]);

    private void WriteSchema(string provider, string field) =>
        _folder.Write("schema.prisma", $"datasource db {{\n  provider = \"{provider}\"\n}}\n\nmodel A {{\n  id Int @id\n{field}}}\n\nmodel B {{\n  id Int @id\n}}\n");

    private async Task<TemporaryDatabase> DeployAsync(string provider)
    {
        WriteSchema(provider, "  name String?\n");
        var key = provider == "sqlite" ? "INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT" : "INTEGER NOT NULL PRIMARY KEY";
        _folder.Write("migrations/20260101000000_init/migration.sql", $"CREATE TABLE \"A\" (\"id\" {key}, \"name\" TEXT);\nCREATE TABLE \"B\" (\"id\" {key});\n");
        var database = await TemporaryDatabase.CreateAsync(provider);
        (await RunAsync(database, "migrate", "deploy")).Expect(0);
        return database;
    }

    private async Task ResetAsync(TemporaryDatabase database, IPrompt prompt)
    {
        var workspace = Load(database);
        await new ResetCommand(workspace, Services(workspace), prompt).RunAsync(new Given(false, null), TimeSpan.Zero, CancellationToken.None);
    }

    private async Task<DevReport> DevAsync(TemporaryDatabase database, IPrompt prompt)
    {
        var workspace = Load(database);
        return await new DevCommand(workspace, Services(workspace), prompt).RunAsync(new DevInput(), CancellationToken.None);
    }

    private Workspace Load(TemporaryDatabase database) => Load(database.Url);

    private Workspace Load(string url) => Workspace.Load(
        Project.Load(new ProjectOptions { WorkingDirectory = _folder.Root, Environment = _ => null, Url = url }), new DialectSet(PostgresDialect.Instance, SqliteDialect.Instance));

    private static MigrationServices Services(Workspace workspace) => new() { Dialect = workspace.Dialect, NewId = Guid.NewGuid };

    private sealed class Leaves : IPrompt
    {
        public bool CanPrompt => true;

        public bool Confirm(string question) => throw new OperationCanceledException();

        public string Ask(string question, string proposal) => throw new OperationCanceledException();

        public string Choose(string question, IReadOnlyList<string> choices) => throw new OperationCanceledException();
    }

    private sealed class Answers(params bool[] answers) : IPrompt
    {
        private readonly Queue<bool> _answers = new(answers);

        public List<string> Asked { get; } = [];

        public bool CanPrompt => true;

        public bool Confirm(string question)
        {
            Asked.Add(question);
            return _answers.Dequeue();
        }

        public string Ask(string question, string proposal) => proposal;

        public int Choice { get; set; }

        public string Choose(string question, IReadOnlyList<string> choices)
        {
            Asked.Add(question);
            return choices[Choice];
        }
    }
}
