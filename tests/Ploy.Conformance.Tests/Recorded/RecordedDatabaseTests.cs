using System.Collections.Concurrent;
using Ploy.Conformance.Tests.Testing;
using Ploy.Relational.Model;
using Ploy.Relational.Planning;
using Ploy.Relational.Sessions;
using Ploy.Testing;
using Xunit;
using Xunit.Sdk;

namespace Ploy.Conformance.Tests.Recorded;

/// <summary>
/// Our scripts between recorded schemas run and lead to the schema, also where the engine's own do not: what is then in the database differs
/// from the schema in nothing, and an independent witness sees what it sees in a database made at once. <c>exceptions.txt</c> lists what no script
/// can do, and what the engine's own scripts leave different; nothing else may differ, and all that it lists must.
/// </summary>
public sealed class RecordedDatabaseTests
{
    public static IEnumerable<TheoryDataRow<string>> Files => RecordedScriptTests.Files;

    [Theory, MemberData(nameof(Files))]
    public async Task Every_script_leads_to_its_schema(string file)
    {
        var excepted = RecordedException.Read(file);
        var faults = new ConcurrentBag<(int Index, string Text)>();
        var count = 0;
        await Parallel.ForEachAsync(RecordedPair.Read(file).Where(IsTried), TestContext.Current.CancellationToken, async (pair, _) =>
        {
            Interlocked.Increment(ref count);
            var run = new PairRun(pair);
            await run.RunAsync();
            var expected = excepted[pair.Index].Select(e => e.Fault).ToHashSet(StringComparer.Ordinal);
            foreach (var (fault, text, isOfServer) in run.Faults)
                if (!expected.Remove(fault) && !isOfServer) faults.Add((pair.Index, $"{pair} {fault}: {text}"));
            foreach (var fault in expected) faults.Add((pair.Index, $"{pair} {fault}: exceptions.txt says so, but it does not happen any more."));
        });

        Assert.True(count > 0);
        if (!faults.IsEmpty) throw new XunitException($"{faults.Count} faults in {count} pairs.\n{string.Join("\n\n", faults.OrderBy(f => f.Index).Select(f => f.Text))}");
    }

    /// <summary>Two databases and four dumps for each pair take minutes for all: SQLite's are always tried, one in eight of PostgreSQL's, all of them in the long tier.</summary>
    private static bool IsTried(RecordedPair pair) =>
        pair.Dialect.Id == "sqlite" || pair.Index % 8 == 0 || Environment.GetEnvironmentVariable("PLOY_TEST_FULL") is { Length: > 0 };

    /// <summary>Two databases change places: one goes from nothing over a and b to nothing, the other over b to a.</summary>
    private sealed class PairRun(RecordedPair pair)
    {
        public List<(string Fault, string Text, bool IsOfServer)> Faults { get; } = [];

        public async Task RunAsync()
        {
            await using var first = await NewAsync("a");
            await using var second = await NewAsync("b");
            if (!await MoveAsync(first, "empty", "a") || !await MoveAsync(second, "empty", "b")) return;
            var (a, b) = (await DumpAsync(first), await DumpAsync(second));
            if (!await MoveAsync(first, "a", "b")) return;
            await CompareAsync(b, first, "a", "b");
            if (await MoveAsync(second, "b", "a")) await CompareAsync(a, second, "b", "a");
            await MoveAsync(first, "b", "empty");
        }

        private async Task<ScriptedDatabase> NewAsync(string side)
        {
            var database = await ScriptedDatabase.CreateAsync(pair.Dialect);
            foreach (var extension in pair.ExtensionsBeside(side)) await database.ApplyAsync($"CREATE EXTENSION \"{extension}\"");
            return database;
        }

        private async Task<bool> MoveAsync(ScriptedDatabase database, string from, string to)
        {
            var script = pair.Script(from, to);
            try
            {
                await database.ApplyAsync(script);
            }
            catch (StatementException refused)
            {
                Faults.Add(($"{from} {to} does not run", $"{refused.Message}\n{script}", await OtherServer.LacksAsync(refused)));
                return false;
            }

            // Nothing is described by a schema without anything in it, which still lists the namespaces.
            var remaining = await database.RemainingAsync(to == "empty" ? DatabaseSchema.Empty with { Namespaces = pair.Schema(from).Namespaces } : pair.Schema(to));
            if (remaining != MigrationScript.Empty)
                Faults.Add(($"{from} {to} leaves a difference", $"\n{remaining}\nafter:\n{script}", pair.Dialect.Id != "sqlite" && await OtherServer.HasNewerExtensionsAsync(remaining)));
            return true;
        }

        private static async Task<string> DumpAsync(ScriptedDatabase database) => DumpText.WithoutLeftovers(await database.DumpAsync());

        private async Task CompareAsync(string fresh, ScriptedDatabase database, string from, string to)
        {
            var migrated = await DumpAsync(database);
            if (fresh != migrated) Faults.Add(($"{from} {to} leaves another dump", $"\n{UnifiedDiff.Create(fresh, migrated)}", false));
        }
    }

    /// <summary>A line of <c>exceptions.txt</c>: <c>FILE INDEX FAULT: why</c>.</summary>
    private sealed record RecordedException(int Index, string Fault)
    {
        public static ILookup<int, RecordedException> Read(string file) =>
            File.ReadLines(Path.Combine(RecordedPair.Folder, "exceptions.txt"))
                .Where(line => line.StartsWith(file + " ", StringComparison.Ordinal))
                .Select(line => line[(file.Length + 1)..line.IndexOf(": ", StringComparison.Ordinal)].Split(' ', 2))
                .Select(parts => new RecordedException(int.Parse(parts[0], System.Globalization.CultureInfo.InvariantCulture), parts[1]))
                .ToLookup(e => e.Index);
    }
}
