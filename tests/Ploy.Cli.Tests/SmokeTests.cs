using Xunit;

namespace Ploy.Cli.Tests;

public sealed class SmokeTests
{
    [Fact]
    public void The_runner_finds_tests() => Assert.Equal(4, int.Parse("4", System.Globalization.CultureInfo.InvariantCulture));
}
