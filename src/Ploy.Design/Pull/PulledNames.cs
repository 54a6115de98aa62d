using System.Text;
using Ploy.Language.Semantics;

namespace Ploy.Design.Pull;

/// <summary>A name in the schema language and the database's own where it has to be said.</summary>
/// <param name="Name">The name in the language; empty where nothing of it is allowed there.</param>
/// <param name="Map">The database's name for <c>@map</c> or <c>@@map</c>; null where both are the same.</param>
internal readonly record struct PulledName(string Name, string? Map);

/// <summary>Makes names of the schema language from those of a database.</summary>
internal static class PulledNames
{
    /// <summary>The name of a field.</summary>
    public static PulledName OfField(string name) => IsAllowed(name) ? new PulledName(name, null) : new PulledName(Sanitize(name), name);

    /// <summary>The name of an enum's value.</summary>
    public static PulledName OfValue(string label) => label.Length == 0 ? new PulledName("EMPTY_ENUM_VALUE", label) : OfField(label);

    /// <summary>The name of a model, view or enum, without regard to others; where the language takes nothing of it, one that begins with a word.</summary>
    public static PulledName OfType(string name) =>
        ReservedNames.Contains(name) ? new PulledName("Renamed" + name, name)
        : OfField(name) is { Name.Length: > 0 } allowed ? allowed
        : new PulledName("Renamed" + string.Concat(name.EnumerateRunes().Select(r => IsPart(r) ? (char)r.Value : '_')), name);

    /// <summary>Without what may not begin a name, and an underscore for each character that a name may not hold.</summary>
    public static string Sanitize(string name)
    {
        if (IsAllowed(name)) return name;
        var text = new StringBuilder(name.Length);
        foreach (var rune in name.EnumerateRunes())
        {
            if (text.Length == 0 && !IsLetter(rune)) continue;
            text.Append(IsPart(rune) ? (char)rune.Value : '_');
        }

        return text.ToString();
    }

    private static bool IsAllowed(string name) => name.Length == 0 || (char.IsAsciiLetter(name[0]) && name.EnumerateRunes().All(IsPart));

    private static bool IsLetter(Rune rune) => rune.IsAscii && char.IsAsciiLetter((char)rune.Value);

    private static bool IsPart(Rune rune) => rune.IsAscii && ((char)rune.Value == '_' || char.IsAsciiLetterOrDigit((char)rune.Value));
}
