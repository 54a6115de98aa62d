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

        Arguments(forward, context);
        if (!IsEmpty(back.Relation?.Fields) || !IsEmpty(back.Relation?.References))
            context.Report(SchemaDiagnostics.ForeignKeyOnList(back.Location, back.Model.Name, back.Name, forward.Model.Name, forward.Name));
        if ((back.Relation?.OnDelete ?? back.Relation?.OnUpdate) is not null)
            context.Report(SchemaDiagnostics.ActionsOnBackField(back.Location, back.Model.Name, back.Name, forward.Model.Name, forward.Name));
    }

    /// <summary>The side with the foreign key says its columns and theirs.</summary>
    private static void Arguments(FieldSymbol forward, RuleContext context)
    {
        if (!IsEmpty(forward.Relation?.Fields) && !IsEmpty(forward.Relation?.References)) return;
        var missing = new List<string>();
        if (IsEmpty(forward.Relation?.Fields)) missing.Add("fields");
        if (IsEmpty(forward.Relation?.References)) missing.Add("references");
        if (missing.Count > 0) context.Report(SchemaDiagnostics.MissingRelationArguments(forward.Location, forward.Model.Name, forward.Name, missing));
    }
}
