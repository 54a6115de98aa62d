namespace Ploy.Language.Semantics;

/// <summary>A relation, decided once from both of its fields.</summary>
public abstract record Relation
{
    private Relation() { }

    /// <summary>The name; see <see cref="RelationField.RelationName"/>.</summary>
    public required string Name { get; init; }

    /// <summary>One to one or one to many: one side holds the foreign key.</summary>
    public sealed record ForeignKey : Relation
    {
        /// <summary>The model with the key's columns.</summary>
        public required string Model { get; init; }

        /// <summary>The field with <c>fields:</c> and <c>references:</c>.</summary>
        public required RelationField Field { get; init; }

        /// <summary>The model referred to.</summary>
        public required string Target { get; init; }

        /// <summary>The field at the other side; null where the schema is incomplete and the engine lets it pass.</summary>
        public required RelationField? BackField { get; init; }

        /// <summary>Whether at most one row refers to each target row.</summary>
        public required bool IsOneToOne { get; init; }
    }

    /// <summary>An implicit many-to-many relation with its own join table.</summary>
    public sealed record ManyToMany : Relation
    {
        /// <summary>The model whose key is column <c>A</c>: the one whose name comes first.</summary>
        public required string ModelA { get; init; }

        /// <summary>The field of <see cref="ModelA"/>.</summary>
        public required RelationField FieldA { get; init; }

        /// <summary>The model whose key is column <c>B</c>.</summary>
        public required string ModelB { get; init; }

        /// <summary>The field of <see cref="ModelB"/>.</summary>
        public required RelationField FieldB { get; init; }
    }
}
