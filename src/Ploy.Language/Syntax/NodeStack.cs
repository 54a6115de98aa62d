using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Ploy.Language.Syntax;

/// <summary>
/// Where the members of lists wait until their list is complete: one store for all lists of a file, inner ones on top of outer ones, so
/// that each list is made once, in its final size.
/// </summary>
internal sealed class NodeStack<T>
{
    private readonly List<T> _items = [];

    /// <summary>Where a list begins that is read now.</summary>
    public int Mark => _items.Count;

    /// <summary>The member added last; only to be asked where there is one above the list's mark.</summary>
    public T Last
    {
        get => _items[^1];
        set => _items[^1] = value;
    }

    /// <summary>Adds a member to the innermost list.</summary>
    public void Add(T item) => _items.Add(item);

    /// <summary>The members since <paramref name="mark"/>, which leave the stack.</summary>
    public ImmutableArray<T> Take(int mark)
    {
        if (_items.Count == mark) return [];
        var taken = ImmutableArray.Create<T>(CollectionsMarshal.AsSpan(_items)[mark..]);
        Drop(mark);
        return taken;
    }

    /// <summary>Forgets the members since <paramref name="mark"/>.</summary>
    public void Drop(int mark) => _items.RemoveRange(mark, _items.Count - mark);
}
