using System.Runtime.InteropServices;
using Ploy.Language.Semantics.Symbols;
using Ploy.Language.Syntax;

namespace Ploy.Language.Semantics.Passes;

/// <summary>The names found so far in one block; used again for the next.</summary>
internal sealed class SeenNames
{
    private readonly List<NameSyntax> _few = [];
    private Dictionary<string, NameSyntax>? _many;

    public void Clear()
    {
        _few.Clear();
        _many = null;
    }

    /// <summary>Adds a name; gives the one that was there before it, else null.</summary>
    public NameSyntax? Add(NameSyntax name)
    {
        if (_many is not null) return AddToMany(_many, name);
        foreach (ref readonly var known in CollectionsMarshal.AsSpan(_few))
            if (known.Text == name.Text)
                return known;
        _few.Add(name);
        if (_few.Count > FewNames.Most) _many = _few.ToDictionary(n => n.Text, StringComparer.Ordinal);
        return null;
    }

    private static NameSyntax? AddToMany(Dictionary<string, NameSyntax> names, NameSyntax name)
    {
        if (names.TryGetValue(name.Text, out var first)) return first;
        names.Add(name.Text, name);
        return null;
    }
}
