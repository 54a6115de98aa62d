using System.Collections.Immutable;
using Ploy.Core.Text;
using Ploy.Language.Diagnostics;
using Ploy.Language.Syntax;

namespace Ploy.Language.Semantics.Passes.Attributes;

/// <summary>
/// The attributes of one declaration, taken one by one by those who understand them. Whatever nobody took is unknown; what
/// may stand once is checked where it is taken.
/// </summary>
/// <param name="source">The file.</param>
/// <param name="attributes">The attributes as written.</param>
/// <param name="mark"><c>@</c> for fields and enum values, <c>@@</c> for blocks.</param>
/// <param name="sink">Takes the faults.</param>
internal sealed class AttributeSet(SourceText source, ImmutableArray<AttributeSyntax> attributes, string mark, DiagnosticSink sink)
{
    private readonly HashSet<AttributeSyntax> _taken = [];
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    /// <summary>The only attribute of that name, ready to be read; null where it is absent, repeated or not readable.</summary>
    public AttributeArguments? Take(string name)
    {
        _known.Add(name);
        AttributeSyntax? only = null;
        var count = 0;
        foreach (var attribute in attributes)
        {
            if (attribute.Name.Text != name) continue;
            _taken.Add(attribute);
            only = attribute;
            count++;
        }

        if (count == 1) return Open(only!);
        if (count > 1)
            foreach (var attribute in attributes)
                if (attribute.Name.Text == name)
                    sink.Report(SchemaDiagnostics.RepeatedAttribute(At(attribute), mark + name));
        return null;
    }

    /// <summary>All attributes of that name that can be read, in order.</summary>
    public IEnumerable<AttributeArguments> TakeAll(string name)
    {
        _known.Add(name);
        foreach (var attribute in attributes)
        {
            if (attribute.Name.Text != name) continue;
            _taken.Add(attribute);
            if (Open(attribute) is { } arguments) yield return arguments;
        }
    }

    /// <summary>The native type, which is the one attribute with a dot; null where there is none. Its arguments are read where its meaning is known.</summary>
    public AttributeSyntax? TakeScoped()
    {
        AttributeSyntax? found = null;
        foreach (var attribute in attributes)
        {
            if (!attribute.Name.Text.Contains('.', StringComparison.Ordinal)) continue;
            _taken.Add(attribute);
            if (found is not null) sink.Report(SchemaDiagnostics.RepeatedAttribute(At(attribute), mark + attribute.Name.Text));
            found = attribute;
        }

        return found;
    }

    /// <summary>Reports what nobody took.</summary>
    public void End()
    {
        foreach (var attribute in attributes)
            if (!_taken.Contains(attribute))
                sink.Report(SchemaDiagnostics.UnknownAttribute(At(attribute), mark + attribute.Name.Text, Suggestion.For(attribute.Name.Text, _known) is { } similar ? mark + similar : null));
    }

    private AttributeArguments? Open(AttributeSyntax attribute)
    {
        var lists = new List<ArgumentListSyntax>();
        if (attribute.Arguments is { } own)
        {
            lists.Add(own);
            lists.AddRange(own.Arguments.Select(a => a.Value).OfType<CallSyntax>().Select(c => c.Arguments));
        }

        var isReadable = true;
        foreach (var list in lists)
        {
            foreach (var argument in list.Arguments)
            {
                if (argument is { Value: null, Name: { } name })
                {
                    sink.Report(SchemaDiagnostics.MissingArgumentValue(At(argument), mark + attribute.Name.Text, name.Text));
                    isReadable = false;
                }

                if (argument.Value is ArraySyntax array)
                    foreach (var part in array.Elements.OfType<CallSyntax>().SelectMany(c => c.Arguments.Arguments))
                        if (part is { Value: null, Name: { } option })
                            sink.Report(SchemaDiagnostics.MissingArgumentValue(At(part), mark + attribute.Name.Text, option.Text));
            }

            if (list.TrailingComma is { } comma) sink.Report(SchemaDiagnostics.TrailingComma(new SourceLocation(source, comma), mark + attribute.Name.Text));
        }

        return isReadable ? new AttributeArguments(source, attribute, mark, sink) : null;
    }

    private SourceLocation At(SyntaxNode node) => new(source, node.Span);
}
