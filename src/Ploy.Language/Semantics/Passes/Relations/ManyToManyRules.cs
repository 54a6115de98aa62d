using Ploy.Language.Diagnostics;
using Ploy.Language.Semantics.Passes.Rules;
using Ploy.Language.Semantics.Symbols;

namespace Ploy.Language.Semantics.Passes.Relations;

/// <summary>What is true of many-to-many relations, whose join table nobody writes down.</summary>
internal static class ManyToManyRules
{
    public static void Check(RelationSymbol relation, RuleContext context)
    {
        FieldSymbol[] sides = [relation.Forward!, relation.Back!];
        foreach (var field in sides)
            if (field.Model.IsView)
                context.Report(SchemaDiagnostics.ManyToManyOfView(field.Location, field.Model.Name, field.Name));
        var hasFields = sides.Any(f => f.Relation?.Fields is not null);
        foreach (var field in sides)
        {
            if (hasFields)
            {
                context.Report(SchemaDiagnostics.FieldsInManyToMany(field.Location, field.Model.Name, field.Name));
                continue;
            }

            if (field.Target!.PrimaryKey is not { Parts: [var key] })
                context.Report(SchemaDiagnostics.ManyToManyWithoutId(field.Location, field.Model.Name, field.Name, field.Target.Name));
            else if (field.Relation?.References is { } references && !references.SequenceEqual([key.Field]))
                context.Report(SchemaDiagnostics.ReferencesInManyToMany(field.AtRelationArgument("references"), field.Model.Name, field.Name));
            else if (field.Relation?.References is not null)
                context.Report(SchemaDiagnostics.ReferencesInManyToMany(field.AtRelationArgument("references"), field.Model.Name, field.Name));
        }

        foreach (var field in sides)
            foreach (var action in new[] { field.Relation?.OnDelete, field.Relation?.OnUpdate })
                if (action is not null)
                    context.Report(SchemaDiagnostics.ActionsInManyToMany(action.Location, field.Model.Name, field.Name));
    }
}
