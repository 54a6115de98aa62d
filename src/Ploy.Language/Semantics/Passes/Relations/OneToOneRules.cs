using System.Collections.Immutable;
using Ploy.Language.Diagnostics;
using Ploy.Language.Semantics.Passes.Rules;
using Ploy.Language.Semantics.Symbols;
using static Ploy.Language.Semantics.Passes.Relations.RelationRules;

namespace Ploy.Language.Semantics.Passes.Relations;

/// <summary>What is true of one-to-one relations.</summary>
internal static class OneToOneRules
{
    public static void Check(RelationSymbol relation, RuleContext context)
    {
        var forward = relation.Forward!;
        if (relation.Back is not { } back)
        {
            MissingOpposite(forward, context);
            ForeignKeyIsUnique(forward, context);
            return;
        }

        Arguments(forward, back, context);
        Actions(forward, back, context);
        ForeignKeyIsUnique(forward, context);

        // What follows would only repeat an earlier fault in other words.
        if (!context.HasErrors) OnSameSide(forward, back, context);
        if (!context.HasErrors && back.IsRequired) context.Report(SchemaDiagnostics.RequiredBackField(back.Location, back.Model.Name, back.Name, forward.Model.Name));
        if (!context.HasErrors && forward.IsRequired && (back.Relation?.Fields ?? back.Relation?.References) is not null)
            context.Report(SchemaDiagnostics.ForeignKeyOnOptionalSide(back.Location, back.Model.Name, back.Name, forward.Model.Name, forward.Name));
    }

    /// <summary><c>fields</c> and <c>references</c> stand on exactly one side.</summary>
    private static void Arguments(FieldSymbol forward, FieldSymbol back, RuleContext context)
    {
        var (onBoth, onNeither) = (new List<string>(), new List<string>());
        Sort("fields", forward.Relation?.Fields, back.Relation?.Fields);
        Sort("references", forward.Relation?.References, back.Relation?.References);
        foreach (var (field, other) in new[] { (forward, back), (back, forward) })
        {
            if (onBoth.Count > 0)
                context.Report(SchemaDiagnostics.ArgumentsOnBothSides(field.AtRelationArgument(onBoth[0]), onBoth, field.Model.Name, field.Name, other.Model.Name, other.Name));
            if (onNeither.Count > 0)
                context.Report(SchemaDiagnostics.ArgumentsOnNeitherSide(field.Location, onNeither, field.Model.Name, field.Name, other.Model.Name, other.Name));
        }

        void Sort(string argument, ImmutableArray<FieldSymbol>? ofForward, ImmutableArray<FieldSymbol>? ofBack)
        {
            if (IsEmpty(ofForward) && IsEmpty(ofBack)) onNeither.Add(argument);
            else if (!IsEmpty(ofForward) && !IsEmpty(ofBack)) onBoth.Add(argument);
        }
    }

    /// <summary>Referential actions stand on the side with the foreign key.</summary>
    private static void Actions(FieldSymbol forward, FieldSymbol back, RuleContext context)
    {
        if (!HasActions(back)) return;
        context.Report(SchemaDiagnostics.ActionsOnBackField(back.Location, back.Model.Name, back.Name, forward.Model.Name, forward.Name));
        if (HasActions(forward)) context.Report(SchemaDiagnostics.ActionsOnBothSides(forward.Location, forward.Model.Name, forward.Name, back.Model.Name, back.Name));
    }

    private static void ForeignKeyIsUnique(FieldSymbol forward, RuleContext context)
    {
        // Without fields there is nothing to be unique; that they are missing is told elsewhere.
        if (forward.Relation?.Fields is not { } fields) return;
        if (forward.Model.HasUniqueCriterion(fields, PartList.AreFields)) return;
        context.Report(SchemaDiagnostics.OneToOneNotUnique(forward.Location, forward.Model.Name, forward.Name, [.. fields.Select(f => f.Name)]));
    }

    private static void OnSameSide(FieldSymbol forward, FieldSymbol back, RuleContext context)
    {
        foreach (var (with, without) in new[] { (forward, back), (back, forward) })
            if (!IsEmpty(with.Relation?.Fields) && !IsEmpty(without.Relation?.References))
                foreach (var field in new[] { forward, back })
                    context.Report(SchemaDiagnostics.ArgumentsOnDifferentSides(field.Location, with.Model.Name, with.Name, without.Model.Name, without.Name));
    }

    private static bool HasActions(FieldSymbol field) => (field.Relation?.OnDelete ?? field.Relation?.OnUpdate) is not null;
}
