using Ploy.Testing.Fuzzing;
using Xunit;

namespace Ploy.Unit.Tests.Language;

/// <summary>A short run of what <c>./x fuzz</c> does at length.</summary>
public sealed class RobustnessTests
{
    public static TheoryData<string> Patterns => [.. GrowthPatterns.All.Select(p => p.Name)];

    [Fact]
    public void Spoilt_schemas_are_read_compiled_and_formatted_without_an_exception()
    {
        for (var seed = 0; seed < 1000; seed++)
        {
            var random = new Random(seed);
            var text = new SchemaTextMutator(random).Mutate(SchemaCorpus.Texts[random.Next(SchemaCorpus.Texts.Length)]);
            Assert.True(LanguageCheck.Fault(text) is null, $"seed {seed}: {LanguageCheck.Fault(text)}\n{text}");
        }
    }

    [Theory]
    [MemberData(nameof(Patterns))]
    public void Texts_that_repeat_one_thing_are_read_compiled_and_formatted(string name)
    {
        var text = GrowthPatterns.Text(GrowthPatterns.All.Single(p => p.Name == name), 20_000);
        Assert.Null(LanguageCheck.Fault(text));
    }
}
