using System.Globalization;
using Ploy.Testing.Fuzzing;

namespace Ploy.Fuzz;

/// <summary>
/// <c>./x fuzz [--count N] [--seed S]</c>: spoilt schemas through lexer, parser, compiler and formatter. Without a count it is the full
/// run of a million, which also fails where time does not grow with the text.
/// </summary>
internal static class Program
{
    private const int FullCount = 1_000_000;

    /// <summary>Most nanoseconds of the processor a byte; spoilt schemas take about a thousand.</summary>
    private const double MostNanoseconds = 20_000;

    /// <summary>Most that a byte may cost more in a text four times as long; one that is read again and again costs four times as much.</summary>
    private const double MostGrowth = 3;

    private static int Main(string[] arguments)
    {
        if (Option(arguments, "--count", FullCount) is not { } count || Option(arguments, "--seed", 1) is not { } seed || arguments.Length % 2 == 1)
        {
            Console.Error.WriteLine("fuzz [--count N] [--seed S]");
            return 64;
        }

        var isFull = count >= FullCount;
        var faults = Inputs(count, seed, out var slow);
        var growing = Growth(isFull ? 1 << 18 : 1 << 14);
        Console.WriteLine($"{count} inputs from seed {seed}: {faults} faults; slowest {slow.Nanoseconds:0} ns a byte (input {slow.Input}); {growing} patterns grow");
        if (slow.Nanoseconds > MostNanoseconds) Console.WriteLine($"Input {slow.Input} took more than {MostNanoseconds:0} ns a byte.");
        return faults > 0 || (isFull && (growing > 0 || slow.Nanoseconds > MostNanoseconds)) ? 1 : 0;
    }

    private static int Inputs(int count, int seed, out (double Nanoseconds, int Input) slowest)
    {
        var corpus = SchemaCorpus.Texts;
        var faults = 0;
        slowest = default;
        for (var i = 0; i < count; i++)
        {
            var text = Input(corpus, seed, i);
            var took = Measure(text, out var fault);
            if (fault is not null && ++faults <= 20) Report(text, seed, i, fault);
            // Short texts, first calls and collections of garbage measure something else.
            if (text.Length < 200 || i < 200 || took <= slowest.Nanoseconds) continue;
            took = Math.Min(took, Math.Min(Measure(text, out _), Measure(text, out _)));
            if (took > slowest.Nanoseconds) slowest = (took, i);
        }

        return faults;
    }

    /// <summary>Input <paramref name="index"/> of a seed; the same whatever the count.</summary>
    private static string Input(IReadOnlyList<string> corpus, int seed, int index)
    {
        var random = new Random(unchecked((seed * 1_000_003) + index));
        return new SchemaTextMutator(random).Mutate(corpus[random.Next(corpus.Count)]);
    }

    private static int Growth(int length)
    {
        var growing = 0;
        foreach (var pattern in GrowthPatterns.All)
        {
            var (shorter, longer) = (GrowthPatterns.Text(pattern, length), GrowthPatterns.Text(pattern, 4 * length));
            var fault = LanguageCheck.Fault(shorter) ?? LanguageCheck.Fault(longer);
            if (fault is not null) Console.WriteLine($"{pattern.Name}: {fault}");
            var (before, after) = (Least(shorter), Least(longer));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{before,8:0} {after,8:0} ns a byte  {pattern.Name}"));
            if (fault is not null || (after > MostGrowth * before && after > 100)) growing++;
        }

        return growing;

        static double Least(string text) => Math.Min(Measure(text, out _), Math.Min(Measure(text, out _), Measure(text, out _)));
    }

    /// <summary>The processor's time, so that other programs on the machine do not count.</summary>
    private static double Measure(string text, out string? fault)
    {
        var start = Environment.CpuUsage.TotalTime;
        fault = LanguageCheck.Fault(text);
        return (Environment.CpuUsage.TotalTime - start).TotalNanoseconds / Math.Max(1, text.Length);
    }

    private static void Report(string text, int seed, int index, string fault)
    {
        var path = Path.Combine(Path.GetTempPath(), $"ploy-fuzz-{seed}-{index}.prisma");
        File.WriteAllText(path, text);
        Console.WriteLine($"input {index} of seed {seed}, in {path}:\n{fault}");
    }

    private static int? Option(string[] arguments, string name, int otherwise)
    {
        var at = Array.IndexOf(arguments, name);
        if (at < 0) return otherwise;
        return at + 1 < arguments.Length && int.TryParse(arguments[at + 1], NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null;
    }
}
