using System.Collections.Immutable;
using Ploy.Core.Diagnostics;
using Ploy.Core.Text;
using Ploy.Language.Diagnostics;
using Ploy.Language.Syntax;

namespace Ploy.Language.Semantics.Passes.Configuration;

/// <summary>The properties of a datasource or generator, taken one by one.</summary>
internal sealed class ConfigurationBlock
{
    private readonly DiagnosticSink _sink;
    private readonly Dictionary<string, PropertySyntax> _left = new(StringComparer.Ordinal);

    private ConfigurationBlock(SourceText source, ConfigurationSyntax syntax, DiagnosticSink sink) => (Source, Syntax, _sink) = (source, syntax, sink);

    public SourceText Source { get; }

    public ConfigurationSyntax Syntax { get; }

    public string Name => Syntax.Name.Text;

    public string Kind => Syntax.Kind == ConfigurationKind.Datasource ? "datasource" : "generator";

    public SourceLocation Location => At(Syntax);

    /// <summary>What nobody took, in the order of the file.</summary>
    public IEnumerable<PropertySyntax> Left => _left.Values.OrderBy(p => p.Span.Start);

    /// <summary>Null, and a report, where a property has no value.</summary>
    public static ConfigurationBlock? Open(SourceText source, ConfigurationSyntax syntax, DiagnosticSink sink)
    {
        var block = new ConfigurationBlock(source, syntax, sink);
        foreach (var property in syntax.Properties)
        {
            if (property.Value is null)
            {
                block.Report(SchemaDiagnostics.PropertyWithoutValue(block.Location, block.Kind, block.Name, property.Name.Text));
                return null;
            }

            // Of two lines, which is a fault told elsewhere, the last counts.
            block._left[property.Name.Text] = property;
        }

        return block;
    }

    /// <summary>The property; null where it is absent.</summary>
    public PropertySyntax? Take(string name) => _left.Remove(name, out var property) ? property : null;

    /// <summary>A text, or <c>env("X")</c>; null where it is absent, or, with a report, something else.</summary>
    public ConfiguredString? TakeText(string name) => Take(name) is { } property ? Text(property.Value!) : null;

    public ConfiguredString? Text(ExpressionSyntax value)
    {
        switch (value)
        {
            case StringSyntax text:
                return new ConfiguredString(text.Value, null);
            case CallSyntax { Name.Text: "env", Arguments.Arguments: [{ Value: StringSyntax name }] }:
                return new ConfiguredString(null, name.Value);
            case CallSyntax { Name.Text: "env" }:
                Report(SchemaDiagnostics.WrongEnvironment(At(value)));
                return null;
            default:
                Mismatch(value, "a text in double quotes, or `env(\"...\")`");
                return null;
        }
    }

    /// <summary>A list of texts, or one without brackets; null, and a report, where any is something else.</summary>
    public ImmutableArray<StringSyntax>? Texts(ExpressionSyntax value)
    {
        var elements = value is ArraySyntax array ? array.Elements : [value];
        foreach (var element in elements)
            if (element is not StringSyntax)
                Mismatch(element, "a text in double quotes");
        return elements.All(e => e is StringSyntax) ? [.. elements.OfType<StringSyntax>()] : null;
    }

    public void Mismatch(ExpressionSyntax value, string expected) =>
        Report(SchemaDiagnostics.WrongValue(At(value), expected, Source[value.Span].ToString()));

    public void Report(Diagnostic diagnostic) => _sink.Report(diagnostic);

    public SourceLocation At(SyntaxNode node) => new(Source, node.Span);
}
