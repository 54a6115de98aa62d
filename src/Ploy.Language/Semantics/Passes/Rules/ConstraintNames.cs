using System.Text;
using Ploy.Language.Semantics.Providers;
using Ploy.Language.Semantics.Symbols;

namespace Ploy.Language.Semantics.Passes.Rules;

/// <summary>The names of keys, indexes and foreign keys in the database, written or made up, and where they meet.</summary>
internal sealed class ConstraintNames
{
    private readonly ProviderRules? _provider;
    private readonly Dictionary<(string? Namespace, string Name), int> _global = [];
    private readonly Dictionary<(ModelSymbol Model, string Name), int> _local = [];

    public ConstraintNames(SchemaSymbols symbols, ProviderRules? provider)
    {
        _provider = provider;
        if (provider is null) return;
        foreach (var model in symbols.Models)
        {
            foreach (var index in model.Indexes) Count(_global, (model.Namespace?.Text, OfIndex(model, index)));
            if (provider.HasNamedKeys) CountNamed(model);
        }
    }

    /// <summary>The name of the primary key; null where the provider has none.</summary>
    public string? OfKey(ModelSymbol model, KeySymbol key) =>
        _provider is { HasNamedKeys: true } ? key.DatabaseName?.Text ?? Fit(model.DatabaseName, "_pkey") : null;

    public string OfIndex(ModelSymbol model, IndexSymbol index) => index.DatabaseName?.Text
        ?? Fit(model.DatabaseName + "_" + string.Join("_", index.Parts.Select(p => p.Field.ColumnName)), index.Kind == IndexKind.Unique ? "_key" : "_idx");

    public string OfRelation(FieldSymbol forward) => forward.Relation?.ConstraintName?.Text
        ?? Fit(forward.Model.DatabaseName + "_" + string.Join("_", (forward.Relation?.Fields ?? []).Select(f => f.ColumnName)), "_fkey");

    /// <summary>Where the name of the primary key stands more than once, in words.</summary>
    public IEnumerable<string> ClashesOfKey(ModelSymbol model, KeySymbol key) =>
        OfKey(model, key) is not { } name ? [] : GlobalClash(model, name).Concat(LocalClash(model, name)).Take(1);

    /// <summary>Where the name of an index stands more than once, in words.</summary>
    public IEnumerable<string> ClashesOfIndex(ModelSymbol model, IndexSymbol index) => GlobalClash(model, OfIndex(model, index));

    /// <summary>Where the name of a foreign key stands more than once, in words.</summary>
    public IEnumerable<string> ClashesOfRelation(FieldSymbol forward) =>
        forward.Model.IsView ? [] : LocalClash(forward.Model, OfRelation(forward));

    private void CountNamed(ModelSymbol model)
    {
        if (model.PrimaryKey is { } key)
        {
            Count(_global, (model.Namespace?.Text, OfKey(model, key)!));
            Count(_local, (model, OfKey(model, key)!));
        }

        foreach (var index in model.Indexes) Count(_local, (model, OfIndex(model, index)));
        foreach (var field in model.RelationFields)
            if (field.Relation?.Fields is not null)
                Count(_local, (model, OfRelation(field)));
    }

    private IEnumerable<string> GlobalClash(ModelSymbol model, string name)
    {
        if (_global.GetValueOrDefault((model.Namespace?.Text, name)) > 1)
            yield return model.Namespace is { } space ? $"in the namespace `{space.Text}`" : "in the database";
    }

    private IEnumerable<string> LocalClash(ModelSymbol model, string name)
    {
        if (_local.GetValueOrDefault((model, name)) > 1) yield return $"in the table of `{model.Name}`";
    }

    /// <summary>A name that is made up is cut so that it and its suffix fit, never inside a character.</summary>
    private string Fit(string name, string suffix)
    {
        var limit = (_provider?.LongestName ?? int.MaxValue) - suffix.Length;
        if (Encoding.UTF8.GetByteCount(name) <= limit) return name + suffix;
        var (kept, bytes) = (0, 0);
        foreach (var rune in name.EnumerateRunes())
        {
            if (bytes + rune.Utf8SequenceLength > limit) break;
            (kept, bytes) = (kept + rune.Utf16SequenceLength, bytes + rune.Utf8SequenceLength);
        }

        return name[..kept] + suffix;
    }

    private static void Count<TKey>(Dictionary<TKey, int> counts, TKey key)
        where TKey : notnull => counts[key] = counts.GetValueOrDefault(key) + 1;
}
