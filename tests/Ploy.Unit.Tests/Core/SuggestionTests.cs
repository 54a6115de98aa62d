using CsCheck;
using Ploy.Core.Text;
using Xunit;

namespace Ploy.Unit.Tests.Core;

public sealed class SuggestionTests
{
    [Theory]
    [InlineData("Usr", "User")]
    [InlineData("Uesr", "User")]
    [InlineData("user", "User")]
    [InlineData("Usser", "User")]
    [InlineData("Customerr", "Customer")]
    [InlineData("Cusotmers", "Customer")]
    [InlineData("Csutmoer", "Customer")]
    [InlineData("Kunde", null)]
    [InlineData("U", null)]
    [InlineData("u", null)]
    [InlineData("Ur", null)]
    public void The_nearest_name_is_meant(string word, string? meant) => Assert.Equal(meant, Suggestion.For(word, ["User", "Customer"]));

    [Fact]
    public void Words_are_as_far_apart_as_a_table_of_all_their_beginnings_says() =>
        Gen.Select(Gen.String[Gen.Char["abc"], 5, 12], Gen.String[Gen.Char["abc"], 0, 14]).Sample(
            (word, candidate) => Assert.Equal(candidate != word && Distance(candidate, word) <= 2 ? candidate : null, Suggestion.For(word, [candidate])), iter: 20_000);

    [Fact]
    public void Of_several_near_names_the_nearest_and_of_those_the_first_is_meant() =>
        Assert.Equal("Entity12", Suggestion.For("Entity1", ["Entity123", "Entity12", "Entity13"]));

    [Fact]
    public void A_word_of_many_letters_is_compared_too()
    {
        var name = new string('x', 100_000);
        Assert.Equal(name + "yz", Suggestion.For(name + "zy", ["y" + name[1..], name + "yz"]));
    }

    [Fact]
    public void Hints_end_where_too_much_is_missing()
    {
        var names = Enumerable.Range(0, 100_000).Select(i => $"Name{i}").ToList();
        var suggestions = new Suggestions(names);
        var hints = Enumerable.Range(0, 60).Select(i => suggestions.For($"Neme{i}")).ToList();
        Assert.Equal([.. names.Take(50), .. Enumerable.Repeat<string?>(null, 10)], hints);
        Assert.Equal("Name7", suggestions.For("Neme7"));
    }

    private static int Distance(string first, string second)
    {
        var table = new int[first.Length + 1, second.Length + 1];
        for (var i = 0; i <= first.Length; i++)
            for (var j = 0; j <= second.Length; j++)
            {
                table[i, j] = i == 0 || j == 0 ? i + j : Math.Min(Math.Min(table[i - 1, j], table[i, j - 1]) + 1, table[i - 1, j - 1] + (first[i - 1] == second[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && first[i - 1] == second[j - 2] && first[i - 2] == second[j - 1]) table[i, j] = Math.Min(table[i, j], table[i - 2, j - 2] + 1);
            }

        return table[first.Length, second.Length];
    }
}
