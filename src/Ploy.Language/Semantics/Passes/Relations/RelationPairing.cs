using System.Collections.Immutable;
using Ploy.Language.Semantics.Symbols;
using Ploy.Language.Syntax;

namespace Ploy.Language.Semantics.Passes.Relations;

/// <summary>Fourth pass: pairs relation fields, and decides of each relation which side holds the foreign key.</summary>
internal sealed class RelationPairing
{
    private readonly SchemaSymbols _symbols;
    private readonly ILookup<(ModelSymbol Model, ModelSymbol Target, string? Name), FieldSymbol> _fields;

    private RelationPairing(SchemaSymbols symbols)
    {
        _symbols = symbols;
        _fields = symbols.Models.SelectMany(m => m.RelationFields).ToLookup(f => (f.Model, f.Target!, f.Relation?.Name));
    }

    /// <summary>All relations, each at the one of its fields by which the engine orders them.</summary>
    public static ImmutableArray<RelationSymbol> Pair(SchemaSymbols symbols)
    {
        var pairing = new RelationPairing(symbols);
        return [.. pairing._symbols.Models.SelectMany(m => m.RelationFields).Select(pairing.At).OfType<RelationSymbol>()];
    }

    /// <summary>The name that a relation has where none is written: both models' names in order.</summary>
    public static string DefaultName(string first, string second) =>
        string.CompareOrdinal(first, second) <= 0 ? $"{first}To{second}" : $"{second}To{first}";

    /// <summary>The relation that begins at a field; null where it begins at its opposite.</summary>
    private RelationSymbol? At(FieldSymbol field)
    {
        var opposite = _fields[(field.Target!, field.Model, field.Relation?.Name)].FirstOrDefault(f => f != field);
        if (opposite is null)
        {
            return field.IsList ? new RelationSymbol(Cardinality.OneToMany, null, field)
                : new RelationSymbol(HasUniqueFields(field) ? Cardinality.OneToOne : Cardinality.OneToMany, field, null);
        }

        return (field.Arity, opposite.Arity) switch
        {
            (FieldArity.List, FieldArity.List) => IsFirst(field, opposite) ? new RelationSymbol(Cardinality.ManyToMany, field, opposite) : null,
            (FieldArity.List, _) => null,
            (_, FieldArity.List) => new RelationSymbol(Cardinality.OneToMany, field, opposite),
            (FieldArity.Optional, FieldArity.Required) => null,
            (FieldArity.Required, FieldArity.Optional) => new RelationSymbol(Cardinality.OneToOne, field, opposite),
            (FieldArity.Optional, _) when field.Relation?.Fields is not null => new RelationSymbol(Cardinality.OneToOne, field, opposite),
            (FieldArity.Optional, _) when opposite.Relation?.Fields is not null => null,
            _ => IsFirst(field, opposite) ? new RelationSymbol(Cardinality.OneToOne, field, opposite) : null,
        };
    }

    private static bool IsFirst(FieldSymbol field, FieldSymbol opposite)
    {
        var models = string.CompareOrdinal(field.Model.Name, opposite.Model.Name);
        return models < 0 || (models == 0 && string.CompareOrdinal(field.Name, opposite.Name) <= 0);
    }

    private static bool HasUniqueFields(FieldSymbol field) => field.Relation?.Fields is { } fields
        && field.Model.Indexes.Exists(i => i.Kind == IndexKind.Unique && i.Parts.Select(p => p.Field).SequenceEqual(fields));
}
