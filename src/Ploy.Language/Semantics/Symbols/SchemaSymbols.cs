using System.Collections.Immutable;
using Ploy.Core.Text;
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

    public static SchemaSymbols Of(ImmutableArray<SyntaxTree> trees)
    {
        var symbols = new SchemaSymbols();
        foreach (var tree in trees)
            foreach (var declaration in tree.Root.Declarations)
                symbols.Add(tree.Source, declaration);
        return symbols;
    }

    /// <summary>The model, view, composite type or enum of that name; of several, the last.</summary>
    public object? FindType(string name) => _types.GetValueOrDefault(name);

    private void Add(SourceText source, DeclarationSyntax declaration)
    {
        switch (declaration)
        {
            case ModelSyntax syntax:
                var model = new ModelSymbol(source, syntax);
                (model.IsComposite ? Composites : Models).Add(model);
                _types[model.Name] = model;
                break;
            case EnumSyntax syntax:
                var type = new EnumSymbol(source, syntax);
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
