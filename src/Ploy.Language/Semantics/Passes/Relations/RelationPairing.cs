using System.Collections.Immutable;
using Ploy.Language.Semantics.Symbols;
using Ploy.Language.Syntax;

namespace Ploy.Language.Semantics.Passes.Relations;

/// <summary>Fourth pass: pairs relation fields, and decides of each relation which side holds the foreign key.</summary>
internal sealed class RelationPairing
{
    /// <summary>The relation fields of those models that have many.</summary>
    private readonly Dictionary<ModelSymbol, ILookup<(ModelSymbol Target, string? Name), FieldSymbol>> _tables = [];

    private RelationPairing() { }

    /// <summary>All relations, each at the one of its fields by which the engine orders them.</summary>
    public static ImmutableArray<RelationSymbol> Pair(SchemaSymbols symbols)
    {
        var models = symbols.Models;
        var parts = Parts.Map(models.Count, models.Count, (from, to) =>
        {
            var (pairing, relations) = (new RelationPairing(), new List<RelationSymbol>());
            for (var i = from; i < to; i++)
                foreach (var field in models[i].Fields)
                    if (field.Target is not null && pairing.At(field) is { } relation)
                        relations.Add(relation);
            return relations;
        });
        return parts is [var only] ? [.. only] : [.. parts.SelectMany(p => p)];
    }

    /// <summary>The name that a relation has where none is written: both models' names in order.</summary>
    public static string DefaultName(string first, string second) =>
        string.CompareOrdinal(first, second) <= 0 ? $"{first}To{second}" : $"{second}To{first}";

    /// <summary>The relation that begins at a field; null where it begins at its opposite.</summary>
    private RelationSymbol? At(FieldSymbol field)
    {
        var opposite = Opposite(field);
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

    /// <summary>The first other field of the target that leads back under the same name.</summary>
    private FieldSymbol? Opposite(FieldSymbol field)
    {
        var target = field.Target!; // only relation fields are paired
        var name = field.Relation?.Name;
        if (target.Fields.Length > FewNames.Most)
        {
            if (!_tables.TryGetValue(target, out var table))
                _tables.Add(target, table = target.RelationFields.ToLookup(f => (f.Target!, f.Relation?.Name)));
            return table[(field.Model, name)].FirstOrDefault(f => f != field);
        }

        foreach (var other in target.Fields)
            if (other.Target == field.Model && other.Relation?.Name == name && other != field)
                return other;
        return null;
    }

    private static bool IsFirst(FieldSymbol field, FieldSymbol opposite)
    {
        var models = string.CompareOrdinal(field.Model.Name, opposite.Model.Name);
        return models < 0 || (models == 0 && string.CompareOrdinal(field.Name, opposite.Name) <= 0);
    }

    private static bool HasUniqueFields(FieldSymbol field) => field.Relation?.Fields is { } fields
        && field.Model.Indexes.Exists(i => i.Kind == IndexKind.Unique && i.Parts.AreFields(fields));
}
