using System.Text.RegularExpressions;
using Ploy.Core.Text;
using Ploy.Language.Formatting;
using Ploy.Language.Semantics;
using Ploy.Language.Syntax;
using Ploy.Testing;
using Ploy.Unit.Tests.Architecture;
using Xunit;

namespace Ploy.Unit.Tests.Language;

/// <summary>The pages of <c>docs/codes</c>, which <c>ploy explain</c> shows: there for each code, and true.</summary>
public sealed partial class CodePageTests
{
    private const string Datasource = "datasource db {\n  provider = \"postgresql\"\n}\n\n";

    /// <summary>The codes whose pages show a wrong and a right schema.</summary>
    public static TheoryData<string> SchemaCodes => [.. Pages().Where(p => Example(p.Text, "Wrong") is not null).Select(p => p.Code)];

    [Fact]
    public void Every_code_has_a_page_and_every_page_a_code()
    {
        // What a build says itself stands in its targets.
        var targets = Directory.EnumerateFiles(Repository.PathOf("src"), "*.targets", SearchOption.AllDirectories).Select(File.ReadAllText);
        var used = Sources.Product.Select(Sources.Read).Concat(targets).SelectMany(text => Code().Matches(text).Select(m => m.Groups[1].Value)).Distinct().Order(StringComparer.Ordinal);
        Assert.Equal(used, Pages().Select(p => p.Code));
    }

    [Fact]
    public void A_page_begins_with_its_code_and_says_what_to_do()
    {
        foreach (var (code, text) in Pages())
        {
            Assert.Matches($"^# {code}: [A-Z`].*[^.]\n\n[A-Z`]", text);
            Assert.True(text.Contains("\n## What to do\n", StringComparison.Ordinal) || Example(text, "Right") is not null, code);
        }
    }

    [Fact]
    public void Every_code_of_the_language_has_examples() =>
        Assert.Equal(Pages().Select(p => p.Code).Where(code => code.StartsWith("PLOY1", StringComparison.Ordinal)), SchemaCodes.Select(row => row.Data));

    [Theory]
    [MemberData(nameof(SchemaCodes))]
    public void The_wrong_example_gets_the_code_and_the_right_one_nothing(string code)
    {
        var text = Pages().Single(p => p.Code == code).Text;
        Assert.Contains(code, Codes(Example(text, "Wrong")!));
        // The feature of one generation that the right example needs is warned of.
        Assert.Equal([], Codes(Example(text, "Right")!).Where(c => c != "PLOY1716" || c == code));
    }

    [Theory]
    [MemberData(nameof(SchemaCodes))]
    public void The_right_example_is_formatted(string code)
    {
        var right = Example(Pages().Single(p => p.Code == code).Text, "Right")!;
        Expect.Text(right, SchemaFormatter.Format([SyntaxTree.Parse(SourceText.From("schema.prisma", right))])[0]);
    }

    private static List<(string Code, string Text)> Pages() =>
    [
        .. Directory.EnumerateFiles(Repository.PathOf("docs", "codes"), "*.md").Order(StringComparer.Ordinal)
            .Select(path => (Path.GetFileNameWithoutExtension(path), File.ReadAllText(path))),
    ];

    private static string? Example(string page, string heading) =>
        Regex.Match(page, $"\n## {heading}\n\n```prisma\n(.*?)```\n", RegexOptions.Singleline) is { Success: true } match ? match.Groups[1].Value : null;

    private static List<string> Codes(string schema)
    {
        var text = schema.Contains("datasource ", StringComparison.Ordinal) ? schema : Datasource + schema;
        return [.. SchemaCompiler.Compile([SourceText.From("schema.prisma", text)]).Diagnostics.Select(d => d.Code)];
    }

    [GeneratedRegex("\"(PLOY[0-9]{4}|P[0-9]{4})\"")]
    private static partial Regex Code();
}
