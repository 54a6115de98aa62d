using System.Collections.Immutable;
using Ploy.Core.Text;
using Ploy.Language.Syntax;

namespace Ploy.Language.Semantics.Passes;

/// <summary>Which block has a name first, in the order of the files.</summary>
internal sealed class FirstNames
{
    public FirstNames(ImmutableArray<SyntaxTree> trees)
    {
        foreach (var tree in trees)
            foreach (var declaration in tree.Root.Declarations)
                Add(tree.Source, declaration);
    }

    /// <summary>Models, views, composite types and enums.</summary>
    public Dictionary<string, Declared> Types { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, Declared> Generators { get; } = new(StringComparer.Ordinal);

    private void Add(SourceText source, DeclarationSyntax declaration)
    {
        var at = new SourceLocation(source, declaration.Name.Span);
        switch (declaration)
        {
            case ModelSyntax model:
                Types.TryAdd(model.Name.Text, new Declared(model.Kind.Word(), at));
                break;
            case EnumSyntax type:
                Types.TryAdd(type.Name.Text, new Declared("enum", at));
                break;
            case ConfigurationSyntax { Kind: ConfigurationKind.Generator } block:
                Generators.TryAdd(block.Name.Text, new Declared("generator", at));
                break;
            case ConfigurationSyntax or BadDeclarationSyntax:
                break;
        }
    }

    /// <summary>What has a name.</summary>
    /// <param name="Kind">The word for it in sentences.</param>
    /// <param name="Location">Where its name stands.</param>
    public readonly record struct Declared(string Kind, SourceLocation Location);
}
