using System.Text;

namespace Ploy.Language.Formatting.Completion;

/// <summary>Names in camel case, as the engine makes them.</summary>
internal static class CamelCase
{
    /// <summary>The whole name anew: <c>user_name</c> and <c>USER_NAME</c> become <c>userName</c>, <c>HTTPServer</c> <c>httpserver</c>.</summary>
    /// <remarks>Only ASCII letters change case; a word begins behind a digit, a mark, or a small letter.</remarks>
    public static string Of(string name)
    {
        var text = new StringBuilder(name.Length);
        var beginsWord = false;
        var before = default(Rune);
        foreach (var rune in name.EnumerateRunes())
        {
            if (!Rune.IsLetterOrDigit(rune))
            {
                beginsWord = text.Length > 0;
            }
            else if (Rune.IsNumber(rune))
            {
                beginsWord = true;
                text.Append(rune);
            }
            else if (beginsWord || (Rune.IsLower(before) && Rune.IsUpper(rune)))
            {
                // The letter that begins a word does not count as the one before the next.
                beginsWord = false;
                text.Append(rune.IsAscii ? Rune.ToUpperInvariant(rune) : rune);
            }
            else
            {
                before = rune;
                text.Append(rune.IsAscii ? Rune.ToLowerInvariant(rune) : rune);
            }
        }

        return text.ToString();
    }

    /// <summary>Only the first letter in lower case.</summary>
    public static string WithSmallFirst(string name) => First(name, Rune.ToLowerInvariant);

    /// <summary>Only the first letter in upper case.</summary>
    public static string WithLargeFirst(string name) => First(name, Rune.ToUpperInvariant);

    private static string First(string name, Func<Rune, Rune> change)
    {
        var first = Rune.GetRuneAt(name, 0);
        return change(first) + name[first.Utf16SequenceLength..];
    }
}
