using Ploy.Core;

namespace Ploy.Relational.Diff;

/// <summary>
/// The foreign keys or indexes of one table by their columns: only those over the same ones can match, so that tables with thousands of them are
/// compared in linear time. Of few each is looked at, which costs less.
/// </summary>
/// <param name="all">All of them, in order.</param>
/// <param name="columns">The columns of one.</param>
/// <param name="others">Other columns by which it is found too; null for none.</param>
internal sealed class ByColumns<T>(EquatableArray<T> all, Func<T, EquatableArray<string>> columns, Func<T, EquatableArray<string>?>? others = null)
    where T : IEquatable<T>
{
    private const int Few = 8;

    private Dictionary<EquatableArray<string>, List<int>>? _places;

    /// <summary>Places of those, in order, that may be over the columns of an item; others may be among them where there are few.</summary>
    /// <param name="item">The item.</param>
    /// <param name="columns">Its columns.</param>
    public IEnumerable<int> PlacesOver<TItem>(TItem item, Func<TItem, EquatableArray<string>> columns) =>
        all.Count <= Few ? Enumerable.Range(0, all.Count) : (_places ??= Places()).GetValueOrDefault(columns(item)) ?? [];

    /// <summary>The same as items.</summary>
    public IEnumerable<T> Over<TItem>(TItem item, Func<TItem, EquatableArray<string>> columns) =>
        all.Count <= Few ? all : PlacesOver(item, columns).Select(i => all[i]);

    private Dictionary<EquatableArray<string>, List<int>> Places()
    {
        var places = new Dictionary<EquatableArray<string>, List<int>>();
        for (var i = 0; i < all.Count; i++)
        {
            Add(columns(all[i]), i);
            if (others?.Invoke(all[i]) is { } more) Add(more, i);
        }

        return places;

        void Add(EquatableArray<string> key, int place)
        {
            if (!places.TryGetValue(key, out var list)) places.Add(key, list = []);
            list.Add(place);
        }
    }
}
