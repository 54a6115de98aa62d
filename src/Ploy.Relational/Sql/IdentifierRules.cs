using System.Text;

namespace Ploy.Relational.Sql;

/// <summary>Keeps names within what PostgreSQL stores: 63 bytes of UTF-8, what is longer is cut by the server in silence.</summary>
public static class IdentifierRules
{
    /// <summary>Longest name that PostgreSQL stores, in bytes.</summary>
    public const int MaxBytes = 63;

    /// <summary>
    /// The name with a suffix. As the engine writes it, as long as the first two characters of the suffix survive the server's cut, which
    /// keeps the name apart from the bare one and from other suffixes; else the name itself is cut, never inside a character.
    /// </summary>
    public static string WithSuffix(string name, string suffix)
    {
        const int distinct = 2;
        return Encoding.UTF8.GetByteCount(name) + distinct <= MaxBytes ? name + suffix : Cut(name, MaxBytes - suffix.Length) + suffix;
    }

    /// <summary>The longest start of the text that fits into so many bytes of UTF-8 and ends between characters.</summary>
    public static string Cut(string text, int maxBytes)
    {
        if (Encoding.UTF8.GetByteCount(text) <= maxBytes) return text;
        var (bytes, length) = (0, 0);
        foreach (var rune in text.EnumerateRunes())
        {
            bytes += rune.Utf8SequenceLength;
            if (bytes > maxBytes) break;
            length += rune.Utf16SequenceLength;
        }

        return text[..length];
    }

    /// <summary>
    /// The name that PostgreSQL gives to the sequence of a serial column: both names shortened in turn, the longer one first, until it fits
    /// (<c>makeObjectName</c> in the server's source).
    /// </summary>
    public static string SerialSequence(string table, string column)
    {
        const string suffix = "_seq";
        var room = MaxBytes - suffix.Length - 1;
        var (first, second) = (Encoding.UTF8.GetByteCount(table), Encoding.UTF8.GetByteCount(column));
        while (first + second > room)
        {
            if (first > second) first--;
            else second--;
        }

        return Cut(table, first) + "_" + Cut(column, second) + suffix;
    }
}
