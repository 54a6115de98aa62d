using Ploy.Testing;
using Xunit;

namespace Ploy.Unit.Tests.Testing;

public sealed class UnifiedDiffTests
{
    [Fact]
    public void Equal_texts_have_an_empty_diff() => Assert.Equal("", UnifiedDiff.Create("a\nb\n", "a\nb\n"));

    [Fact]
    public void Distant_changes_stand_in_two_hunks_with_three_lines_around()
    {
        var lines = Enumerable.Range(1, 20).Select(i => $"line {i}").ToArray();
        var before = string.Join('\n', lines) + "\n";
        lines[1] = "second";
        lines[17] = "eighteenth";
        Expect.Text(
            """
            --- expected
            +++ actual
            @@ line 1 @@
             line 1
            -line 2
            +second
             line 3
             line 4
             line 5
            @@ line 15 @@
             line 15
             line 16
             line 17
            -line 18
            +eighteenth
             line 19
             line 20

            """,
            UnifiedDiff.Create(before, string.Join('\n', lines) + "\n"));
    }

    [Fact]
    public void Blanks_at_the_end_of_a_line_can_be_seen() =>
        Expect.Text("--- expected\n+++ actual\n@@ line 1 @@\n-a··\n+a␍\n", UnifiedDiff.Create("a  \n", "a\r\n"));

    [Fact]
    public void A_missing_line_feed_at_the_end_can_be_seen() =>
        Expect.Text("--- expected\n+++ actual\n@@ line 1 @@\n-a\n+a⟨no line feed at the end⟩\n", UnifiedDiff.Create("a\n", "a"));
}
