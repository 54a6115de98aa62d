using System.Collections.Immutable;
using System.Text;
using Ploy.Language.Diagnostics;
using Ploy.Language.Semantics.Symbols;
using Ploy.Language.Syntax;

namespace Ploy.Language.Semantics.Passes.Rules;

/// <summary>Primary keys, and that each row can be told from the others.</summary>
internal sealed class KeyRules(RuleContext context)
{
    public void Check(ModelSymbol model)
    {
        IdentifiesRows(model);
        if (model.PrimaryKey is { } key) Check(model, key);
        AutoIncrement(model);
        foreach (var shard in model.ShardKeys)
            context.Report(context.Features.ShardKeys
                ? SchemaDiagnostics.NoShardKeys(model.At(shard), "shardKey", model.Name)
                : SchemaDiagnostics.NeedsPreviewFeature(model.At(shard), $"`shardKey` of `{model.Name}`", "shardKeys"));
    }

    private void IdentifiesRows(ModelSymbol model)
    {
        if (model.IsIgnored || model.HasUniqueCriterion(this, static (parts, _) => parts.All(p => p.Field.Arity != FieldArity.Optional && p.Field.Type is not FieldType.Unsupported))) return;
        context.Report(SchemaDiagnostics.NoUniqueCriterion(
            model.Location, model.Kind, model.Name, [.. model.UniqueCriteria.SelectMany(c => c.Select(p => p.Field.Name)).Distinct()]));
    }

    private void Check(ModelSymbol model, KeySymbol key)
    {
        var at = model.At(key.Attribute);
        if (key.DatabaseName is { } written && context.Provider is { HasNamedKeys: true } limits && Encoding.UTF8.GetByteCount(written.Text) > limits.LongestName)
            context.Report(SchemaDiagnostics.NameTooLong(written.Location, written.Text, limits.Title, limits.LongestName));
        if (context.Names.ClashOfKey(model, key) is { } scope)
            context.Report(SchemaDiagnostics.DuplicateConstraintName(key.DatabaseName?.Location ?? at, context.Names.OfKey(model, key)!, scope)); // what clashes has a name

        if (key.ClientName is { } client && ClientNames.CountOf(model, client.Text) > 1)
            context.Report(SchemaDiagnostics.DuplicateClientName(client.Location, model.Kind, model.Name, client.Text));
        if (key.Parts.IsEmpty) context.Report(SchemaDiagnostics.EmptyKey(at, key.Title));
        if (key.Parts.Length > 1 && ClientNames.Clash(model, key.Parts) is { } field)
            context.Report(SchemaDiagnostics.KeyNameIsField(at, key.Title, field));
        if (context.Provider is not { } provider) return;
        if (key.DatabaseName is not null && !provider.HasNamedKeys) context.Report(SchemaDiagnostics.NoNamedKeys(model.Location, provider.Title, $"the primary key of `{model.Name}`"));
        if (key.Parts.Any(p => p.Options.Length is not null)) context.Report(SchemaDiagnostics.NoLengths(at, provider.Title, key.Title));
        if (key.Parts.Any(p => p.Options.Sort is not null)) context.Report(SchemaDiagnostics.NoSortedKeys(at, provider.Title));
        if (key.IsClustered is not null) context.Report(SchemaDiagnostics.NoClustering(at, provider.Title, key.Title));
    }

    private void AutoIncrement(ModelSymbol model)
    {
        if (context.Provider is not { CountsOnlyIds: true } provider) return;
        var fields = model.Fields.Where(static f => f.Default?.Model is DefaultModel.AutoIncrement).ToList();
        if (fields.Count > 1) context.Report(SchemaDiagnostics.SeveralAutoIncrements(model.Location, provider.Title, model.Name));
        foreach (var field in fields)
            if (model.PrimaryKey is not { Parts: [var only] } || only.Field != field)
                context.Report(SchemaDiagnostics.AutoIncrementOutsideId(field.Location, provider.Title, field.Name));
    }
}

/// <summary>The names by which a generated client calls keys.</summary>
internal static class ClientNames
{
    /// <summary>How many keys and unique indexes of the model have the name.</summary>
    public static int CountOf(ModelSymbol model, string name) =>
        (model.PrimaryKey?.ClientName?.Text == name ? 1 : 0) + model.IndexesByClientName[name].Count();

    /// <summary>The column that is called as the key would be: by its fields joined with underscores; null where there is none.</summary>
    public static string? Clash(ModelSymbol model, ImmutableArray<PartSymbol> parts)
    {
        // The name is put together only where some field's is as long.
        if (!HasFieldAsLong(model, parts)) return null;
        var name = string.Join("_", parts.Select(p => p.Options.Field));
        return model.Find(name) is { IsColumn: true } ? name : null;
    }

    private static bool HasFieldAsLong(ModelSymbol model, ImmutableArray<PartSymbol> parts)
    {
        var length = parts.Length - 1;
        foreach (var part in parts) length += part.Options.Field.Length;
        foreach (var field in model.Fields)
            if (field.Name.Length == length)
                return true;
        return false;
    }
}
