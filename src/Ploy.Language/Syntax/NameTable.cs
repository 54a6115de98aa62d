namespace Ploy.Language.Syntax;

/// <summary>
/// Gives equal names the same string: a schema's names stand in it many times, and each is made once for all its files. Not thread-safe.
/// </summary>
internal sealed class NameTable
{
    private readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> _names =
        new HashSet<string>(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>The characters as a string.</summary>
    public string Get(ReadOnlySpan<char> characters)
    {
        if (_names.TryGetValue(characters, out var known)) return known;
        var name = characters.ToString();
        _names.Set.Add(name);
        return name;
    }
}
