using Ploy.Design.Configuration;
using Xunit;

namespace Ploy.Unit.Tests.Design;

public sealed class DotEnvTests
{
    [Theory]
    [InlineData("A=1", "1")]
    [InlineData("  A = 1  ", "1")]
    [InlineData("export A=1", "1")]
    [InlineData("# A=2\nA=1\r\n", "1")]
    [InlineData("A=1 # why", "1")]
    [InlineData("A=x#y", "x#y")]
    [InlineData("A=\"a # b\"", "a # b")]
    [InlineData("A=\"line\\nbreak\"", "line\nbreak")]
    [InlineData("A='raw\\n ${B}'", "raw\\n ${B}")]
    [InlineData("A=\"two\nlines\"\nC=3", "two\nlines")]
    [InlineData("B=b\nA=\"${B}/${HOST}\"", "b/outer")]
    [InlineData("A=", "")]
    [InlineData("A=1\nA=2", "2")]
    public void A_value_is_read(string text, string expected) =>
        Assert.Equal(expected, DotEnv.Parse(text, name => name == "HOST" ? "outer" : null)["A"]);
}
