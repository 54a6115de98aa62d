using System.Globalization;

namespace Ploy.Design.Pull;

/// <summary>Names that are taken within one scope: a schema, a model, an enum.</summary>
internal sealed class UniqueNames
{
    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);

    /// <summary>The name, or the first free one with a number behind it; it is taken then. An empty name stays empty.</summary>
    public string Take(string name)
    {
        if (name.Length == 0 || _taken.Add(name)) return name;
        for (var number = 2; ; number++)
        {
            var next = string.Create(CultureInfo.InvariantCulture, $"{name}_{number}");
            if (_taken.Add(next)) return next;
        }
    }

    /// <summary>
    /// Names for all items of a scope. Those that need no change come first, so that they keep theirs; a name that is changed has the
    /// database's to map to.
    /// </summary>
    /// <param name="items">The items by what they are called in the database, each once.</param>
    /// <param name="fixedName">The name that the files gave it already; null where it is new.</param>
    /// <param name="made">The name for a new one.</param>
    public Dictionary<TKey, PulledName> TakeAll<TKey>(IReadOnlyCollection<TKey> items, Func<TKey, PulledName?> fixedName, Func<TKey, (string Original, PulledName Name)> made)
        where TKey : notnull
    {
        var names = new Dictionary<TKey, PulledName>();
        foreach (var item in items)
            if (fixedName(item) is { } known && names.TryAdd(item, known))
                _taken.Add(known.Name);
        foreach (var isMapped in (bool[])[false, true])
        {
            foreach (var item in items)
            {
                if (names.ContainsKey(item)) continue;
                var (original, name) = made(item);
                if (name.Map is not null != isMapped) continue;
                var free = Take(name.Name);
                names.Add(item, free == name.Name ? name : new PulledName(free, original));
            }
        }

        return names;
    }
}
