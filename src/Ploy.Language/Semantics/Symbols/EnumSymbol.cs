using System.Collections.Immutable;
using Ploy.Core.Text;
using Ploy.Language.Syntax;

namespace Ploy.Language.Semantics.Symbols;

/// <summary>An enum while the passes find out what it means.</summary>
internal sealed class EnumSymbol(SourceText source, EnumSyntax syntax)
{
    public SourceText Source { get; } = source;

    public EnumSyntax Syntax { get; } = syntax;

    public string Name => Syntax.Name.Text;

    public ImmutableHashSet<string> ValueNames { get; } = [.. syntax.Values.Select(v => v.Name.Text)];

    public string? MappedName { get; set; }

    public string DatabaseName => MappedName ?? Name;

    /// <summary>The labels that <c>@map</c> gives values, by value.</summary>
    public Dictionary<EnumValueSyntax, string> MappedValues { get; } = [];

    public PlacedText? Namespace { get; set; }

    public SourceLocation Location => At(Syntax);

    public SourceLocation At(SyntaxNode node) => new(Source, node.Span);
}
