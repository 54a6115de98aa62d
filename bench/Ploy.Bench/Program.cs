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

    /// <summary>Cost for each model at the largest size over that at 500; above this it does not grow linearly.</summary>
    private const double Tolerance = 2;

    private static int Main(string[] arguments)
    {
        if (arguments is ["write", var folder])
        {
            foreach (var size in Sizes)
                WriteSchemas(folder, size);
            return 0;
        }

        var budget = TimeSpan.FromSeconds(arguments.Contains("--quick") ? 0.3 : 3);
        Console.WriteLine("| models | parse + validate ms | KiB | per model µs | KiB | diff and script ms | KiB | per model µs | KiB |");
        Console.WriteLine("|---:|---:|---:|---:|---:|---:|---:|---:|---:|");
        var results = Sizes.Select(size => (Size: size, Compile: Compile(size, budget), Diff: Diff(size, budget))).Select(Print).ToList();
        var isLinear = IsLinear("parse + validate", results.Select(r => (r.Size, r.Compile))) & IsLinear("diff and script", results.Select(r => (r.Size, r.Diff)));
        return isLinear ? 0 : 1;
    }

    private static Measurement Compile(int size, TimeSpan budget)
    {
        var files = SchemaGenerator.Generate(size, edited: false);
        return Measurement.Of(
            () =>
            {
                // New texts, so that nothing computed for the last run is at hand.
                ImmutableArray<SourceText> fresh = [.. files.Select(f => SourceText.From(f.Path, f.Text))];
                if (SchemaCompiler.Compile(fresh) is { HasErrors: true, Diagnostics: [var first, ..] })
                    throw new InvalidOperationException(first.Message);
            },
            budget);
    }

    private static Measurement Diff(int size, TimeSpan budget)
    {
        var before = Calculate(size, edited: false);
        var after = Calculate(size, edited: true);
        return Measurement.Of(
            () =>
            {
                var script = MigrationScript.Render(SchemaDiffer.Diff(before, after, PostgresDialect.Instance), PostgresDialect.Instance);
                if (script == MigrationScript.Empty)
                    throw new InvalidOperationException("No difference was found.");
            },
            budget);
    }

    private static DatabaseSchema Calculate(int size, bool edited) =>
        SchemaCalculator.Calculate(SchemaCompiler.Compile(SchemaGenerator.Generate(size, edited)).Model!, PostgresDialect.Instance);

    private static (int Size, Measurement Compile, Measurement Diff) Print((int Size, Measurement Compile, Measurement Diff) row)
    {
        Console.WriteLine($"| {row.Size} | {Cells(row.Compile, row.Size)} | {Cells(row.Diff, row.Size)} |");
        return row;
    }

    private static string Cells(Measurement cost, int size) => string.Create(
        CultureInfo.InvariantCulture,
        $"{cost.Milliseconds:0.00} | {cost.Bytes / 1024.0:0} | {cost.Milliseconds * 1000 / size:0.0} | {cost.Bytes / 1024.0 / size:0.0}");

    private static bool IsLinear(string what, IEnumerable<(int Size, Measurement Cost)> rows)
    {
        var at = rows.ToDictionary(r => r.Size, r => r.Cost);
        var (small, large) = (500, Sizes[^1]);
        var time = at[large].Milliseconds / large / (at[small].Milliseconds / small);
        var bytes = (double)at[large].Bytes / large / ((double)at[small].Bytes / small);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what}: each of {large} models costs {time:0.00} times the time and {bytes:0.00} times the memory of each of {small}"));
        return time < Tolerance && bytes < Tolerance;
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
