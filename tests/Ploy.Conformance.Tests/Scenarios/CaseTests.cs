using Ploy.Conformance.Tests.Testing;
using Ploy.Relational;
using Ploy.Relational.Model;
using Ploy.Relational.Planning;
using Ploy.Relational.Sessions;
using Ploy.Testing;
using Xunit;

namespace Ploy.Conformance.Tests.Scenarios;

/// <summary>
/// What holds for every <c>.case</c> file: the script is the engine's, or, with <c>differs: yes</c>, the engine's fails; it runs; the database is then what the schema says, as we and as
/// an independent witness read it; rows survive.
/// </summary>
public abstract class CaseTests(string provider)
{
    private protected void ScriptIsTheRecordedOne(string path)
    {
        var scenario = Case.Read(path, provider);
        var script = WithLineFeed(ScriptedDatabase.Script(scenario.Dialect, scenario.Before, scenario.After));

        // The engine's answer is a record, not an opinion: only the recording script writes it. Where it is wrong, ours stands beside it.
        if (!scenario.Differs)
        {
            Expect.Text(scenario.Recorded("up"), script);
            return;
        }

        Assert.NotEqual(scenario.Recorded("up"), script);
        scenario.Expect("ours", script);
    }

    private protected async Task MigratedDatabaseIsAsDescribedAsync(string path)
    {
        var scenario = Case.Read(path, provider);
        var (dialect, before, after) = (scenario.Dialect, scenario.Before, scenario.After);
        await using var migrated = await ScriptedDatabase.CreateAsync(dialect);
        await migrated.ApplyAsync(ScriptedDatabase.Script(dialect, DatabaseSchema.Empty, before));
        Expect.Text(MigrationScript.Empty, await migrated.RemainingAsync(before));
        if (scenario.Seed is { } seed)
            await migrated.Database.ExecuteAsync(seed);

        await migrated.ApplyAsync(ScriptedDatabase.Script(dialect, before, after));
        Expect.Text(MigrationScript.Empty, await migrated.RemainingAsync(after));

        await using var fresh = await ScriptedDatabase.CreateAsync(dialect);
        await fresh.ApplyAsync(ScriptedDatabase.Script(dialect, DatabaseSchema.Empty, after));
        if (scenario.Differs) await EngineFailsAsync(scenario);
        var leftover = UnifiedDiff.Create(await fresh.DumpAsync(), await migrated.DumpAsync());
        // What is expected is written in the words of one witness; another says in its own whether there is anything.
        if (migrated.Database is TemporaryPostgresDatabase { IsDumpCatalogue: true }) Assert.Equal(scenario.Has("leftover"), leftover.Length > 0);
        else scenario.ExpectOptional("leftover", leftover);
        if (scenario.Seed is not null)
            scenario.Expect("rows", await RowsAsync(dialect, after, migrated.Database));
    }

    /// <summary>The engine's script does not run, or leads elsewhere: else there is no reason for another.</summary>
    private static async Task EngineFailsAsync(Case scenario)
    {
        await using var database = await ScriptedDatabase.CreateAsync(scenario.Dialect);
        await database.ApplyAsync(ScriptedDatabase.Script(scenario.Dialect, DatabaseSchema.Empty, scenario.Before));
        try
        {
            await database.ApplyAsync(scenario.Recorded("up"));
        }
        catch (StatementException)
        {
            return;
        }

        Assert.NotEqual(MigrationScript.Empty, await database.RemainingAsync(scenario.After));
    }

    /// <summary>All rows of all tables, each table under its name, its columns by name, its rows sorted.</summary>
    private static async Task<string> RowsAsync(Dialect dialect, DatabaseSchema schema, TemporaryDatabase database)
    {
        var text = new System.Text.StringBuilder();
        foreach (var table in schema.Tables.OrderBy(t => t.Name.ToString(), StringComparer.Ordinal))
        {
            var columns = table.Columns.Select(c => c.Name).Order(StringComparer.Ordinal).ToList();
            var name = (table.Name.Namespace is { } ns ? dialect.Quote(ns) + "." : "") + dialect.Quote(table.Name.Name);
            var rows = await database.RowsAsync($"SELECT {string.Join(", ", columns.Select(dialect.Quote))} FROM {name}");
            text.Append(table.Name.Name).Append(": ").AppendJoin(" | ", columns).Append('\n');
            foreach (var row in rows.Order(StringComparer.Ordinal))
                text.Append("  ").Append(row).Append('\n');
        }

        return text.ToString();
    }

    private static string WithLineFeed(string text) => text.EndsWith('\n') ? text : text + "\n";
}
