using Ploy.Language.Diagnostics;
using Ploy.Language.Semantics.Passes.Rules;
using Ploy.Language.Semantics.Symbols;
using static Ploy.Language.Semantics.Passes.Relations.RelationRules;

namespace Ploy.Language.Semantics.Passes.Relations;

/// <summary>What is true of one-to-many relations.</summary>
internal static class OneToManyRules
{
    public static void Check(RelationSymbol relation, RuleContext context)
    {
        if (relation is not { Forward: { } forward, Back: { } back })
        {
            MissingOpposite((relation.Forward ?? relation.Back)!, context);
            return;
        }

        if (IsEmpty(forward.Relation?.Fields)) Missing(forward, "fields", context);
        if (IsEmpty(forward.Relation?.References)) Missing(forward, "references", context);
        if (!IsEmpty(back.Relation?.Fields) || !IsEmpty(back.Relation?.References))
            context.Report(SchemaDiagnostics.ForeignKeyOnList(back.Location, back.Model.Name, back.Name, forward.Model.Name, forward.Name));
        if ((back.Relation?.OnDelete ?? back.Relation?.OnUpdate) is not null)
            context.Report(SchemaDiagnostics.ActionsOnBackField(back.Location, back.Model.Name, back.Name, forward.Model.Name, forward.Name));
    }

    private static void Missing(FieldSymbol forward, string argument, RuleContext context) =>
        context.Report(SchemaDiagnostics.MissingRelationArgument(forward.Location, forward.Model.Name, forward.Name, argument));
}
