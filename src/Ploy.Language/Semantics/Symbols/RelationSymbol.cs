namespace Ploy.Language.Semantics.Symbols;

/// <summary>How many rows stand on each side of a relation.</summary>
internal enum Cardinality
{
    OneToOne,
    OneToMany,
    ManyToMany,
}

/// <summary>A relation, decided once from its fields.</summary>
/// <param name="Cardinality">How many rows stand on each side.</param>
/// <param name="Forward">The field on the side with the foreign key; of a many-to-many relation the field of the model whose name comes first. Null where the field is missing.</param>
/// <param name="Back">The field on the other side; null where it is missing.</param>
internal sealed record RelationSymbol(Cardinality Cardinality, FieldSymbol? Forward, FieldSymbol? Back)
{
    /// <summary>The model with the foreign key.</summary>
    public ModelSymbol Model => Forward?.Model ?? Back!.Target!;

    /// <summary>The model referred to.</summary>
    public ModelSymbol Target => Forward?.Target ?? Back!.Model;
}
