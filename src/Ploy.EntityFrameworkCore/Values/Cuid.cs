using System.Buffers.Binary;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;

namespace Ploy.EntityFrameworkCore.Values;

/// <summary>Makes cuid values of the first version: <c>c</c>, time, counter, host, chance; 25 characters of base 36.</summary>
/// <remarks>Deprecated by its author for guessable ids; Prisma's <c>cuid()</c> still means it.</remarks>
public static class Cuid
{
    private const int CounterLimit = 36 * 36 * 36 * 36;
    private static readonly string Fingerprint = MakeFingerprint();
    private static int _counter = RandomNumberGenerator.GetInt32(CounterLimit);

    /// <summary>A new value.</summary>
    /// <param name="time">Where the time comes from.</param>
    public static string New(TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        var counter = (uint)Interlocked.Increment(ref _counter) % CounterLimit;
        var text = new StringBuilder(25).Append('c');
        text.Append(Base36.Encode((ulong)time.GetUtcNow().ToUnixTimeMilliseconds(), 8));
        text.Append(Base36.Encode(counter, 4)).Append(Fingerprint);
        return text.Append(Chance()).Append(Chance()).ToString();
    }

    private static string Chance() => Base36.Encode((ulong)RandomNumberGenerator.GetInt32(CounterLimit), 4);

    private static string MakeFingerprint()
    {
        var host = Environment.MachineName;
        var sum = host.Length + 36;
        foreach (var character in host) sum += character;
        return Base36.Encode((ulong)Environment.ProcessId, 2) + Base36.Encode((ulong)sum, 2);
    }
}

/// <summary>Makes cuid2 values: a letter, then base 36 of a hash over time, chance and a counter.</summary>
public static class Cuid2
{
    /// <summary>The usual length in characters.</summary>
    public const int DefaultLength = 24;

    private static long _counter = RandomNumberGenerator.GetInt32(int.MaxValue);

    /// <summary>A new value of <see cref="DefaultLength"/> characters.</summary>
    /// <param name="time">Where the time comes from.</param>
    public static string New(TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        Span<byte> seed = stackalloc byte[48];
        BinaryPrimitives.WriteInt64LittleEndian(seed, time.GetUtcNow().ToUnixTimeMilliseconds());
        BinaryPrimitives.WriteInt64LittleEndian(seed[8..], Interlocked.Increment(ref _counter));
        RandomNumberGenerator.Fill(seed[16..]);
        Span<byte> hash = stackalloc byte[64];
        if (!SHA512.TryHashData(seed, hash, out var written) || written != 64) throw new UnreachableException();
        Span<char> text = stackalloc char[DefaultLength];
        text[0] = (char)('a' + RandomNumberGenerator.GetInt32(26));
        for (var i = 1; i < text.Length; i++)
        {
            // Two bytes a digit: the remainder by 36 is then off by less than one in a thousand.
            text[i] = Base36.Digit(BinaryPrimitives.ReadUInt16LittleEndian(hash[(2 * i)..]) % 36);
        }

        return new string(text);
    }
}

internal static class Base36
{
    private const string Digits = "0123456789abcdefghijklmnopqrstuvwxyz";

    public static char Digit(int value) => Digits[value];

    /// <summary>The last <paramref name="length"/> digits, filled up with zeros from the left.</summary>
    public static string Encode(ulong value, int length)
    {
        Span<char> text = stackalloc char[length];
        for (var i = length - 1; i >= 0; i--)
        {
            text[i] = Digits[(int)(value % 36)];
            value /= 36;
        }

        return new string(text);
    }
}
