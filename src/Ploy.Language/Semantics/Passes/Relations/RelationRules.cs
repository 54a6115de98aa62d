using System.Collections.Immutable;
using Ploy.Language.Diagnostics;
using Ploy.Language.Semantics.Passes.Rules;
using Ploy.Language.Semantics.Symbols;
using Ploy.Language.Syntax;

namespace Ploy.Language.Semantics.Passes.Relations;

/// <summary>What is true of every relation with a foreign key, and then of each kind.</summary>
internal sealed class RelationRules(RuleContext context, ReferentialCycles? cycles)
{
    public void Check(RelationSymbol relation)
    {
        if (relation.Cardinality == Cardinality.ManyToMany)
        {
            ManyToManyRules.Check(relation, context);
            return;
        }

        if (relation is { Forward: not null, Back: not null }) cycles?.Check(relation, context);
        if (relation.Forward is { } forward)
        {
            ReferencesAreUnique(relation, forward);
            SameNumberOfFields(forward);
            ArityFits(forward);
            TypesFit(relation, forward);
            NameIsFree(forward);
            SetNullFits(forward);
        }

        if (relation.Cardinality == Cardinality.OneToOne) OneToOneRules.Check(relation, context);
        else OneToManyRules.Check(relation, context);
    }

    /// <summary>Whether the argument is missing, empty or was wrong.</summary>
    public static bool IsEmpty(ImmutableArray<FieldSymbol>? fields) => fields is not { Length: > 0 };

    public static void MissingOpposite(FieldSymbol field, RuleContext context) => context.Report(
        SchemaDiagnostics.MissingOppositeField(field.Location, field.Model.Kind, field.Model.Name, field.Name, field.Target!.Name));

    private void ReferencesAreUnique(RelationSymbol relation, FieldSymbol forward)
    {
        if (forward.Relation?.References is not { Length: > 0 } references) return;
        if (relation.Target.HasUniqueCriterion(references, AreSameFields)) return;
        context.Report(SchemaDiagnostics.ReferencesNotUnique(
            forward.AtRelationArgument("references"), relation.Target.Name, [.. references.Select(f => f.Name)]));
    }

    /// <summary>Whether the parts are these fields in any order; neither holds one twice.</summary>
    private static bool AreSameFields(ImmutableArray<PartSymbol> parts, ImmutableArray<FieldSymbol> fields)
    {
        if (parts.Length != fields.Length) return false;
        foreach (var part in parts)
            if (!fields.Contains(part.Field))
                return false;
        return true;
    }

    private void SameNumberOfFields(FieldSymbol forward)
    {
        if (forward.Relation is { Fields: { } fields, References: { } references } && fields.Length != references.Length)
            context.Report(SchemaDiagnostics.DifferentNumberOfFields(forward.Model.At(forward.Relation.Attribute), forward.Name, fields.Length, references.Length));
    }

    private void ArityFits(FieldSymbol forward)
    {
        if (!forward.IsRequired || forward.Relation?.Fields is not { } fields) return;
        if (fields.FirstOrDefault(static f => f.Arity == FieldArity.Optional) is { } optional)
            context.Report(SchemaDiagnostics.RequiredRelationOverOptional(forward.Location, forward.Name, optional.Name, forward.Target!.Name));
    }

    private void TypesFit(RelationSymbol relation, FieldSymbol forward)
    {
        if (forward.Relation is not { Fields: { } fields, References: { } references }) return;
        for (var i = 0; i < Math.Min(fields.Length, references.Length); i++)
        {
            var (field, reference) = (fields[i], references[i]);
            if (field.Type is not null && field.Type == reference.Type) continue;
            context.Report(SchemaDiagnostics.DifferentTypes(
                forward.Location, forward.Model.Name, field.Name, field.Syntax.Type.Name, relation.Target.Name, reference.Name, reference.Syntax.Type.Name));
        }
    }

    private void NameIsFree(FieldSymbol forward)
    {
        if (context.Names.ClashOfRelation(forward) is { } scope)
            context.Report(SchemaDiagnostics.DuplicateConstraintName(forward.AtRelationArgument("map"), context.Names.OfRelation(forward), scope));
    }

    /// <summary>A column that must have a value cannot become null when its target goes.</summary>
    private void SetNullFits(FieldSymbol forward)
    {
        if (context.Provider is not { } provider) return;
        if (forward.Relation?.Fields is { } fields && fields.All(static f => !f.IsRequired)) return;
        var isAllowed = provider.AllowsSetNullOnRequired(context.RelationMode);
        Check("onDelete", forward.Relation?.OnDelete);
        Check("onUpdate", forward.Relation?.OnUpdate);

        void Check(string argument, PlacedAction? action)
        {
            if (action is not { Action: ReferentialAction.SetNull }) return;
            context.Report(isAllowed
                ? SchemaDiagnostics.SetNullOnRequiredFails(action.Location, argument, forward.Name)
                : SchemaDiagnostics.SetNullOnRequired(action.Location, argument, forward.Name));
        }
    }
}
