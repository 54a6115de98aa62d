using Ploy.Core.Text;
using Ploy.Language.Syntax;

namespace Ploy.Language.Semantics.Symbols;

/// <summary>A model, view or composite type while the passes find out what it means.</summary>
internal sealed class ModelSymbol(SourceText source, ModelSyntax syntax)
{
    private readonly Dictionary<string, FieldSymbol> _fieldsByName = new(StringComparer.Ordinal);

    public SourceText Source { get; } = source;

    public ModelSyntax Syntax { get; } = syntax;

    public string Name => Syntax.Name.Text;

    public bool IsView => Syntax.Kind == ModelKind.View;

    public bool IsComposite => Syntax.Kind == ModelKind.CompositeType;

    /// <summary>The word for it in sentences: <c>model</c>, <c>view</c> or <c>type</c>.</summary>
    public string Kind => Syntax.Kind switch { ModelKind.Model => "model", ModelKind.View => "view", _ => "type" };

    /// <summary>All fields in order, those with faults included.</summary>
    public List<FieldSymbol> Fields { get; } = [];

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

    /// <summary>The indexes that have a name in the client, by it; to be asked when all are there.</summary>
    public ILookup<string, IndexSymbol> IndexesByClientName => field ??= Indexes.Where(i => i.ClientName is not null).ToLookup(i => i.ClientName!.Text, StringComparer.Ordinal); // those without were left out

    /// <summary>Every <c>@shardKey</c> and <c>@@shardKey</c>.</summary>
    public List<AttributeSyntax> ShardKeys { get; } = [];

    /// <summary>Fields of the primary key and of each unique index.</summary>
    public IEnumerable<IReadOnlyList<PartSymbol>> UniqueCriteria =>
        (PrimaryKey is null ? [] : new[] { PrimaryKey.Parts }).Concat(Indexes.Where(i => i.Kind == IndexKind.Unique).Select(i => i.Parts));

    public SourceLocation Location => At(Syntax.Span);

    public void Add(FieldSymbol field)
    {
        Fields.Add(field);
        _fieldsByName[field.Name] = field;
    }

    /// <summary>The field of that name; of several, the last.</summary>
    public FieldSymbol? Find(string name) => _fieldsByName.GetValueOrDefault(name);

    public SourceLocation At(TextSpan span) => new(Source, span);

    public SourceLocation At(SyntaxNode node) => new(Source, node.Span);
}
