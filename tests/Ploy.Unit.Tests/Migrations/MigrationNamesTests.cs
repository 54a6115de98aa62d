using Ploy.Migrations.Files;
using Xunit;

namespace Ploy.Unit.Tests.Migrations;

public sealed class MigrationNamesTests
{
    private static readonly DateTimeOffset Time = new(2026, 3, 1, 12, 15, 0, TimeSpan.FromHours(2));

    [Theory]
    [InlineData("some-Draft", "some_draft")]
    [InlineData("new-change", "new_change")]
    [InlineData("Add customer phone", "add_customer_phone")]
    [InlineData("addCustomerPhone", "add_customer_phone")]
    [InlineData("HTTPServer", "http_server")]
    [InlineData("  --x--  ", "x")]
    [InlineData("rock & roll", "rock_and_roll")]
    [InlineData("Größe für Übung", "groesse_fuer_uebung")]
    [InlineData("Привет мир", "privet_mir")]
    [InlineData("a/b\\c:d*e", "a_b_c_d_e")]
    [InlineData("日本", "")]
    public void A_name_becomes_words_in_lower_case(string name, string slug) => Assert.Equal(slug, MigrationNames.Slug(name));

    [Fact]
    public void A_long_name_is_cut_at_200_characters() => Assert.Equal(new string('a', 200), MigrationNames.Slug(new string('a', 300)));

    [Fact]
    public void The_folder_begins_with_the_time_in_UTC() => Assert.Equal("20260301101500_add_x", MigrationNames.Create(Time, "add x"));

    [Theory]
    [InlineData("20260301101500_z", "20260301101501")]
    [InlineData("20260301101559_z", "20260301101600")]
    [InlineData("20250101000000_z", "20260301101500")]
    [InlineData("no_time_at_all_", "20260301101500")]
    [InlineData(null, "20260301101500")]
    public void A_new_migration_sorts_behind_the_last(string? last, string stamp) =>
        Assert.Equal(stamp, MigrationNames.Create(MigrationNames.TimeAfter(Time, last), ""));

    [Fact]
    public void Without_a_name_the_folder_is_the_bare_time() => Assert.Equal("20260301101500", MigrationNames.Create(Time, ""));
}
