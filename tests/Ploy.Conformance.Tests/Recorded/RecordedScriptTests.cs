using Ploy.Testing;
using Xunit;
using Xunit.Sdk;

namespace Ploy.Conformance.Tests.Recorded;

/// <summary>The scripts between recorded schemas are the engine's, byte for byte, but where the engine's own is at fault.</summary>
public sealed class RecordedScriptTests
{
    public static IEnumerable<TheoryDataRow<string>> Files =>
        RecordedPair.Files("postgresql").Concat(RecordedPair.Files("sqlite")).Select(file => new TheoryDataRow<string>(file));

    [Theory, MemberData(nameof(Files))]
    public void Scripts_are_the_recorded_ones(string file)
    {
        var (compared, different) = (0, new List<string>());
        foreach (var pair in RecordedPair.Read(file))
        {
            foreach (var (from, to) in RecordedPair.Directions)
            {
                var (expected, actual) = (pair.Recorded(from, to).TrimEnd(), pair.Script(from, to).TrimEnd());
                if (pair.IsFault(from, to))
                {
                    if (expected == actual) different.Add($"{pair} {from} → {to}: noted as a fault of the engine's, but ours is the same");
                    continue;
                }

                compared++;
                if (expected != actual) different.Add($"{pair} {from} → {to}\n{UnifiedDiff.Create(expected, actual)}");
            }
        }

        Assert.True(compared > 0);
        if (different.Count > 0) throw new XunitException($"{different.Count} of {compared} scripts differ.\n{string.Join('\n', different)}");
    }
}
