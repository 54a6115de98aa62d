using System.Collections.Immutable;
using Ploy.Core.Text;
using Ploy.Language.Syntax;

namespace Ploy.Language.Semantics.Symbols;

/// <summary>A model, view or composite type while the passes find out what it means.</summary>
internal sealed class ModelSymbol
{
    private Dictionary<string, FieldSymbol>? _fieldsByName;
    private List<AttributeSyntax>? _shardKeys;

    public ModelSymbol(SourceText source, ModelSyntax syntax)
    {
        (Source, Syntax) = (source, syntax);
        Fields = ImmutableArray.CreateRange(syntax.Fields, static (field, model) => new FieldSymbol(model, field), this);
    }

    public SourceText Source { get; }

    public ModelSyntax Syntax { get; }

    public string Name => Syntax.Name.Text;

    public bool IsView => Syntax.Kind == ModelKind.View;

    public bool IsComposite => Syntax.Kind == ModelKind.CompositeType;

    /// <summary>The word for it in sentences: <c>model</c>, <c>view</c> or <c>type</c>.</summary>
    public string Kind => Syntax.Kind.Word();

    /// <summary>All fields in order, those with faults included.</summary>
    public ImmutableArray<FieldSymbol> Fields { get; }

    /// <summary>The fields whose type is known to be that of a column.</summary>
    public IEnumerable<FieldSymbol> Columns => Fields.Where(f => f.IsColumn);

    /// <summary>The fields whose type is a model or view.</summary>
    public IEnumerable<FieldSymbol> RelationFields => Fields.Where(f => f.Target is not null);

    public bool IsIgnored { get; set; }

    public string? MappedName { get; set; }

    public string DatabaseName => MappedName ?? Name;

    /// <summary><c>@@schema</c> and its argument's place; null where absent.</summary>
    public PlacedText? Namespace { get; set; }

    public KeySymbol? PrimaryKey { get; set; }

    /// <summary>Those of fields first, then those of the block, <c>@@index</c> before <c>@@unique</c> before <c>@@fulltext</c>.</summary>
    public List<IndexSymbol> Indexes { get; } = [];

    /// <summary>Whether a key or index has a name in the client, which is rare.</summary>
    public bool HasClientNames => PrimaryKey?.ClientName is not null || Indexes.Exists(i => i.ClientName is not null);

    /// <summary>The indexes that have a name in the client, by it; to be asked when all are there.</summary>
    public ILookup<string, IndexSymbol> IndexesByClientName => field ??= Indexes.Where(i => i.ClientName is not null).ToLookup(i => i.ClientName!.Text, StringComparer.Ordinal); // those without were left out

    /// <summary>Every <c>@shardKey</c> and <c>@@shardKey</c>.</summary>
    public IReadOnlyList<AttributeSyntax> ShardKeys => _shardKeys ?? [];

    /// <summary>Fields of the primary key and of each unique index.</summary>
    public IEnumerable<ImmutableArray<PartSymbol>> UniqueCriteria
    {
        get
        {
            if (PrimaryKey is { } key) yield return key.Parts;
            foreach (var index in Indexes)
                if (index.Kind == IndexKind.Unique)
                    yield return index.Parts;
        }
    }

    public SourceLocation Location => At(Syntax.Span);

    public void AddShardKey(AttributeSyntax attribute) => (_shardKeys ??= []).Add(attribute);

    /// <summary>The field of that name; of several, the last.</summary>
    public FieldSymbol? Find(string name)
    {
        if (Fields.Length > FewNames.Most) return (_fieldsByName ??= ByName()).GetValueOrDefault(name);
        for (var i = Fields.Length - 1; i >= 0; i--)
            if (Fields[i].Name == name)
                return Fields[i];
        return null;
    }

    /// <summary>Whether the primary key or a unique index fulfils a condition.</summary>
    public bool HasUniqueCriterion<T>(T argument, Func<ImmutableArray<PartSymbol>, T, bool> condition)
    {
        if (PrimaryKey is { } key && condition(key.Parts, argument)) return true;
        foreach (var index in Indexes)
            if (index.Kind == IndexKind.Unique && condition(index.Parts, argument))
                return true;
        return false;
    }

    public SourceLocation At(TextSpan span) => new(Source, span);

    public SourceLocation At(SyntaxNode node) => new(Source, node.Span);

    private Dictionary<string, FieldSymbol> ByName()
    {
        var fields = new Dictionary<string, FieldSymbol>(Fields.Length, StringComparer.Ordinal);
        foreach (var field in Fields) fields[field.Name] = field;
        return fields;
    }
}
