using System.Collections;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace Ploy.Core;

/// <summary>An immutable array whose equality is by its elements, so that records which hold it are values.</summary>
/// <typeparam name="T">The elements' type; its own equality decides.</typeparam>
[CollectionBuilder(typeof(EquatableArray), nameof(EquatableArray.Create))]
public readonly struct EquatableArray<T> : IEquatable<EquatableArray<T>>, IReadOnlyList<T>
    where T : IEquatable<T>
{
    private readonly T[]? _items;

    /// <summary>Takes over <paramref name="items"/>, which must not change afterwards.</summary>
    internal EquatableArray(T[] items) => _items = items;


    /// <inheritdoc />
    public int Count => _items?.Length ?? 0;

    /// <summary>Whether there is no element.</summary>
    public bool IsEmpty => Count == 0;

    /// <inheritdoc />
    public T this[int index] => Items[index];

    private T[] Items => _items ?? [];

    /// <summary>The elements as a span.</summary>
    public ReadOnlySpan<T> AsSpan() => _items;

    /// <summary>The elements as an immutable array.</summary>
    public ImmutableArray<T> ToImmutableArray() => [.. Items];

    /// <inheritdoc />
    public bool Equals(EquatableArray<T> other) => ReferenceEquals(_items, other._items) || AsSpan().SequenceEqual(other.AsSpan());

    /// <inheritdoc />
    public override bool Equals(object? obj) => obj is EquatableArray<T> other && Equals(other);

    /// <inheritdoc />
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var item in Items) hash.Add(item);
        return hash.ToHashCode();
    }

    /// <summary>Whether both hold equal elements in the same order.</summary>
    public static bool operator ==(EquatableArray<T> first, EquatableArray<T> second) => first.Equals(second);

    /// <summary>The opposite of <c>==</c>.</summary>
    public static bool operator !=(EquatableArray<T> first, EquatableArray<T> second) => !first.Equals(second);

    /// <summary>Enumerates without allocating.</summary>
    public Enumerator GetEnumerator() => new(Items);

    IEnumerator<T> IEnumerable<T>.GetEnumerator() => ((IEnumerable<T>)Items).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => Items.GetEnumerator();

    /// <summary>An enumerator that lives on the stack or, in an iterator or async method, on the heap.</summary>
    public struct Enumerator
    {
        private readonly T[] _items;
        private int _index = -1;

        internal Enumerator(T[] items) => _items = items;

        /// <summary>The element reached.</summary>
        public readonly T Current => _items[_index];

        /// <summary>Goes on to the next element; false behind the last.</summary>
        public bool MoveNext() => ++_index < _items.Length;
    }

    /// <inheritdoc />
    public override string ToString() => "[" + string.Join(", ", Items) + "]";

}

/// <summary>Makes <see cref="EquatableArray{T}"/> values.</summary>
public static class EquatableArray
{
    /// <summary>Copies the elements; this is what a collection expression calls.</summary>
    public static EquatableArray<T> Create<T>(ReadOnlySpan<T> items)
        where T : IEquatable<T> => items.IsEmpty ? default : new EquatableArray<T>(items.ToArray());

    /// <summary>Copies the elements of a sequence.</summary>
    public static EquatableArray<T> ToEquatableArray<T>(this IEnumerable<T> items)
        where T : IEquatable<T> => items.ToArray() is { Length: > 0 } array ? new EquatableArray<T>(array) : default;

    /// <summary>What becomes of each item, in order; <paramref name="argument"/> is handed on, so that nothing is captured.</summary>
    public static EquatableArray<T> Map<TItem, TArgument, T>(ReadOnlySpan<TItem> items, TArgument argument, Func<TItem, TArgument, T> become)
        where T : IEquatable<T>
    {
        if (items.IsEmpty) return default;
        var array = new T[items.Length];
        for (var i = 0; i < array.Length; i++) array[i] = become(items[i], argument);
        return new EquatableArray<T>(array);
    }
}
