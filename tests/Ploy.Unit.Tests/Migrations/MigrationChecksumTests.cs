using System.Security.Cryptography;
using System.Text;
using Ploy.Migrations.Files;
using Xunit;

namespace Ploy.Unit.Tests.Migrations;

public sealed class MigrationChecksumTests
{
    private static readonly byte[] Unix = "CREATE TABLE a ();\nCREATE TABLE b ();\n"u8.ToArray();
    private static readonly byte[] Windows = "CREATE TABLE a ();\r\nCREATE TABLE b ();\r\n"u8.ToArray();

    [Fact]
    public void It_is_the_SHA_256_of_the_bytes() =>
        Assert.Equal("2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824", MigrationChecksum.Of("hello"u8));

    [Fact]
    public void Line_breaks_of_either_kind_match()
    {
        Assert.True(MigrationChecksum.Matches(Unix, MigrationChecksum.Of(Windows)));
        Assert.True(MigrationChecksum.Matches(Windows, MigrationChecksum.Of(Unix)));
        Assert.False(MigrationChecksum.Matches(Unix, MigrationChecksum.Of("CREATE TABLE a ();\n"u8)));
    }

    [Fact]
    public void A_recorded_form_without_leading_zeros_matches()
    {
        var text = Enumerable.Range(0, 1000).Select(i => Encoding.UTF8.GetBytes($"x{i}")).First(t => Array.Exists(SHA256.HashData(t), b => b < 16));
        var legacy = string.Concat(SHA256.HashData(text).Select(b => b.ToString("x", System.Globalization.CultureInfo.InvariantCulture)));

        Assert.NotEqual(64, legacy.Length);
        Assert.True(MigrationChecksum.Matches(text, legacy));
        Assert.False(MigrationChecksum.Matches(Unix, legacy));
    }
}
