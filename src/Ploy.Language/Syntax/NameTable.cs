namespace Ploy.Language.Syntax;

/// <summary>
/// Gives equal names the same string: a schema's names stand in it many times, and each is made once for all its files. Not thread-safe.
/// </summary>
internal sealed class NameTable
{
    private const int RecentCount = 2048;

    /// <summary>Each at the place that its length and a few of its characters say: nearly all names are found here, and whoever has the place loses it to the next.</summary>
    private readonly string?[] _recent = new string?[RecentCount];

    private readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> _names =
        new HashSet<string>(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>The characters as a string.</summary>
    public string Get(ReadOnlySpan<char> characters)
    {
        if (characters.IsEmpty) return "";
        ref var recent = ref _recent[PlaceOf(characters)];
        if (recent is not null && characters.SequenceEqual(recent)) return recent;
        return recent = Find(characters);
    }

    private string Find(ReadOnlySpan<char> characters)
    {
        if (_names.TryGetValue(characters, out var known)) return known;
        var name = characters.ToString();
        _names.Set.Add(name);
        return name;
    }

    // Numbered names differ at their end.
    private static int PlaceOf(ReadOnlySpan<char> name)
    {
        var end = name.Length - 1;
        var hash = (uint)((name.Length * 7) + (name[0] * 131) + (name[end / 2] * 521) + (name[end] * 31) + (name[Math.Max(0, end - 1)] * 311));
        return (int)(hash % RecentCount);
    }
}
