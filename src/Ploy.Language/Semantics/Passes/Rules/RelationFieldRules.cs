using System.Text;
using Ploy.Language.Diagnostics;
using Ploy.Language.Semantics.Passes.Relations;
using Ploy.Language.Semantics.Providers;
using Ploy.Language.Semantics.Symbols;

namespace Ploy.Language.Semantics.Passes.Rules;

/// <summary>Relation fields one by one.</summary>
internal sealed class RelationFieldRules(RuleContext context)
{
    private readonly ILookup<(ModelSymbol, ModelSymbol, string), FieldSymbol> _byName = context.Symbols.Models
        .SelectMany(m => m.RelationFields).ToLookup(f => (f.Model, f.Target!, NameOf(f)));

    /// <summary>False where relations are ambiguous.</summary>
    public bool Check(ModelSymbol model)
    {
        foreach (var field in model.RelationFields)
        {
            if (!IsClear(field)) return false;
            new ColumnRules(context).ClientName(model, field);
            if (field.Target!.IsIgnored && !field.IsIgnored && !model.IsIgnored)
                context.Report(SchemaDiagnostics.IgnoredTarget(field.Location, model.Name, field.Name, field.Target.Name));
            Provider(field);
            Index(field);
        }

        return true;
    }

    private static string NameOf(FieldSymbol field) => field.Relation?.Name ?? RelationPairing.DefaultName(field.Model.Name, field.Target!.Name);

    private bool IsClear(FieldSymbol field)
    {
        var fields = _byName[(field.Model, field.Target!, NameOf(field))].ToList();
        var (isSelf, isNamed) = (field.Target == field.Model, field.Relation?.Name is not null);
        if (fields.Count < 2 || (isSelf && isNamed && fields.Count == 2)) return true;
        string[] names = [.. fields.Select(f => f.Name)];
        context.Report(isSelf
            ? SchemaDiagnostics.AmbiguousSelfRelation(field.Location, field.Model.Name, names, isNamed)
            : SchemaDiagnostics.AmbiguousRelation(field.Location, field.Model.Name, names, field.Target!.Name, isNamed));
        return false;
    }

    private void Provider(FieldSymbol field)
    {
        if (context.Provider is not { } provider || field.Relation is not { } relation) return;
        foreach (var action in new[] { relation.OnDelete, relation.OnUpdate })
            if (action is not null && !ProviderRules.Allows(action.Action, context.RelationMode))
                context.Report(SchemaDiagnostics.ActionNotEmulated(action.Location, action.Action.ToString(), field.Name));
        if (relation.ConstraintName is not { } name) return;
        if (!provider.HasNamedKeys) context.Report(SchemaDiagnostics.NoNamedKeys(name.Location, provider.Title, $"the foreign key of `{field.Name}`"));
        else if (Encoding.UTF8.GetByteCount(name.Text) > provider.LongestName)
            context.Report(SchemaDiagnostics.NameTooLong(name.Location, name.Text, provider.Title, provider.LongestName));
    }

    /// <summary>A database without foreign keys makes no index for them either.</summary>
    private void Index(FieldSymbol field)
    {
        if (context.RelationMode != RelationMode.Prisma || field.Relation?.Fields is not { Length: > 0 } fields) return;
        var keys = field.Model.Indexes.Select(i => i.Parts).Concat(field.Model.PrimaryKey is { } key ? [key.Parts] : []);
        if (keys.Any(parts => parts.Take(fields.Length).Select(p => p.Field).SequenceEqual(fields))) return;
        context.Report(SchemaDiagnostics.UnindexedRelation(field.Location, field.Model.Name, field.Name, [.. fields.Select(f => f.Name)]));
    }
}
