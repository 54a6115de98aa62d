using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Ploy.Testing;
using Xunit;

namespace Ploy.Cli.Tests;

/// <summary>What can go wrong between files, history and database, and each way on; on both products.</summary>
public abstract class LifeCycleTests : IAsyncLifetime
{
    private const string A = "20260101000000_a";
    private const string B = "20260102000000_b";

    private readonly TemporaryFolder _folder = new();
    private TemporaryDatabase _database = null!; // made before each test
    private int _rows;

    protected abstract string Provider { get; }

    private string Key => Provider == "sqlite" ? "INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT" : "INTEGER NOT NULL, CONSTRAINT \"{0}_pkey\" PRIMARY KEY (\"id\")";

    public async ValueTask InitializeAsync()
    {
        _database = await TemporaryDatabase.CreateAsync(Provider);
        _folder.Write("schema.prisma", $"datasource db {{\n  provider = \"{Provider}\"\n}}\n\nmodel A {{\n  id Int @id\n}}\n\nmodel B {{\n  id Int @id\n}}\n");
        _folder.Write($"migrations/{A}/migration.sql", Create("A"));
        _folder.Write($"migrations/{B}/migration.sql", Create("B"));
    }

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Drift_is_taken_into_a_new_migration_that_replays()
    {
        (await RunAsync("migrate", "deploy")).Expect(0);
        await _database.ExecuteAsync(Create("C") + "INSERT INTO \"C\" (id) VALUES (7)");
        var taken = (await RunAsync("migrate", "dev", "--take-drift")).Expect(0);
        Assert.Contains("_create_c/migration.sql", taken.Output, StringComparison.Ordinal);
        Assert.Equal(["7"], await _database.RowsAsync("SELECT id FROM \"C\""));
        Assert.Contains("drift: none", (await RunAsync("migrate", "status", "--drift")).Expect(0).Output, StringComparison.Ordinal);
        await using var other = await TemporaryDatabase.CreateAsync(Provider);
        (await InProcess.RunAsync(_folder.Root, "migrate", "deploy", "--url", other.Url)).Expect(0);
        Assert.Equal(await _database.DumpAsync(), await other.DumpAsync());
    }

    [Fact]
    public async Task What_goes_by_the_database_does_without_models_that_are_wrong_but_not_without_a_datasource()
    {
        var schema = _folder.Read("schema.prisma");
        _folder.Write("schema.prisma", schema + "\n/// @ploy.comment\nmodel C {\n  id Itn @id\n}\n");
        const string warning = "warning: The schema has an error in schema.prisma:15, which does not matter here: Type `Itn` is not a scalar";
        // A deploy does not even look at them.
        Assert.DoesNotContain("warning", (await RunAsync("migrate", "deploy")).Expect(0).Error, StringComparison.Ordinal);
        foreach (var verb in (string[])["status", "doctor"]) Assert.Contains(warning, (await RunAsync("migrate", verb)).Expect(0).Error, StringComparison.Ordinal);
        Assert.Contains("error[P1012]: Type `Itn`", (await RunAsync("migrate", "dev")).Expect(1).Error, StringComparison.Ordinal);

        _folder.Write("schema.prisma", schema.Replace("provider", "provdier", StringComparison.Ordinal));
        Assert.Contains("error[P1012]", (await RunAsync("migrate", "deploy")).Expect(1).Error, StringComparison.Ordinal);
        _folder.Write("schema.prisma", schema + "\nmodel C {\n  id Int @id\n");
        Assert.Contains("error[P1012]", (await RunAsync("migrate", "deploy")).Expect(1).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Drift_is_taken_under_the_name_that_is_given()
    {
        (await RunAsync("migrate", "deploy")).Expect(0);
        await _database.ExecuteAsync(Create("C"));
        (await RunAsync("migrate", "dev", "--take-drift", "--name", "By hand")).Expect(0);
        Assert.EndsWith("_by_hand/migration.sql", _folder.Files().Where(f => f.EndsWith(".sql", StringComparison.Ordinal)).Order(StringComparer.Ordinal).Last(), StringComparison.Ordinal);
        Assert.Equal(["1"], await _database.RowsAsync("SELECT count(*) FROM _prisma_migrations WHERE migration_name LIKE '%_by_hand' AND finished_at IS NOT NULL"));
    }

    [Fact]
    public async Task A_refusal_behind_something_that_was_done_says_what_was_done()
    {
        (await RunAsync("migrate", "deploy")).Expect(0);
        await _database.ExecuteAsync(Create("C") + "INSERT INTO \"B\" (id) VALUES (7)");
        _folder.Write("schema.prisma", _folder.Read("schema.prisma").Replace("model B {\n  id Int @id\n}\n", "", StringComparison.Ordinal));

        var refused = (await RunAsync("migrate", "dev", "--undo-drift", "--accept-data-loss")).Expect(1).Error;

        Assert.Contains("error[PLOY2220]: The change may lose data. The database is not marked as disposable, so this needs a consent. Nothing else has changed.", refused, StringComparison.Ordinal);
        Assert.Contains("= done before: the database and its history are what the migrations say again", refused, StringComparison.Ordinal);
        Assert.Contains("drift: none", (await RunAsync("migrate", "status", "--drift")).Expect(0).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Migrations_of_two_branches_meet_without_a_reset()
    {
        (await RunAsync("migrate", "deploy")).Expect(0);
        await _database.ExecuteAsync("INSERT INTO \"A\" (id) VALUES (7)");
        _folder.Write("migrations/20260101120000_late/migration.sql", Create("Late"));
        _folder.Write("schema.prisma", _folder.Read("schema.prisma") + "\nmodel Late {\n  id Int @id\n}\n");

        Assert.Contains("error[PLOY2303]", (await RunAsync("migrate", "deploy", "--strict")).Expect(1).Error, StringComparison.Ordinal);
        var dev = (await RunAsync("migrate", "dev")).Expect(0);

        Assert.Contains("warning: `20260101120000_late` is older than the last applied migration; it is applied out of order.", dev.Error, StringComparison.Ordinal);
        Assert.Contains("in sync", dev.Output, StringComparison.Ordinal);
        Assert.Equal(["7"], await _database.RowsAsync("SELECT id FROM \"A\""));
        (await RunAsync("migrate", "status", "--drift")).Expect(0);
    }

    [Fact]
    public async Task Two_branches_that_did_the_same_are_told_apart_and_brought_together()
    {
        (await RunAsync("migrate", "deploy")).Expect(0);
        const string late = "20260101120000_late";
        _folder.Write($"migrations/{late}/migration.sql", Create("B"));

        var dev = (await RunAsync("migrate", "dev")).Expect(1);
        Assert.Contains("error[P3006]", dev.Error, StringComparison.Ordinal);
        Assert.Contains($"`{late}` is older than `{B}`, which is applied here: it came in from another branch", dev.Error, StringComparison.Ordinal);
        Assert.Contains($"{late}: the database does not tell", (await RunAsync("migrate", "doctor")).Expect(1).Output, StringComparison.Ordinal);
        var deploy = (await RunAsync("migrate", "deploy")).Expect(1);
        Assert.Contains("error[P3018]", deploy.Error, StringComparison.Ordinal);
        Assert.Contains("It is older than migrations that are applied here", deploy.Error, StringComparison.Ordinal);

        _folder.Write($"migrations/{B}/migration.sql", Create("B").Replace("CREATE TABLE", "CREATE TABLE IF NOT EXISTS", StringComparison.Ordinal));
        (await RunAsync("migrate", "resolve", "--applied", B)).Expect(0);
        Assert.Contains($"{late}: applied\n  It is not applied, but the database is already what it leads to", (await RunAsync("migrate", "doctor")).Expect(1).Output, StringComparison.Ordinal);
        (await RunAsync("migrate", "doctor", "--fix")).Expect(0);
        Assert.Contains("there was nothing to do", (await RunAsync("migrate", "dev")).Expect(0).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_doctor_records_no_late_migration_whose_work_does_not_show()
    {
        (await RunAsync("migrate", "deploy")).Expect(0);
        _folder.Write("migrations/20260101120000_late/migration.sql", "INSERT INTO \"A\" (id) VALUES (7);\n");
        var doctor = (await RunAsync("migrate", "doctor", "--fix")).Expect(1);
        Assert.Contains("But 1 of its 1 statements do not show in the structure", doctor.Output, StringComparison.Ordinal);
        Assert.Equal(["2"], await _database.RowsAsync("SELECT count(*) FROM _prisma_migrations"));
    }

    [Fact]
    public async Task What_cannot_have_run_is_rolled_back_on_paper()
    {
        (await RunAsync("migrate", "deploy")).Expect(0);
        const string wrong = "20260103000000_wrong";
        _folder.Write($"migrations/{wrong}/migration.sql", "ALTER TABLE \"Nowhere\" ADD COLUMN x TEXT;\n");
        (await RunAsync("migrate", "resolve", "--applied", wrong)).Expect(0);
        (await RunAsync("migrate", "resolve", "--rolled-back", wrong)).Expect(0);
        Assert.Contains($"{wrong} (tried once and rolled back)", (await RunAsync("migrate", "status")).Expect(1).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Drift_is_taken_out_of_the_database_and_rows_only_with_a_consent()
    {
        (await RunAsync("migrate", "deploy")).Expect(0);
        await _database.ExecuteAsync(Create("C"));
        (await RunAsync("migrate", "dev", "--undo-drift")).Expect(0);
        Assert.Contains("drift: none", (await RunAsync("migrate", "status", "--drift")).Expect(0).Output, StringComparison.Ordinal);
        await _database.ExecuteAsync(Create("C") + "INSERT INTO \"C\" (id) VALUES (7)");
        Assert.Contains("error[PLOY2220]", (await RunAsync("migrate", "dev", "--undo-drift", "--accept-data-loss")).Expect(1).Error, StringComparison.Ordinal);
        Assert.Equal(["7"], await _database.RowsAsync("SELECT id FROM \"C\""));
    }

    [Fact]
    public async Task An_edited_migration_stops_dev_and_is_recorded_anew_where_the_user_says_so()
    {
        (await RunAsync("migrate", "deploy")).Expect(0);
        _folder.Write($"migrations/{A}/migration.sql", "-- why\n" + Create("A"));
        var stopped = (await RunAsync("migrate", "dev")).Expect(130);
        Assert.Contains("error[PLOY2203]", stopped.Error, StringComparison.Ordinal);
        Assert.Contains($"ploy migrate resolve --applied {A}", stopped.Error, StringComparison.Ordinal);
        Assert.Contains("Changed after they were applied:\n  " + A, (await RunAsync("migrate", "status")).Expect(1).Output, StringComparison.Ordinal);
        (await RunAsync("migrate", "resolve", "--applied", A)).Expect(0);
        (await RunAsync("migrate", "status")).Expect(0);
        Assert.Contains("error[P3008]", (await RunAsync("migrate", "resolve", "--applied", A)).Expect(1).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_edit_that_the_database_lacks_is_brought_into_it()
    {
        (await RunAsync("migrate", "deploy")).Expect(0);
        _folder.Write($"migrations/{B}/migration.sql", Create("B") + "CREATE INDEX \"B_id_idx\" ON \"B\"(\"id\");\n");
        Assert.Contains("[-] Removed index", (await RunAsync("migrate", "dev")).Expect(130).Error, StringComparison.Ordinal);
        _folder.Write("schema.prisma", _folder.Read("schema.prisma").Replace("model B {\n  id Int @id\n", "model B {\n  id Int @id\n\n  @@index([id])\n", StringComparison.Ordinal));
        (await RunAsync("migrate", "dev", "--undo-drift")).Expect(0);
        (await RunAsync("migrate", "status", "--drift")).Expect(0);
    }

    [Fact]
    public async Task A_line_break_is_no_edit()
    {
        (await RunAsync("migrate", "deploy")).Expect(0);
        _folder.Write($"migrations/{A}/migration.sql", Create("A").Replace("\n", "\r\n", StringComparison.Ordinal));
        (await RunAsync("migrate", "status")).Expect(0);
        (await RunAsync("migrate", "dev")).Expect(0);
    }

    [Fact]
    public async Task A_missing_migration_is_forgotten_only_where_the_database_has_nothing_of_it()
    {
        (await RunAsync("migrate", "deploy")).Expect(0);
        Directory.Delete(_folder.PathOf($"migrations/{B}"), recursive: true);
        Assert.Contains("error[PLOY2203]", (await RunAsync("migrate", "dev")).Expect(130).Error, StringComparison.Ordinal);
        var refused = (await RunAsync("migrate", "resolve", "--rolled-back", B)).Expect(1);
        Assert.Contains("error[P3012]", refused.Error, StringComparison.Ordinal);
        Assert.Contains("[+] Added tables\n      - B", refused.Error, StringComparison.Ordinal);
        await _database.ExecuteAsync("DROP TABLE \"B\"");
        (await RunAsync("migrate", "resolve", "--rolled-back", B)).Expect(0);
        (await RunAsync("migrate", "resolve", "--rolled-back", B)).Expect(0);
        (await RunAsync("migrate", "status")).Expect(0);
    }

    [Fact]
    public async Task An_applied_migration_is_rolled_back_on_paper_where_its_effects_are_gone()
    {
        (await RunAsync("migrate", "deploy")).Expect(0);
        Assert.Contains("error[P3012]", (await RunAsync("migrate", "resolve", "--rolled-back", B)).Expect(1).Error, StringComparison.Ordinal);
        await _database.ExecuteAsync("DROP TABLE \"B\"");
        (await RunAsync("migrate", "resolve", "--rolled-back", B)).Expect(0);
        Assert.Contains($"{B} (tried once and rolled back)", (await RunAsync("migrate", "status")).Expect(1).Output, StringComparison.Ordinal);
        (await RunAsync("migrate", "deploy")).Expect(0);
        (await RunAsync("migrate", "status", "--drift")).Expect(0);
    }

    [Fact]
    public async Task A_missing_migration_is_written_anew_from_what_it_left()
    {
        (await RunAsync("migrate", "deploy")).Expect(0);
        Directory.Delete(_folder.PathOf($"migrations/{B}"), recursive: true);
        (await RunAsync("migrate", "dev", "--take-drift")).Expect(0);
        (await RunAsync("migrate", "status", "--drift")).Expect(0);
        Assert.Contains("in sync", (await RunAsync("migrate", "dev")).Expect(0).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Resolve_refuses_names_that_it_does_not_know()
    {
        (await RunAsync("migrate", "deploy")).Expect(0);
        Assert.Contains("error[P3017]", (await RunAsync("migrate", "resolve", "--applied", "a")).Expect(1).Error, StringComparison.Ordinal);
        Assert.Contains("error[P3011]", (await RunAsync("migrate", "resolve", "--rolled-back", "a")).Expect(1).Error, StringComparison.Ordinal);
        Assert.Contains("error[PLOY2000]", (await RunAsync("migrate", "resolve")).Expect(1).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_doctor_baselines_a_database_that_holds_the_first_migrations()
    {
        await _database.ExecuteAsync(Create("A"));
        Assert.Contains("error[P3005]", (await RunAsync("migrate", "deploy")).Expect(1).Error, StringComparison.Ordinal);
        Assert.Contains("error[P3005]", (await RunAsync("migrate", "dev")).Expect(130).Error, StringComparison.Ordinal);
        (await RunAsync("migrate", "doctor")).Expect(1);
        (await RunAsync("migrate", "doctor", "--fix")).Expect(0);
        (await RunAsync("migrate", "deploy")).Expect(0);
        Assert.Equal([A, B], await _database.RowsAsync("SELECT migration_name FROM _prisma_migrations ORDER BY 1"));
    }

    [Fact]
    public async Task A_database_without_any_migration_becomes_the_first_one()
    {
        Directory.Delete(_folder.PathOf("migrations"), recursive: true);
        await _database.ExecuteAsync(Create("A") + Create("B"));
        Assert.Contains("--take-drift", (await RunAsync("migrate", "dev")).Expect(130).Error, StringComparison.Ordinal);
        (await RunAsync("migrate", "dev", "--take-drift")).Expect(0);
        Assert.Contains("in sync", (await RunAsync("migrate", "dev")).Expect(0).Output, StringComparison.Ordinal);
        Assert.EndsWith("_baseline/migration.sql", _folder.Files().Single(f => f.EndsWith(".sql", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, "not applied", "It has nothing of it")]
    [InlineData(true, "applied", "in the state after it")]
    public async Task The_doctor_tells_the_state_before_a_failed_migration_from_the_state_after(bool hasRun, string verdict, string fact)
    {
        await FailAsync(hasRun ? Create("B") : "");
        Assert.Contains("error[P3009]", (await RunAsync("migrate", "deploy")).Expect(1).Error, StringComparison.Ordinal);
        Assert.Contains("error[P3009]", (await RunAsync("migrate", "dev")).Expect(130).Error, StringComparison.Ordinal);
        var doctor = (await RunAsync("migrate", "doctor")).Expect(1);
        Assert.Contains($"{B}: {verdict}\n", doctor.Output, StringComparison.Ordinal);
        Assert.Contains(fact, doctor.Output, StringComparison.OrdinalIgnoreCase);
        (await RunAsync("migrate", "doctor", "--fix")).Expect(0);
        (await RunAsync("migrate", "deploy")).Expect(0);
        Assert.Contains("drift: none", (await RunAsync("migrate", "status", "--drift")).Expect(0).Output, StringComparison.Ordinal);
        Assert.Contains("No migration has failed", (await RunAsync("migrate", "doctor")).Expect(0).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_doctor_leaves_a_migration_alone_that_is_neither_applied_nor_not()
    {
        _folder.Write($"migrations/{B}/migration.sql", Create("B") + Create("C"));
        await FailAsync(Create("B"));
        var doctor = (await RunAsync("migrate", "doctor", "--fix")).Expect(1);
        Assert.Contains($"{B}: half-applied\n", doctor.Output, StringComparison.Ordinal);
        Assert.Contains("To reach the one after it:\n    [+] Added tables\n      - C", doctor.Output, StringComparison.Ordinal);
        Assert.Contains("To go back to the one before it:\n    [-] Removed tables\n      - B", doctor.Output, StringComparison.Ordinal);
        Assert.Equal(["1"], await _database.RowsAsync("SELECT count(*) FROM _prisma_migrations WHERE finished_at IS NULL AND rolled_back_at IS NULL"));
    }

    [Fact]
    public async Task The_doctor_does_not_claim_to_know_of_rows()
    {
        _folder.Write($"migrations/{B}/migration.sql", Create("B") + "INSERT INTO \"A\" (\"id\") VALUES (5);\n");
        await FailAsync(Create("B"));
        var doctor = (await RunAsync("migrate", "doctor", "--fix")).Expect(1);
        Assert.Contains("1 of its 2 statements work on rows", doctor.Output, StringComparison.Ordinal);
        Assert.Equal(["1"], await _database.RowsAsync("SELECT count(*) FROM _prisma_migrations WHERE finished_at IS NULL AND rolled_back_at IS NULL"));
    }

    [Fact]
    public async Task Status_tells_everything_at_once()
    {
        (await RunAsync("migrate", "deploy")).Expect(0);
        _folder.Write($"migrations/{A}/migration.sql", "-- why\n" + Create("A"));
        _folder.Write("migrations/20260101120000_late/migration.sql", Create("Late"));
        _folder.Write("migrations/20260104000000_failed/migration.sql", Create("Failed"));
        await RowAsync("20260103000000_gone", "x", "applied");
        await RowAsync("20260104000000_failed", "x", "failed");
        await RowAsync("20260101120000_late", "x", "rolled back");
        await RowAsync("20260101120000_late", "x", "rolled back");
        var status = (await RunAsync("migrate", "status")).Expect(1);
        Expect.Text(
            $"""
             4 migrations found in migrations

             Failed, and not brought to an end:
               20260104000000_failed (began 2026-01-05 00:02:00 UTC): boom
               -> Find out what they left: ploy migrate doctor
               -> and record it where it is certain: ploy migrate doctor --fix

             Files and history have gone different ways; the last migration in common is {B}.
               -> Merge the branch that the missing files are on, or put them back from version control.

             Not yet applied:
               20260101120000_late (older than the last applied one) (tried twice and rolled back: boom)
               -> Correct what failed, then apply them: ploy migrate dev while developing, ploy migrate deploy elsewhere; deploy --strict refuses those out of order
               -> Find out whether the database is already what they lead to: ploy migrate doctor

             Changed after they were applied:
               {A}
               -> Put the files back as they were, and write what is new into a new migration;
               -> or, where the change made no difference: ploy migrate resolve --applied {A}

             In the history, but not on disk:
               20260103000000_gone
               -> Merge the branch that they are on, or put the files back from version control;
               -> or, where the database has nothing of it: ploy migrate resolve --rolled-back 20260103000000_gone

             drift: not checked: applied migrations are missing on disk

             """,
            status.Output);
        var json = (await RunAsync("migrate", "status", "--json")).Expect(1).Output;
        Expect.Text(
            $$"""
              {"type":"result","inSync":false,"initialized":true,"applied":["{{A}}","{{B}}"],"pending":["20260101120000_late"],"failed":["20260104000000_failed"],"halfApplied":[],"rolledBack":["20260101120000_late"],"edited":["{{A}}"],"missing":["20260103000000_gone"],"outOfOrder":["20260101120000_late"],"diverged":true,"lastCommon":"{{B}}","drift":"not checked","driftNotChecked":"applied migrations are missing on disk",
              """.Trim(),
            json[..json.IndexOf("\"findings\"", StringComparison.Ordinal)]);
    }

    private string Create(string table) => $"CREATE TABLE \"{table}\" (\"id\" {string.Format(CultureInfo.InvariantCulture, Key, table)});\n";

    private Task<ProcessResult> RunAsync(params string[] arguments) => InProcess.RunAsync(_folder.Root, [.. arguments, "--url", _database.Url]);

    // Migration A is applied; B was begun and left, with this much of it in the database.
    private async Task FailAsync(string sql)
    {
        (await RunAsync("migrate", "deploy", "--to", A)).Expect(0);
        if (sql.Length > 0) await _database.ExecuteAsync(sql);
        var checksum = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(_folder.Read($"migrations/{B}/migration.sql"))));
        await RowAsync(B, checksum, "failed");
    }

    private async Task RowAsync(string name, string checksum, string state)
    {
        var time = string.Create(CultureInfo.InvariantCulture, $"'2026-01-05T00:{++_rows:00}:00Z'");
        await _database.ExecuteAsync(
            $"""
             INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at, finished_at, rolled_back_at, logs)
             VALUES ('id{_rows}', '{checksum}', '{name}', {time}, {(state == "applied" ? time : "NULL")}, {(state == "rolled back" ? time : "NULL")}, {(state == "applied" ? "NULL" : "'boom'")})
             """);
    }
}

public sealed class PostgresLifeCycleTests : LifeCycleTests
{
    protected override string Provider => "postgresql";
}

public sealed class SqliteLifeCycleTests : LifeCycleTests
{
    protected override string Provider => "sqlite";
}
