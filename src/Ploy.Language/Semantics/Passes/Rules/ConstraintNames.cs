using System.Collections.Immutable;
using System.Text;
using Ploy.Language.Semantics.Providers;
using Ploy.Language.Semantics.Symbols;

namespace Ploy.Language.Semantics.Passes.Rules;

/// <summary>
/// The names of keys, indexes and foreign keys in the database, written or made up, and where they meet. Names hardly ever meet: at first
/// only hashes are compared, and names are put together and kept only where two hashes are the same.
/// </summary>
internal sealed class ConstraintNames
{
    private readonly ProviderRules? _provider;
    private readonly NameWriter _writer;
    private readonly HashSet<(string? Namespace, string Name)> _globalClashes;
    private readonly HashSet<(ModelSymbol Model, string Name)> _localClashes;

    public ConstraintNames(SchemaSymbols symbols, ProviderRules? provider)
    {
        (_provider, _globalClashes, _localClashes) = (provider, [], []);
        _writer = new NameWriter(provider?.LongestName ?? int.MaxValue);
        if (provider is null || !MayMeet(symbols)) return;
        var global = new HashSet<(string? Namespace, string Name)>();
        foreach (var model in symbols.Models)
        {
            foreach (var index in model.Indexes) AddGlobal(global, model, OfIndex(model, index));
            if (provider.HasNamedKeys) AddNamed(global, model);
        }
    }

    private ConstraintNames(ConstraintNames other)
    {
        (_provider, _globalClashes, _localClashes) = (other._provider, other._globalClashes, other._localClashes);
        _writer = new NameWriter(_provider?.LongestName ?? int.MaxValue);
    }

    /// <summary>The same for another who asks at the same time: names are put together in one place.</summary>
    public ConstraintNames Copy() => new(this);

    /// <summary>The name of the primary key; null where the provider has none.</summary>
    public string? OfKey(ModelSymbol model, KeySymbol key) => _provider is { HasNamedKeys: true } ? Key(model, key).ToString() : null;

    public string OfIndex(ModelSymbol model, IndexSymbol index) => Index(model, index).ToString();

    public string OfRelation(FieldSymbol forward) => Relation(forward).ToString();

    /// <summary>Where the name of the primary key stands more than once, in words; null where it does not.</summary>
    public string? ClashOfKey(ModelSymbol model, KeySymbol key) =>
        HasClashes && OfKey(model, key) is { } name ? GlobalClash(model, name) ?? LocalClash(model, name) : null;

    /// <summary>Where the name of an index stands more than once, in words; null where it does not.</summary>
    public string? ClashOfIndex(ModelSymbol model, IndexSymbol index) => HasClashes ? GlobalClash(model, OfIndex(model, index)) : null;

    /// <summary>Where the name of a foreign key stands more than once, in words; null where it does not.</summary>
    public string? ClashOfRelation(FieldSymbol forward) =>
        HasClashes && !forward.Model.IsView ? LocalClash(forward.Model, OfRelation(forward)) : null;

    private bool HasClashes => _globalClashes.Count + _localClashes.Count > 0;

    private ReadOnlySpan<char> Key(ModelSymbol model, KeySymbol key) =>
        key.DatabaseName is { } written ? written.Text : _writer.Begin(model.DatabaseName).End("_pkey");

    private ReadOnlySpan<char> Index(ModelSymbol model, IndexSymbol index)
    {
        if (index.DatabaseName is { } written) return written.Text;
        _writer.Begin(model.DatabaseName);
        foreach (var part in index.Parts) _writer.Add(part.Field.ColumnName);
        if (index.Parts.IsEmpty) _writer.Add("");
        return _writer.End(index.Kind == IndexKind.Unique ? "_key" : "_idx");
    }

    private ReadOnlySpan<char> Relation(FieldSymbol forward)
    {
        if (forward.Relation?.ConstraintName is { } written) return written.Text;
        ImmutableArray<FieldSymbol> fields = forward.Relation?.Fields ?? [];
        _writer.Begin(forward.Model.DatabaseName);
        foreach (var field in fields) _writer.Add(field.ColumnName);
        if (fields.IsEmpty) _writer.Add("");
        return _writer.End("_fkey");
    }

    /// <summary>Whether any two names that must differ have the same hash.</summary>
    private bool MayMeet(SchemaSymbols symbols)
    {
        var models = symbols.Models;
        var parts = Parts.Map(models.Count, models.Count, (from, to) => Copy().Hashes(models, from, to));
        if (parts.Contains(null)) return true;
        foreach (var part in parts[1..])
            foreach (var hash in part!) // just looked at
                if (!parts[0]!.Add(hash))
                    return true;
        return false;
    }

    /// <summary>The hashes of names that must differ in the database; null where two of them, or of names within a table, are the same.</summary>
    private HashSet<ulong>? Hashes(List<ModelSymbol> models, int from, int to)
    {
        var hasNamedKeys = _provider is { HasNamedKeys: true };
        var global = new HashSet<ulong>((to - from) * 4);
        var local = new List<ulong>();
        for (var i = from; i < to; i++)
        {
            var model = models[i];
            var space = Hash(Seed, model.Namespace?.Text ?? "");
            local.Clear();
            if (hasNamedKeys && model.PrimaryKey is { } key)
            {
                local.Add(Hash(space, Key(model, key)));
                if (!global.Add(local[0])) return null;
            }

            foreach (var index in model.Indexes)
            {
                local.Add(Hash(space, Index(model, index)));
                if (!global.Add(local[^1])) return null;
            }

            if (!hasNamedKeys) continue;
            foreach (var field in model.Fields)
                if (field is { Target: not null, Relation.Fields: not null })
                    local.Add(Hash(space, Relation(field)));
            local.Sort();
            for (var j = 1; j < local.Count; j++)
                if (local[j] == local[j - 1])
                    return null;
        }

        return global;
    }

    // FNV-1a over UTF-16 units: http://www.isthe.com/chongo/tech/comp/fnv/
    private const ulong Seed = 14695981039346656037;

    private static ulong Hash(ulong seed, ReadOnlySpan<char> text)
    {
        var hash = (seed ^ 0x1F) * 1099511628211;
        foreach (var c in text) hash = (hash ^ c) * 1099511628211;
        return hash;
    }

    private void AddNamed(HashSet<(string? Namespace, string Name)> global, ModelSymbol model)
    {
        var local = new HashSet<string>(StringComparer.Ordinal);
        if (model.PrimaryKey is { } key && OfKey(model, key) is { } name)
        {
            AddGlobal(global, model, name);
            local.Add(name);
        }

        foreach (var index in model.Indexes) AddLocal(OfIndex(model, index));
        foreach (var field in model.Fields)
            if (field is { Target: not null, Relation.Fields: not null })
                AddLocal(OfRelation(field));

        void AddLocal(string name)
        {
            if (!local.Add(name)) _localClashes.Add((model, name));
        }
    }

    private void AddGlobal(HashSet<(string? Namespace, string Name)> global, ModelSymbol model, string name)
    {
        if (!global.Add((model.Namespace?.Text, name))) _globalClashes.Add((model.Namespace?.Text, name));
    }

    private string? GlobalClash(ModelSymbol model, string name) =>
        !_globalClashes.Contains((model.Namespace?.Text, name)) ? null : model.Namespace is { } space ? $"in the namespace `{space.Text}`" : "in the database";

    private string? LocalClash(ModelSymbol model, string name) => _localClashes.Contains((model, name)) ? $"in the table of `{model.Name}`" : null;

    /// <summary>Puts names together, one after the other in the same place.</summary>
    /// <param name="longest">The longest name, in bytes of UTF-8.</param>
    private sealed class NameWriter(int longest)
    {
        private char[] _text = new char[128];
        private int _length;

        public NameWriter Begin(string table)
        {
            _length = 0;
            Append(table);
            return this;
        }

        public void Add(string column)
        {
            Append("_");
            Append(column);
        }

        /// <summary>The name until the next begins: cut so that it and its suffix fit, never inside a character.</summary>
        public ReadOnlySpan<char> End(string suffix)
        {
            Cut(longest - suffix.Length);
            Append(suffix);
            return _text.AsSpan(0, _length);
        }

        private void Cut(int limit)
        {
            ReadOnlySpan<char> name = _text.AsSpan(0, _length);
            if (Encoding.UTF8.GetByteCount(name) <= limit) return;
            var (kept, bytes) = (0, 0);
            foreach (var rune in name.EnumerateRunes())
            {
                if (bytes + rune.Utf8SequenceLength > limit) break;
                (kept, bytes) = (kept + rune.Utf16SequenceLength, bytes + rune.Utf8SequenceLength);
            }

            _length = kept;
        }

        private void Append(string text)
        {
            if (_length + text.Length > _text.Length) Array.Resize(ref _text, Math.Max(_text.Length * 2, _length + text.Length));
            text.CopyTo(_text.AsSpan(_length));
            _length += text.Length;
        }
    }
}
