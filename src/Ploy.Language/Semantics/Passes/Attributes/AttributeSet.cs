using System.Collections.Immutable;
using Ploy.Core.Text;
using Ploy.Language.Diagnostics;
using Ploy.Language.Syntax;

namespace Ploy.Language.Semantics.Passes.Attributes;

/// <summary>
/// The attributes of one declaration, taken one by one by those who understand them. Whatever nobody took is unknown; what
/// may stand once is checked where it is taken. One set serves all declarations, one after the other.
/// </summary>
/// <param name="sink">Takes the faults.</param>
internal sealed class AttributeSet(DiagnosticSink sink)
{
    private readonly AttributeArguments _arguments = new(sink);
    private readonly List<string> _known = [];
    private bool[] _taken = new bool[8];
    private Place _place;

    /// <summary>Turns to the next declaration.</summary>
    /// <param name="source">The file.</param>
    /// <param name="attributes">The attributes as written.</param>
    /// <param name="mark"><c>@</c> for fields and enum values, <c>@@</c> for blocks.</param>
    public AttributeSet Of(SourceText source, ImmutableArray<AttributeSyntax> attributes, string mark)
    {
        _place = new Place(source, attributes, mark);
        _known.Clear();
        if (_taken.Length < attributes.Length) _taken = new bool[attributes.Length];
        else Array.Clear(_taken, 0, attributes.Length);
        return this;
    }

    /// <summary>
    /// The only attribute of that name, ready to be read before the next is taken; null where it is absent, repeated or not readable.
    /// </summary>
    public AttributeArguments? Take(string name)
    {
        var attributes = _place.Attributes;
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
                    sink.Report(SchemaDiagnostics.RepeatedAttribute(At(attribute), _place.Mark + name));
        return null;
    }

    /// <summary>The next attribute of that name that can be read, of those that may stand several times; null behind the last.</summary>
    /// <param name="name">The name.</param>
    /// <param name="at">Where to go on; 0 at first.</param>
    public AttributeArguments? TakeNext(string name, ref int at)
    {
        var attributes = _place.Attributes;
        if (attributes.IsEmpty) return null;
        if (at == 0) _known.Add(name);
        while (at < attributes.Length)
        {
            var i = at++;
            if (attributes[i].Name.Text != name) continue;
            _taken[i] = true;
            if (Open(attributes[i]) is { } arguments) return arguments;
        }

        return null;
    }

    /// <summary>The native type, which is the one attribute with a dot; null where there is none. Its arguments are read where its meaning is known.</summary>
    public AttributeSyntax? TakeScoped()
    {
        AttributeSyntax? found = null;
        var attributes = _place.Attributes;
        for (var i = 0; i < attributes.Length; i++)
        {
            var attribute = attributes[i];
            if (!attribute.Name.Text.Contains('.', StringComparison.Ordinal)) continue;
            _taken[i] = true;
            if (found is not null) sink.Report(SchemaDiagnostics.RepeatedAttribute(At(attribute), _place.Mark + attribute.Name.Text));
            found = attribute;
        }

        return found;
    }

    /// <summary>Reports what nobody took.</summary>
    public void End()
    {
        var attributes = _place.Attributes;
        for (var i = 0; i < attributes.Length; i++)
        {
            var attribute = attributes[i];
            if (!_taken[i])
                sink.Report(SchemaDiagnostics.UnknownAttribute(At(attribute), _place.Mark + attribute.Name.Text, Suggestion.For(attribute.Name.Text, _known) is { } similar ? _place.Mark + similar : null));
        }
    }

    private AttributeArguments? Open(AttributeSyntax attribute)
    {
        if (attribute.Arguments is not { } own) return _arguments.Of(_place.Source, attribute, _place.Mark);
        var isReadable = CheckList(attribute, own);
        foreach (var argument in own.Arguments)
            if (argument.Value is CallSyntax call)
                isReadable &= CheckList(attribute, call.Arguments);
        return isReadable ? _arguments.Of(_place.Source, attribute, _place.Mark) : null;
    }

    private bool CheckList(AttributeSyntax attribute, ArgumentListSyntax list)
    {
        var isReadable = true;
        foreach (var argument in list.Arguments)
        {
            if (argument is { Value: null, Name: { } name })
            {
                sink.Report(SchemaDiagnostics.MissingArgumentValue(At(argument), _place.Mark + attribute.Name.Text, name.Text));
                isReadable = false;
            }

            if (argument.Value is ArraySyntax array)
                foreach (var element in array.Elements)
                    if (element is CallSyntax call)
                        CheckOptions(attribute, call);
        }

        if (list.TrailingComma is { } comma) sink.Report(SchemaDiagnostics.TrailingComma(new SourceLocation(_place.Source, comma), _place.Mark + attribute.Name.Text));
        return isReadable;
    }

    private void CheckOptions(AttributeSyntax attribute, CallSyntax call)
    {
        foreach (var option in call.Arguments.Arguments)
            if (option is { Value: null, Name: { } name })
                sink.Report(SchemaDiagnostics.MissingArgumentValue(At(option), _place.Mark + attribute.Name.Text, name.Text));
    }

    private SourceLocation At(SyntaxNode node) => new(_place.Source, node.Span);

    /// <summary>What is read now.</summary>
    private readonly record struct Place(SourceText Source, ImmutableArray<AttributeSyntax> Attributes, string Mark);
}
