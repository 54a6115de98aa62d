using System.Text.RegularExpressions;
using Ploy.Testing;
using Xunit;

namespace Ploy.Unit.Tests.Architecture;

public sealed partial class SourceFileTests
{
    private const int Long = 500;
    private const int TooLong = 800;

    [Fact]
    public void No_file_is_too_long()
    {
        var sizes = Sources.Product.Concat(Sources.Tests).Select(file => (File: file, Lines: Sources.Read(file).Count(c => c == '\n'))).ToList();
        foreach (var (file, lines) in sizes.Where(s => s.Lines is > Long and <= TooLong))
            TestContext.Current.AddWarning($"{file} has {lines} lines; more than {Long} are hard to review.");
        Assert.DoesNotContain(sizes, s => s.Lines > TooLong);
    }

    [Fact]
    public void No_test_is_skipped_or_left_to_be_asked_for()
    {
        var skips =
            from file in Sources.Tests
            where !file.Contains("/Architecture/", StringComparison.Ordinal)
            from Match match in Skipping().Matches(Sources.Read(file))
            select $"{file}: {match.Value}";
        Expect.Text("", string.Join("\n", skips));
        Assert.Matches(Skipping(), "[Fact(Skip = \"later\")]");
    }

    [Fact]
    public void Nothing_is_left_undone()
    {
        var marks =
            from file in Sources.Product.Concat(Sources.Tests)
            where !file.Contains("/Architecture/", StringComparison.Ordinal)
            from Match match in Undone().Matches(Sources.Read(file))
            select $"{file}: {match.Value}";
        Expect.Text("", string.Join("\n", marks));
        Assert.Matches(Undone(), "throw new NotImplementedException();");
    }

    [Fact]
    public void Files_have_line_feeds_only_and_end_with_one()
    {
        var wrong = Sources.Product.Concat(Sources.Tests).Where(file => Sources.Read(file) is var text && (text.Contains('\r') || !text.EndsWith('\n')));
        Expect.Text("", string.Join("\n", wrong));
    }

    [GeneratedRegex(@"\bSkip\w*\s*=|\bExplicit\s*=\s*true|Assert\.Skip\w*\(")]
    private static partial Regex Skipping();

    [GeneratedRegex(@"\b(NotImplementedException|TODO|FIXME|HACK|XXX)\b")]
    private static partial Regex Undone();
}
