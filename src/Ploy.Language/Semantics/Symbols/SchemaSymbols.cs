using System.Collections.Immutable;
using Ploy.Core.Text;
using Ploy.Language.Semantics.Passes;
using Ploy.Language.Syntax;

namespace Ploy.Language.Semantics.Symbols;

/// <summary>Everything that the files declare, in their order, and by name.</summary>
internal sealed class SchemaSymbols
{
    private readonly Dictionary<string, object> _types = new(StringComparer.Ordinal);

    /// <summary>Models and views.</summary>
    public List<ModelSymbol> Models { get; } = [];

    public List<ModelSymbol> Composites { get; } = [];

    public List<EnumSymbol> Enums { get; } = [];

    public List<(SourceText Source, ConfigurationSyntax Syntax)> Datasources { get; } = [];

    public List<(SourceText Source, ConfigurationSyntax Syntax)> Generators { get; } = [];

    /// <summary>The names of all models, views, enums and composite types.</summary>
    public IEnumerable<string> TypeNames => _types.Keys;

    /// <summary>Whether two datasources have the same name.</summary>
    public bool HasRepeatedDatasources => Datasources.Select(d => d.Syntax.Name.Text).ToHashSet(StringComparer.Ordinal).Count < Datasources.Count;

    /// <summary>Whether two of all models, views, composite types and enums, or two generators, have the same name.</summary>
    public bool HasRepeatedNames =>
        _types.Count < Models.Count + Composites.Count + Enums.Count || Generators.Select(g => g.Syntax.Name.Text).ToHashSet(StringComparer.Ordinal).Count < Generators.Count;

    public static SchemaSymbols Of(ImmutableArray<SyntaxTree> trees)
    {
        var blocks = 0;
        foreach (var tree in trees) blocks += tree.Root.Declarations.Length;
        var made = Parts.Map(blocks, trees.Length, (from, to) =>
        {
            var part = new List<(SourceText Source, object Block)>();
            for (var i = from; i < to; i++)
                foreach (var declaration in trees[i].Root.Declarations)
                    part.Add((trees[i].Source, SymbolOf(trees[i].Source, declaration)));
            return part;
        });
        var symbols = new SchemaSymbols();
        symbols._types.EnsureCapacity(blocks);
        foreach (var part in made)
            foreach (var (source, block) in part)
                symbols.Add(source, block);
        return symbols;
    }

    /// <summary>The model, view, composite type or enum of that name; of several, the last.</summary>
    public object? FindType(string name) => _types.GetValueOrDefault(name);

    private static object SymbolOf(SourceText source, DeclarationSyntax declaration) => declaration switch
    {
        ModelSyntax syntax => new ModelSymbol(source, syntax),
        EnumSyntax syntax => new EnumSymbol(source, syntax),
        _ => declaration,
    };

    private void Add(SourceText source, object block)
    {
        switch (block)
        {
            case ModelSymbol model:
                (model.IsComposite ? Composites : Models).Add(model);
                _types[model.Name] = model;
                break;
            case EnumSymbol type:
                Enums.Add(type);
                _types[type.Name] = type;
                break;
            case ConfigurationSyntax syntax:
                (syntax.Kind == ConfigurationKind.Datasource ? Datasources : Generators).Add((source, syntax));
                break;
            case BadDeclarationSyntax:
                break;
        }
    }
}
