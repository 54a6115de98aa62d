using System.Collections.Concurrent;
using Ploy.Conformance.Tests.Testing;
using Ploy.Relational.Model;
using Ploy.Relational.Planning;
using Ploy.Testing;
using Xunit;
using Xunit.Sdk;

namespace Ploy.Conformance.Tests.Recorded;

/// <summary>
/// Our scripts between recorded schemas run and lead to the schema, also where the engine's own do not: what is then in the database differs
/// from the schema in nothing, and an independent witness sees what it sees in a database made at once.
/// </summary>
public sealed class RecordedDatabaseTests
{
    public static IEnumerable<TheoryDataRow<string>> Files => RecordedScriptTests.Files;

    [Theory, MemberData(nameof(Files))]
    public async Task Every_script_leads_to_its_schema(string file)
    {
        var failures = new ConcurrentBag<(int Index, string Text)>();
        var count = 0;
        await Parallel.ForEachAsync(RecordedPair.Read(file), TestContext.Current.CancellationToken, async (pair, _) =>
        {
            Interlocked.Increment(ref count);
            try
            {
                await CheckAsync(pair);
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                failures.Add((pair.Index, $"{pair}: {failure.Message}"));
            }
        });

        Assert.True(count > 0);
        if (!failures.IsEmpty)
            throw new XunitException($"{failures.Count} of {count} pairs fail.\n{string.Join("\n\n", failures.OrderBy(f => f.Index).Select(f => f.Text))}");
    }

    /// <summary>Two databases change places: one goes from nothing over a and b to nothing, the other over b to a.</summary>
    private static async Task CheckAsync(RecordedPair pair)
    {
        await using var first = await NewAsync(pair);
        await using var second = await NewAsync(pair);
        await MoveAsync(pair, first, "empty", "a");
        await MoveAsync(pair, second, "empty", "b");
        var (a, b) = (await DumpAsync(first), await DumpAsync(second));
        await MoveAsync(pair, first, "a", "b");
        await MoveAsync(pair, second, "b", "a");
        Same(b, await DumpAsync(first), "a → b");
        Same(a, await DumpAsync(second), "b → a");
        await MoveAsync(pair, first, "b", "empty");
    }

    private static async Task<ScriptedDatabase> NewAsync(RecordedPair pair)
    {
        var database = await ScriptedDatabase.CreateAsync(pair.Dialect);
        foreach (var extension in pair.NeededExtensions) await database.ApplyAsync($"CREATE EXTENSION \"{extension}\"");
        return database;
    }

    private static async Task MoveAsync(RecordedPair pair, ScriptedDatabase database, string from, string to)
    {
        var script = pair.Script(from, to);
        try
        {
            await database.ApplyAsync(script);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            throw new XunitException($"{from} → {to} does not run: {failure.Message}\n{script}");
        }

        // Nothing is described by a schema without anything in it, which still lists the namespaces.
        var desired = to == "empty" ? DatabaseSchema.Empty with { Namespaces = pair.Schema(from).Namespaces } : pair.Schema(to);
        var remaining = await database.RemainingAsync(desired);
        if (remaining != MigrationScript.Empty) throw new XunitException($"{from} → {to} leaves:\n{remaining}\nafter:\n{script}");
    }

    private static async Task<string> DumpAsync(ScriptedDatabase database) => DumpText.WithoutOrder(await database.DumpAsync());

    private static void Same(string fresh, string migrated, string direction)
    {
        if (fresh != migrated) throw new XunitException($"{direction} leaves another database than one made at once:\n{UnifiedDiff.Create(fresh, migrated)}");
    }
}
