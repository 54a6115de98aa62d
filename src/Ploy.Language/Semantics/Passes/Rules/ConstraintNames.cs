using System.Collections.Immutable;
using System.Text;
using Ploy.Language.Semantics.Providers;
using Ploy.Language.Semantics.Symbols;

namespace Ploy.Language.Semantics.Passes.Rules;

/// <summary>The names of keys, indexes and foreign keys in the database, written or made up, and where they meet.</summary>
internal sealed class ConstraintNames
{
    private readonly ProviderRules? _provider;
    private readonly StringBuilder _text = new();
    private readonly HashSet<(string? Namespace, string Name)> _global;
    private readonly HashSet<(string? Namespace, string Name)> _globalClashes = [];
    private readonly HashSet<(ModelSymbol Model, string Name)> _localClashes = [];
    private readonly HashSet<string> _local = new(StringComparer.Ordinal);

    public ConstraintNames(SchemaSymbols symbols, ProviderRules? provider)
    {
        _provider = provider;
        _global = new HashSet<(string?, string)>(provider is null ? 0 : symbols.Models.Sum(m => m.Indexes.Count + 1));
        if (provider is null) return;
        foreach (var model in symbols.Models)
        {
            foreach (var index in model.Indexes) AddGlobal(model, OfIndex(model, index));
            if (provider.HasNamedKeys) AddNamed(model);
        }
    }

    /// <summary>The name of the primary key; null where the provider has none.</summary>
    public string? OfKey(ModelSymbol model, KeySymbol key) =>
        _provider is { HasNamedKeys: true } ? key.DatabaseName?.Text ?? Fit(model.DatabaseName, "_pkey") : null;

    public string OfIndex(ModelSymbol model, IndexSymbol index)
    {
        if (index.DatabaseName is { } written) return written.Text;
        _text.Clear().Append(model.DatabaseName).Append('_');
        for (var i = 0; i < index.Parts.Length; i++) _text.Append(i == 0 ? "" : "_").Append(index.Parts[i].Field.ColumnName);
        return Fit(_text.ToString(), index.Kind == IndexKind.Unique ? "_key" : "_idx");
    }

    public string OfRelation(FieldSymbol forward)
    {
        if (forward.Relation?.ConstraintName is { } written) return written.Text;
        ImmutableArray<FieldSymbol> fields = forward.Relation?.Fields ?? [];
        _text.Clear().Append(forward.Model.DatabaseName).Append('_');
        for (var i = 0; i < fields.Length; i++) _text.Append(i == 0 ? "" : "_").Append(fields[i].ColumnName);
        return Fit(_text.ToString(), "_fkey");
    }

    /// <summary>Where the name of the primary key stands more than once, in words; null where it does not.</summary>
    public string? ClashOfKey(ModelSymbol model, KeySymbol key) =>
        HasClashes && OfKey(model, key) is { } name ? GlobalClash(model, name) ?? LocalClash(model, name) : null;

    /// <summary>Where the name of an index stands more than once, in words; null where it does not.</summary>
    public string? ClashOfIndex(ModelSymbol model, IndexSymbol index) => HasClashes ? GlobalClash(model, OfIndex(model, index)) : null;

    /// <summary>Where the name of a foreign key stands more than once, in words; null where it does not.</summary>
    public string? ClashOfRelation(FieldSymbol forward) =>
        HasClashes && !forward.Model.IsView ? LocalClash(forward.Model, OfRelation(forward)) : null;

    /// <summary>Where no names meet at all, none needs to be made up again.</summary>
    private bool HasClashes => _globalClashes.Count + _localClashes.Count > 0;

    private void AddNamed(ModelSymbol model)
    {
        _local.Clear();
        if (model.PrimaryKey is { } key && OfKey(model, key) is { } name)
        {
            AddGlobal(model, name);
            AddLocal(model, name);
        }

        foreach (var index in model.Indexes) AddLocal(model, OfIndex(model, index));
        foreach (var field in model.Fields)
            if (field is { Target: not null, Relation.Fields: not null })
                AddLocal(model, OfRelation(field));
    }

    private void AddGlobal(ModelSymbol model, string name)
    {
        if (!_global.Add((model.Namespace?.Text, name))) _globalClashes.Add((model.Namespace?.Text, name));
    }

    private void AddLocal(ModelSymbol model, string name)
    {
        if (!_local.Add(name)) _localClashes.Add((model, name));
    }

    private string? GlobalClash(ModelSymbol model, string name) =>
        !_globalClashes.Contains((model.Namespace?.Text, name)) ? null : model.Namespace is { } space ? $"in the namespace `{space.Text}`" : "in the database";

    private string? LocalClash(ModelSymbol model, string name) => _localClashes.Contains((model, name)) ? $"in the table of `{model.Name}`" : null;

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
}
