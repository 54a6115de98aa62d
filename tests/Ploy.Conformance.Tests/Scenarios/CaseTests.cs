using Ploy.Relational;
using Ploy.Relational.Diff;
using Ploy.Relational.Model;
using Ploy.Relational.Planning;
using Ploy.Relational.Sessions;
using Ploy.Testing;
using Xunit;

namespace Ploy.Conformance.Tests.Scenarios;

/// <summary>
/// What holds for every <c>.case</c> file: the script is the engine's; it runs; the database is then what the schema says, as we and as
/// an independent witness read it; rows survive.
/// </summary>
public abstract class CaseTests(string provider)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private protected void ScriptIsTheRecordedOne(string path)
    {
        var scenario = Case.Read(path, provider);
        // The engine's answer is a record, not an opinion: only the recording script writes it.
        Expect.Text(scenario.Recorded("up"), WithLineFeed(Script(scenario.Dialect, scenario.Before, scenario.After)));
    }

    private protected async Task MigratedDatabaseIsAsDescribedAsync(string path)
    {
        var scenario = Case.Read(path, provider);
        await using var migrated = await TemporaryDatabase.CreateAsync(provider);
        await using var session = await OpenAsync(scenario.Dialect, migrated);
        await ApplyAsync(session, Script(scenario.Dialect, DatabaseSchema.Empty, scenario.Before));
        Expect.Text(MigrationScript.Empty, await RemainingAsync(scenario.Dialect, session, scenario.Before));
        if (scenario.Seed is { } seed)
            await migrated.ExecuteAsync(seed);

        await ApplyAsync(session, Script(scenario.Dialect, scenario.Before, scenario.After));
        Expect.Text(MigrationScript.Empty, await RemainingAsync(scenario.Dialect, session, scenario.After));

        await using var fresh = await TemporaryDatabase.CreateAsync(provider);
        await using (var builder = await OpenAsync(scenario.Dialect, fresh))
            await ApplyAsync(builder, Script(scenario.Dialect, DatabaseSchema.Empty, scenario.After));
        scenario.ExpectOptional("leftover", UnifiedDiff.Create(await fresh.DumpAsync(), await migrated.DumpAsync()));
        if (scenario.Seed is not null)
            scenario.Expect("rows", await RowsAsync(scenario.Dialect, scenario.After, migrated));
    }

    private static async Task<IDatabaseSession> OpenAsync(Dialect dialect, TemporaryDatabase database)
    {
        var address = dialect.Connector.Parse(database.Url, Repository.Root);

        // On a server the database is there already.
        if (address.FilePath is not null) await dialect.Connector.EnsureDatabaseAsync(address, Cancel);
        return await dialect.Connector.OpenAsync(address, Cancel);
    }

    private async Task ApplyAsync(IDatabaseSession session, string script)
    {
        if (provider == "postgresql")
        {
            // One transaction already, but where the script, as for changed enums, begins and ends one itself.
            await session.ExecuteAsync(script, Cancel);
            return;
        }

        await using var transaction = await session.BeginAsync(TransactionPurpose.Script, Cancel);
        await session.ExecuteAsync(script, Cancel);
        await transaction.CommitAsync(Cancel);
    }

    private static string Script(Dialect dialect, DatabaseSchema before, DatabaseSchema after) =>
        MigrationScript.Render(SchemaDiffer.Diff(before, after, dialect), dialect);

    /// <summary>What would still have to be done on a live database.</summary>
    private static async Task<string> RemainingAsync(Dialect dialect, IDatabaseSession session, DatabaseSchema desired)
    {
        var canonical = await dialect.Connector.Canonicalizer(session).CanonicalizeAsync(desired, Cancel);
        var actual = await dialect.Connector.Introspector(session).ReadAsync(new IntrospectionScope([.. desired.Namespaces]), Cancel);
        return Script(dialect, actual, canonical);
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
