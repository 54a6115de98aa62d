using System.Collections.Immutable;
using Ploy.Language.Syntax;

namespace Ploy.Language.Semantics.Symbols;

/// <summary>One field of a key or index.</summary>
/// <param name="Field">The field; inside a composite type where the path leads there.</param>
/// <param name="Options">Its name and options as the model keeps them.</param>
internal sealed record PartSymbol(FieldSymbol Field, KeyPart Options);

/// <summary>Compares lists of parts with fields.</summary>
internal static class PartList
{
    /// <summary>Whether the parts are exactly these fields in this order.</summary>
    public static bool AreFields(this ImmutableArray<PartSymbol> parts, ImmutableArray<FieldSymbol> fields) =>
        parts.Length == fields.Length && parts.BeginWith(fields);

    /// <summary>Whether the parts begin with these fields in this order.</summary>
    public static bool BeginWith(this ImmutableArray<PartSymbol> parts, ImmutableArray<FieldSymbol> fields)
    {
        if (parts.Length < fields.Length) return false;
        for (var i = 0; i < fields.Length; i++)
            if (parts[i].Field != fields[i])
                return false;
        return true;
    }
}

/// <summary><c>@id</c> or <c>@@id</c>.</summary>
internal sealed record KeySymbol(AttributeSyntax Attribute)
{
    public required ImmutableArray<PartSymbol> Parts { get; init; }

    public PlacedText? DatabaseName { get; init; }

    public PlacedText? ClientName { get; init; }

    public bool IsOnField { get; init; }

    /// <summary><c>clustered:</c>; null where absent.</summary>
    public bool? IsClustered { get; init; }

    /// <summary>The attribute as users write it.</summary>
    public string Title => IsOnField ? "@id" : "@@id";
}

/// <summary><c>@unique</c>, <c>@@unique</c>, <c>@@index</c> or <c>@@fulltext</c>.</summary>
internal sealed record IndexSymbol(AttributeSyntax Attribute)
{
    public required IndexKind Kind { get; init; }

    public required ImmutableArray<PartSymbol> Parts { get; init; }

    public PlacedText? DatabaseName { get; init; }

    public PlacedText? ClientName { get; init; }

    /// <summary><c>type:</c>; null where absent.</summary>
    public PlacedText? Method { get; init; }

    /// <summary><c>where:</c> as SQL; null where absent.</summary>
    public PlacedText? Predicate { get; init; }

    public bool IsOnField { get; init; }

    /// <summary><c>clustered:</c>; null where absent.</summary>
    public bool? IsClustered { get; init; }

    /// <summary>The attribute as users write it.</summary>
    public string Title => (IsOnField ? "@" : "@@") + Attribute.Name.Text;
}
