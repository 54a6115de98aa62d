using System.Security.Cryptography;

namespace Ploy.Migrations.Files;

/// <summary>The checksum of a migration as the history keeps it.</summary>
public static class MigrationChecksum
{
    /// <summary>SHA-256 of the bytes as they are, in 64 lower-case hexadecimal digits.</summary>
    public static string Of(ReadOnlySpan<byte> script) => Convert.ToHexStringLower(SHA256.HashData(script));

    /// <summary>
    /// Whether a recorded checksum is that of the script, with its line breaks as they are, all LF or all CRLF: a checkout may change
    /// them. Early versions of the engine wrote bytes below 16 with one digit; such text is shorter than 64.
    /// </summary>
    public static bool Matches(ReadOnlySpan<byte> script, string recorded)
    {
        ArgumentNullException.ThrowIfNull(recorded);
        if (IsForm(SHA256.HashData(script), recorded)) return true;
        var unix = WithoutCarriageReturns(script);
        return IsForm(SHA256.HashData(unix), recorded) || IsForm(SHA256.HashData(WithCarriageReturns(unix)), recorded);
    }

    private static bool IsForm(byte[] hash, string recorded) =>
        recorded.Length == 64 ? Convert.ToHexStringLower(hash) == recorded : Unpadded(hash) == recorded;

    private static string Unpadded(byte[] hash) =>
        string.Concat(hash.Select(b => b.ToString("x", System.Globalization.CultureInfo.InvariantCulture)));

    private static byte[] WithoutCarriageReturns(ReadOnlySpan<byte> script)
    {
        var bytes = new List<byte>(script.Length);
        for (var i = 0; i < script.Length; i++)
            if (script[i] != '\r' || i + 1 == script.Length || script[i + 1] != '\n')
                bytes.Add(script[i]);
        return [.. bytes];
    }

    private static byte[] WithCarriageReturns(byte[] script)
    {
        var bytes = new List<byte>(script.Length + 16);
        foreach (var b in script)
        {
            if (b == '\n') bytes.Add((byte)'\r');
            bytes.Add(b);
        }

        return [.. bytes];
    }
}
