using System.Collections.Immutable;
using System.Globalization;
using Ploy.Core.Text;
using Ploy.Design.Calculation;
using Ploy.Language.Semantics;
using Ploy.Postgres;
using Ploy.Relational.Diff;
using Ploy.Relational.Model;
using Ploy.Relational.Planning;

namespace Ploy.Bench;

/// <summary>
/// Measures in process how the main parts grow with the schema, or writes the schemas that the whole-process measurements take.
/// </summary>
internal static class Program
{
    private static readonly int[] Sizes = [25, 100, 500, 2000, 5000];

    /// <summary>Time for each model at the largest size over that at 500; above this it does not grow linearly. Memory beyond the processor's cache costs more each time.</summary>
    private const double MostTime = 2;

    /// <summary>The same of memory, which no cache blurs.</summary>
    private const double MostMemory = 1.1;

    private static int Main(string[] arguments)
    {
        if (arguments is ["write", var folder])
        {
            foreach (var size in Sizes)
                WriteSchemas(folder, size);
            return 0;
        }

        var budget = TimeSpan.FromSeconds(arguments.Contains("--quick") ? 0.3 : 3);
        (string Title, Func<int, TimeSpan, Measurement> Measure)[] steps =
        [
            ("parse + validate", Compile), ("diff + script", Diff), ("files to script", FilesToScript),
        ];
        Console.WriteLine($"| models | {string.Join(" | ", steps.Select(s => $"{s.Title} ms | per model µs | KiB"))} |");
        Console.WriteLine($"|---:|{string.Concat(steps.Select(_ => "---:|---:|---:|"))}");
        var results = Sizes.Select(size => (Size: size, Costs: steps.Select(s => s.Measure(size, budget)).ToList())).Select(Print).ToList();
        var isLinear = true;
        for (var i = 0; i < steps.Length; i++) isLinear &= IsLinear(steps[i].Title, results.Select(r => (r.Size, r.Costs[i])));
        return isLinear ? 0 : 1;
    }

    private static Measurement Compile(int size, TimeSpan budget)
    {
        var files = SchemaGenerator.Generate(size, edited: false);
        return Measurement.Of(() => Model(files), budget);
    }

    /// <summary>All that <c>migrate diff</c> does between two folders of files, but for reading them.</summary>
    private static Measurement FilesToScript(int size, TimeSpan budget)
    {
        var (before, after) = (SchemaGenerator.Generate(size, edited: false), SchemaGenerator.Generate(size, edited: true));
        return Measurement.Of(
            () => Script(SchemaCalculator.Calculate(Model(before), PostgresDialect.Instance), SchemaCalculator.Calculate(Model(after), PostgresDialect.Instance)),
            budget);
    }

    private static SchemaModel Model(ImmutableArray<SourceText> files)
    {
        // New texts, so that nothing computed for the last run is at hand.
        ImmutableArray<SourceText> fresh = [.. files.Select(f => SourceText.From(f.Path, f.Text))];
        var compilation = SchemaCompiler.Compile(fresh);
        return compilation.Model ?? throw new InvalidOperationException(compilation.Diagnostics[0].Message);
    }

    private static Measurement Diff(int size, TimeSpan budget)
    {
        var before = SchemaCalculator.Calculate(Model(SchemaGenerator.Generate(size, edited: false)), PostgresDialect.Instance);
        var after = SchemaCalculator.Calculate(Model(SchemaGenerator.Generate(size, edited: true)), PostgresDialect.Instance);
        return Measurement.Of(() => Script(before, after), budget);
    }

    private static void Script(DatabaseSchema before, DatabaseSchema after)
    {
        var script = MigrationScript.Render(SchemaDiffer.Diff(before, after, PostgresDialect.Instance), PostgresDialect.Instance);
        if (script == MigrationScript.Empty)
            throw new InvalidOperationException("No difference was found.");
    }

    private static (int Size, List<Measurement> Costs) Print((int Size, List<Measurement> Costs) row)
    {
        Console.WriteLine($"| {row.Size} | {string.Join(" | ", row.Costs.Select(c => Cells(c, row.Size)))} |");
        return row;
    }

    private static string Cells(Measurement cost, int size) => string.Create(
        CultureInfo.InvariantCulture,
        $"{cost.Milliseconds:0.00} | {cost.Milliseconds * 1000 / size:0.0} | {cost.Bytes / 1024.0 / size:0.0}");

    private static bool IsLinear(string what, IEnumerable<(int Size, Measurement Cost)> rows)
    {
        var at = rows.ToDictionary(r => r.Size, r => r.Cost);
        var (small, large) = (500, Sizes[^1]);
        var time = at[large].Milliseconds / large / (at[small].Milliseconds / small);
        var bytes = (double)at[large].Bytes / large / ((double)at[small].Bytes / small);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what}: each of {large} models costs {time:0.00} times the time and {bytes:0.00} times the memory of each of {small}"));
        return time < MostTime && bytes < MostMemory;
    }

    private static void WriteSchemas(string folder, int size)
    {
        foreach (var edited in (ReadOnlySpan<bool>)[false, true])
            foreach (var file in SchemaGenerator.Generate(size, edited))
            {
                var path = Path.Combine(folder, size.ToString(CultureInfo.InvariantCulture), edited ? "after" : "before", Path.GetFileName(file.Path));
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                File.WriteAllText(path, file.Text);
            }
    }
}
