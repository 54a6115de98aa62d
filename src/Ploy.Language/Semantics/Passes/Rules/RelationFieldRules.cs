using System.Text;
using Ploy.Language.Diagnostics;
using Ploy.Language.Semantics.Passes.Relations;
using Ploy.Language.Semantics.Providers;
using Ploy.Language.Semantics.Symbols;

namespace Ploy.Language.Semantics.Passes.Rules;

/// <summary>Relation fields one by one.</summary>
internal sealed class RelationFieldRules(RuleContext context)
{
    private readonly ColumnRules _columns = new(context);

    /// <summary>False where relations are ambiguous.</summary>
    public bool Check(ModelSymbol model)
    {
        var hasClientNames = model.HasClientNames;
        var groups = model.Fields.Length > FewNames.Most ? model.RelationFields.ToLookup(f => (f.Target!, NameOf(f))) : null;
        foreach (var field in model.Fields)
        {
            if (field.Target is null) continue;
            if (!IsClear(field, groups is null ? CountOf(field) : groups[(field.Target, NameOf(field))].Count())) return false;
            if (hasClientNames) _columns.ClientName(model, field);
            if (field.Target.IsIgnored && !field.IsIgnored && !model.IsIgnored)
                context.Report(SchemaDiagnostics.IgnoredTarget(field.Location, model.Name, field.Name, field.Target.Name));
            Provider(field);
            Index(field);
        }

        return true;
    }

    private static string NameOf(FieldSymbol field) => field.Relation?.Name ?? RelationPairing.DefaultName(field.Model.Name, field.Target!.Name);

    /// <summary>How many fields of the model stand for a relation of the field's name to its target, itself included.</summary>
    private static int CountOf(FieldSymbol field)
    {
        var count = 0;
        foreach (var other in field.Model.Fields)
            if (IsSame(field, other))
                count++;
        return count;
    }

    private static bool IsSame(FieldSymbol field, FieldSymbol other) =>
        field.Target == other.Target && (field.Relation?.Name == other.Relation?.Name || NameOf(field) == NameOf(other));

    private bool IsClear(FieldSymbol field, int fieldsOfRelation)
    {
        var (isSelf, isNamed) = (field.Target == field.Model, field.Relation?.Name is not null);
        if (fieldsOfRelation < 2 || (isSelf && isNamed && fieldsOfRelation == 2)) return true;
        string[] names = [.. field.Model.RelationFields.Where(f => IsSame(field, f)).Select(f => f.Name)];
        context.Report(isSelf
            ? SchemaDiagnostics.AmbiguousSelfRelation(field.Location, field.Model.Name, names, isNamed)
            : SchemaDiagnostics.AmbiguousRelation(field.Location, field.Model.Name, names, field.Target!.Name, isNamed));
        return false;
    }

    private void Provider(FieldSymbol field)
    {
        if (context.Provider is not { } provider || field.Relation is not { } relation) return;
        Emulates(field, relation.OnDelete);
        Emulates(field, relation.OnUpdate);
        if (relation.ConstraintName is not { } name) return;
        if (!provider.HasNamedKeys) context.Report(SchemaDiagnostics.NoNamedKeys(name.Location, provider.Title, $"the foreign key of `{field.Name}`"));
        else if (Encoding.UTF8.GetByteCount(name.Text) > provider.LongestName)
            context.Report(SchemaDiagnostics.NameTooLong(name.Location, name.Text, provider.Title, provider.LongestName));
    }

    private void Emulates(FieldSymbol field, PlacedAction? action)
    {
        if (action is not null && !ProviderRules.Allows(action.Action, context.RelationMode))
            context.Report(SchemaDiagnostics.ActionNotEmulated(action.Location, action.Action.ToString(), field.Name));
    }

    /// <summary>A database without foreign keys makes no index for them either.</summary>
    private void Index(FieldSymbol field)
    {
        if (context.RelationMode != RelationMode.Prisma || field.Relation?.Fields is not { Length: > 0 } fields) return;
        if (field.Model.PrimaryKey is { } key && key.Parts.BeginWith(fields)) return;
        if (field.Model.Indexes.Exists(i => i.Parts.BeginWith(fields))) return;
        context.Report(SchemaDiagnostics.UnindexedRelation(field.Location, field.Model.Name, field.Name, [.. fields.Select(f => f.Name)]));
    }
}
