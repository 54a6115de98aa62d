using Ploy.Testing;
using Xunit;

namespace Ploy.Unit.Tests.Testing;

public sealed class CaseFileTests
{
    private const string Text =
        "What it shows.\nserver: 15\n\n-- before.prisma --\nmodel A { id Int @id }\n-- after/a.prisma --\nx\n-- after/b.prisma --\n\n-- postgresql.up --\n-- AlterTable\nALTER;\n";

    [Fact]
    public void Sections_keep_their_text_byte_for_byte()
    {
        var file = CaseFile.Parse("x.case", Text);
        Assert.Equal("-- AlterTable\nALTER;\n", file["postgresql.up"]);
        Assert.Equal("\n", file["after/b.prisma"]);
        Assert.Null(file["sqlite.up"]);
        Assert.Equal("15", file.Options["server"]);
        Assert.Equal(Text, file.ToString());
    }

    [Fact]
    public void A_state_is_one_file_or_several()
    {
        var file = CaseFile.Parse("x.case", Text);
        Assert.Equal([("before.prisma", "model A { id Int @id }\n")], file.Files("before"));
        Assert.Equal([("after/a.prisma", "x\n"), ("after/b.prisma", "\n")], file.Files("after"));
    }

    [Fact]
    public void Rewriting_a_section_leaves_the_others_alone()
    {
        var file = CaseFile.Parse("x.case", Text).With("after/a.prisma", "y\n").With("sqlite.up", "ALTER TABLE;\n");
        Assert.Equal(Text.Replace("\nx\n", "\ny\n", StringComparison.Ordinal) + "-- sqlite.up --\nALTER TABLE;\n", file.ToString());
    }

    [Fact]
    public void A_section_that_stands_there_twice_is_refused()
    {
        var error = Assert.Throws<FormatException>(() => CaseFile.Parse("x.case", "-- a --\n-- a --\n"));
        Assert.Equal("x.case: the section `a` stands there twice.", error.Message);
    }
}
