using Ploy.Core.Text;
using Ploy.Language.Syntax;

namespace Ploy.Language.Semantics.Symbols;

/// <summary>An enum while the passes find out what it means.</summary>
internal sealed class EnumSymbol(SourceText source, EnumSyntax syntax)
{
    private HashSet<string>? _names;
    private Dictionary<EnumValueSyntax, string>? _labels;

    public SourceText Source { get; } = source;

    public EnumSyntax Syntax { get; } = syntax;

    public string Name => Syntax.Name.Text;

    /// <summary>The type of fields of this enum.</summary>
    public FieldType.Enum Type { get; } = new(syntax.Name.Text);

    /// <summary>The names of the values in order.</summary>
    public IEnumerable<string> ValueNames => Syntax.Values.Select(v => v.Name.Text);

    public string? MappedName { get; set; }

    public string DatabaseName => MappedName ?? Name;

    /// <summary>Takes the label that <c>@map</c> gives a value.</summary>
    public void Map(EnumValueSyntax value, string label) => (_labels ??= [])[value] = label;

    /// <summary>The value's label in the database.</summary>
    public string LabelOf(EnumValueSyntax value) => _labels?.GetValueOrDefault(value) ?? value.Name.Text;

    public PlacedText? Namespace { get; set; }

    public SourceLocation Location => At(Syntax);

    /// <summary>Whether a value is called so.</summary>
    public bool HasValue(string name)
    {
        if (Syntax.Values.Length > FewNames.Most) return (_names ??= [.. ValueNames]).Contains(name);
        foreach (var value in Syntax.Values)
            if (value.Name.Text == name)
                return true;
        return false;
    }

    public SourceLocation At(SyntaxNode node) => new(Source, node.Span);
}
