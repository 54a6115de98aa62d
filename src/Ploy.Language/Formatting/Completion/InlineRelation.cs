using Ploy.Language.Syntax;

namespace Ploy.Language.Formatting.Completion;

/// <summary>A relation with a foreign key, of which one side may be missing.</summary>
/// <param name="Referencing">The model with the key.</param>
/// <param name="Forward">Its field; null where it is missing.</param>
/// <param name="Referenced">The model that the key refers to.</param>
/// <param name="Back">Its field; null where it is missing.</param>
/// <param name="IsOneToOne">Whether each row is referred to once at most.</param>
internal sealed record InlineRelation(ModelPlace Referencing, RelationSide? Forward, ModelPlace Referenced, RelationSide? Back, bool IsOneToOne)
{
    /// <summary>The relation that belongs to a side; null where it belongs to the other side or has no key.</summary>
    /// <param name="side">A field.</param>
    /// <param name="other">The field at the other end; null where it is missing.</param>
    public static InlineRelation? Of(RelationSide side, RelationSide? other) => (side.Field.Arity, other?.Field.Arity) switch
    {
        (FieldArity.List, null) => new(side.Target, null, side.Model, side, IsOneToOne: false),
        (FieldArity.List, _) => null,
        (_, null) => new(side.Model, side, side.Target, null, UniqueKeys.AreUnique(side)),
        (_, FieldArity.List) => Between(side, other!, isOneToOne: false),
        (FieldArity.Required, FieldArity.Optional) => Between(side, other!, isOneToOne: true),
        (FieldArity.Optional, FieldArity.Required) => null,
        (FieldArity.Optional, FieldArity.Optional) when side.HasFields != other!.HasFields => side.HasFields ? Between(side, other, isOneToOne: true) : null,
        // Nothing says which of two equal sides has the key, so the first by name has it; both with keys are two relations to the engine.
        (FieldArity.Optional, FieldArity.Optional) when side.HasFields => Between(side, other!, isOneToOne: true),
        (_, _) => side.ComesAfter(other!) ? null : Between(side, other!, isOneToOne: true),
    };

    private static InlineRelation Between(RelationSide forward, RelationSide back, bool isOneToOne) => new(forward.Model, forward, forward.Target, back, isOneToOne);
}
