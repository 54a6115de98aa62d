using Ploy.Relational.Model;

namespace Ploy.Relational.Diff;

/// <summary>Says which namespace a name of one schema stands in.</summary>
/// <param name="defaultNamespace">What a name without namespace means; null where the product has none.</param>
public sealed class NameScope(string? defaultNamespace)
{
    /// <summary>The scope of a schema's names.</summary>
    public NameScope(DatabaseSchema schema, Dialect dialect)
        : this(schema.DefaultNamespace ?? dialect.DefaultNamespace) { }

    /// <summary>What a name without namespace means; null where the product has none.</summary>
    public string? Default { get; } = defaultNamespace;

    /// <summary>The name with its namespace filled in.</summary>
    public QualifiedName Resolve(QualifiedName name) => name.Namespace is null ? name with { Namespace = Default } : name;
}

/// <summary>Orders names as the engine does: by their UTF-8 bytes.</summary>
public sealed class Utf8Order : IComparer<string>
{
    private Utf8Order() { }

    /// <summary>The one instance.</summary>
    public static Utf8Order Instance { get; } = new();

    /// <inheritdoc />
    public int Compare(string? x, string? y)
    {
        if (x is null || y is null) return (x is null ? 0 : 1) - (y is null ? 0 : 1);
        var common = x.AsSpan().CommonPrefixLength(y);
        if (common == x.Length || common == y.Length) return x.Length - y.Length;
        var (first, second) = (x[common], y[common]);

        // Surrogates stand for code points above all others, though their own numbers are lower than some.
        return char.IsSurrogate(first) != char.IsSurrogate(second) ? (char.IsSurrogate(first) ? 1 : -1) : first - second;
    }
}
