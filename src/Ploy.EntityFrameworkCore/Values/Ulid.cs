using System.Security.Cryptography;

namespace Ploy.EntityFrameworkCore.Values;

/// <summary>Makes ULIDs: 48 bits of milliseconds and 80 of chance in 26 characters of Crockford's base 32, sortable by time.</summary>
/// <remarks>Source: the ULID specification. Two values of one millisecond have no order between them.</remarks>
public static class Ulid
{
    private const string Digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    /// <summary>A new value.</summary>
    /// <param name="time">Where the time comes from.</param>
    public static string New(TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        var milliseconds = time.GetUtcNow().ToUnixTimeMilliseconds();
        Span<char> text = stackalloc char[26];
        for (var i = 9; i >= 0; i--)
        {
            text[i] = Digits[(int)(milliseconds & 31)];
            milliseconds >>= 5;
        }

        Span<byte> chance = stackalloc byte[16];
        RandomNumberGenerator.Fill(chance);
        for (var i = 0; i < 16; i++) text[10 + i] = Digits[chance[i] & 31];
        return new string(text);
    }
}

/// <summary>Makes nanoids: letters, digits, <c>_</c> and <c>-</c>, each of 6 random bits.</summary>
public static class NanoId
{
    /// <summary>The usual length in characters.</summary>
    public const int DefaultLength = 21;

    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";

    /// <summary>A new value.</summary>
    /// <param name="length">Its length in characters, 2 to 255 as the schema language has it.</param>
    /// <exception cref="ArgumentOutOfRangeException">The length is out of that range.</exception>
    public static string New(int length = DefaultLength)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, 255);
        Span<byte> chance = stackalloc byte[255];
        chance = chance[..length];
        RandomNumberGenerator.Fill(chance);
        Span<char> text = stackalloc char[length];
        for (var i = 0; i < length; i++) text[i] = Alphabet[chance[i] & 63];
        return new string(text);
    }
}
