using System.Text.Json;
using Ploy.Testing;
using Xunit;

namespace Ploy.Cli.Tests;

/// <summary>
/// The reference engine and Ploy say the same of every state of a history. The engine's answers are recorded by
/// <c>tests/tools/record-histories.mjs</c>, with the SQL that makes each state.
/// </summary>
public sealed class InterchangeTests
{
    private static readonly Lazy<JsonDocument> Recorded = new(() => JsonDocument.Parse(File.ReadAllText(Repository.PathOf("tests", "Ploy.Cli.Tests", "Histories", "recorded.json"))));

    public static TheoryData<string, string> States =>
        [.. Recorded.Value.RootElement.GetProperty("states").EnumerateArray().Select(s => (s.GetProperty("name").GetString()!, s.GetProperty("provider").GetString()!))];

    [Fact]
    public void At_least_thirty_states_are_recorded_for_each_product()
    {
        var states = Recorded.Value.RootElement.GetProperty("states").EnumerateArray().ToList();
        foreach (var provider in (string[])["postgresql", "sqlite"])
            Assert.InRange(states.Count(s => s.GetProperty("provider").GetString() == provider), 30, 1000);
    }

    [Theory]
    [MemberData(nameof(States))]
    public async Task Status_and_dev_agree_with_the_engine(string name, string provider)
    {
        var state = Recorded.Value.RootElement.GetProperty("states").EnumerateArray().Single(s => s.GetProperty("name").GetString() == name && s.GetProperty("provider").GetString() == provider);
        using var folder = new TemporaryFolder();
        await using var database = await TemporaryDatabase.CreateAsync(provider);
        var tables = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var file in state.GetProperty("files").EnumerateObject())
        {
            await File.WriteAllTextAsync(folder.PathOf(Directory.CreateDirectory(folder.PathOf($"migrations/{file.Name}")).FullName + "/migration.sql"), file.Value.GetString(), new System.Text.UTF8Encoding(false), TestContext.Current.CancellationToken);
            tables.Add(file.Name[^1..].ToUpperInvariant());
        }

        folder.Write("schema.prisma", $"datasource db {{\n  provider = \"{provider}\"\n}}\n" + string.Concat(tables.Select(t => $"\nmodel {t} {{\n  id Int @id\n}}\n")));
        await database.ExecuteAsync(state.GetProperty("sql").GetString()!);

        using var status = JsonDocument.Parse((await InProcess.RunAsync(folder.Root, "migrate", "status", "--drift", "--json", "--url", database.Url)).Output);
        Expect.Text(OfEngine(state.GetProperty("diagnose")), OfStatus(status.RootElement));

        var dev = await InProcess.RunAsync(folder.Root, "migrate", "dev", "--create-only", "--name", "x", "--url", database.Url);
        var expected = state.GetProperty("devDiagnostic").TryGetProperty("action", out var action) && action.GetProperty("tag").GetString() == "createMigration" ? 0 : 130;
        Assert.True(dev.ExitCode == expected, $"{expected} expected: {dev.ExitCode}\n{dev.Output}{dev.Error}");
    }

    // Both in the same words; the order is that of names.
    private static string OfEngine(JsonElement diagnose)
    {
        var history = diagnose.TryGetProperty("history", out var h) && h.ValueKind == JsonValueKind.Object ? h : default;
        return Text(
            diagnose.GetProperty("hasMigrationsTable").GetBoolean(), Names(history, "unappliedMigrationNames"), Names(diagnose, "failedMigrationNames"),
            Names(diagnose, "editedMigrationNames"), Names(history, "unpersistedMigrationNames"),
            history.ValueKind == JsonValueKind.Object && history.GetProperty("diagnostic").GetString() == "historiesDiverge");
    }

    private static string OfStatus(JsonElement status) => Text(
        status.GetProperty("initialized").GetBoolean(), Names(status, "pending"), Names(status, "failed"), Names(status, "edited"), Names(status, "missing"), status.GetProperty("diverged").GetBoolean());

    private static string Text(bool hasTable, string pending, string failed, string edited, string missing, bool isDiverged) =>
        $"table: {hasTable}\npending: {pending}\nfailed: {failed}\nedited: {edited}\nmissing: {missing}\ndiverged: {isDiverged}";

    private static string Names(JsonElement element, string key) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(key, out var names) ? string.Join(' ', names.EnumerateArray().Select(n => n.GetString()).Order(StringComparer.Ordinal)) : "";
}
