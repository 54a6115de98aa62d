using Ploy.Sqlite.Scripts;
using Xunit;

namespace Ploy.Unit.Tests.Sqlite;

public sealed class TableTextTests
{
    [Fact]
    public void Checks_collations_and_generated_columns_are_found_in_a_statement()
    {
        var text = TableText.Parse(
            """
            CREATE TABLE "a(b" (
                id INTEGER CONSTRAINT pk PRIMARY KEY CHECK (id > 0), -- a comment, with CHECK (x)
                "check" TEXT DEFAULT ('CHECK (1)') COLLATE NOCASE NOT NULL CONSTRAINT "long ""name" CHECK ("check" <> ')'),
                [sum] INT GENERATED ALWAYS AS (id + length("check")) STORED,
                twice AS (id * 2),
                n NUMERIC(10, 2) REFERENCES t (a, b) ON DELETE CASCADE,
                CONSTRAINT c CHECK (id < (SELECT 5)) CHECK (n IN (1, 2)),
                UNIQUE (n, id) ON CONFLICT IGNORE
            ) STRICT, WITHOUT ROWID
            """);
        Assert.Equal(
            [
                new CheckText(null, "CHECK (id > 0)"), new CheckText("long \"name", "CONSTRAINT \"long \"\"name\" CHECK (\"check\" <> ')')"),
                new CheckText("c", "CONSTRAINT c CHECK (id < (SELECT 5))"), new CheckText(null, "CHECK (n IN (1, 2))"),
            ],
            text.Checks);
        Assert.Equal([new("check", "NOCASE")], text.Collations);
        Assert.Equal(
            [
                new("sum", new GeneratedText("[sum] INT GENERATED ALWAYS AS (id + length(\"check\")) STORED", "id + length(\"check\")", IsStored: true)),
                new("twice", new GeneratedText("twice AS (id * 2)", "id * 2", IsStored: false)),
            ],
            text.Generated);
        Assert.Equal("STRICT, WITHOUT ROWID", text.Options);
    }

    [Theory]
    [InlineData("")]
    [InlineData("CREATE TABLE a")]
    [InlineData("CREATE TABLE a (")]
    [InlineData("CREATE TABLE a (b, CHECK (")]
    [InlineData("CREATE TABLE a (b AS")]
    public void A_text_that_ends_early_is_read_as_far_as_it_goes(string sql) => Assert.Empty(TableText.Parse(sql).Generated);
}
