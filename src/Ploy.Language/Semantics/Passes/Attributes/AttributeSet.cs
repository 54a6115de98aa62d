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
    // Most declarations have no attribute, and most others very few: nothing is kept for the first, a flag each for the others.
    private readonly bool[] _taken = attributes.IsEmpty ? [] : new bool[attributes.Length];
    private readonly List<string> _known = [];

    /// <summary>The only attribute of that name, ready to be read; null where it is absent, repeated or not readable.</summary>
    public AttributeArguments? Take(string name)
    {
        if (attributes.IsEmpty) return null;
        _known.Add(name);
        AttributeSyntax? only = null;
        var count = 0;
        for (var i = 0; i < attributes.Length; i++)
        {
            if (attributes[i].Name.Text != name) continue;
            _taken[i] = true;
            only = attributes[i];
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
        if (attributes.IsEmpty) yield break;
        _known.Add(name);
        for (var i = 0; i < attributes.Length; i++)
        {
            if (attributes[i].Name.Text != name) continue;
            _taken[i] = true;
            if (Open(attributes[i]) is { } arguments) yield return arguments;
        }
    }

    /// <summary>The native type, which is the one attribute with a dot; null where there is none. Its arguments are read where its meaning is known.</summary>
    public AttributeSyntax? TakeScoped()
    {
        AttributeSyntax? found = null;
        for (var i = 0; i < attributes.Length; i++)
        {
            var attribute = attributes[i];
            if (!attribute.Name.Text.Contains('.', StringComparison.Ordinal)) continue;
            _taken[i] = true;
            if (found is not null) sink.Report(SchemaDiagnostics.RepeatedAttribute(At(attribute), mark + attribute.Name.Text));
            found = attribute;
        }

        return found;
    }

    /// <summary>Reports what nobody took.</summary>
    public void End()
    {
        for (var i = 0; i < attributes.Length; i++)
        {
            var attribute = attributes[i];
            if (!_taken[i])
                sink.Report(SchemaDiagnostics.UnknownAttribute(At(attribute), mark + attribute.Name.Text, Suggestion.For(attribute.Name.Text, _known) is { } similar ? mark + similar : null));
        }
    }

    private AttributeArguments? Open(AttributeSyntax attribute)
    {
        if (attribute.Arguments is not { } own) return new AttributeArguments(source, attribute, mark, sink);
        var isReadable = CheckList(attribute, own);
        foreach (var argument in own.Arguments)
            if (argument.Value is CallSyntax call)
                isReadable &= CheckList(attribute, call.Arguments);
        return isReadable ? new AttributeArguments(source, attribute, mark, sink) : null;
    }

    private bool CheckList(AttributeSyntax attribute, ArgumentListSyntax list)
    {
        var isReadable = true;
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
        return isReadable;
    }

    private SourceLocation At(SyntaxNode node) => new(source, node.Span);
}
