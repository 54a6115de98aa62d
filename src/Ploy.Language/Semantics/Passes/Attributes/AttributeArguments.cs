using System.Collections.Immutable;
using System.Globalization;
using Ploy.Core.Diagnostics;
using Ploy.Core.Text;
using Ploy.Language.Diagnostics;
using Ploy.Language.Semantics.Symbols;
using Ploy.Language.Syntax;

namespace Ploy.Language.Semantics.Passes.Attributes;

/// <summary>
/// The arguments of one attribute, taken one by one; <see cref="End"/> reports what nobody took. One reader serves all attributes, one after
/// the other.
/// </summary>
/// <param name="sink">Takes the faults.</param>
internal sealed class AttributeArguments(DiagnosticSink sink)
{
    private readonly List<ArgumentSyntax> _left = [];
    private readonly List<string> _known = [];
    private Place _place;

    /// <summary>Turns to the next attribute.</summary>
    /// <param name="source">The file.</param>
    /// <param name="syntax">The attribute.</param>
    /// <param name="mark"><c>@</c> or <c>@@</c>.</param>
    public AttributeArguments Of(SourceText source, AttributeSyntax syntax, string mark)
    {
        _place = new Place(source, syntax, mark);
        _left.Clear();
        _known.Clear();
        if (syntax.Arguments is not { Arguments: var arguments }) return this;
        AddAll(arguments);
        var unnamed = 0;
        foreach (var argument in arguments)
            if (argument.Name is null)
                unnamed++;
        if (unnamed > 1) OnlyOneUnnamed();
        return this;
    }

    public AttributeSyntax Syntax => _place.Syntax;

    /// <summary>The attribute as users write it: <c>@id</c>, <c>@@index</c>.</summary>
    public string Title => _place.Mark + Syntax.Name.Text;

    /// <summary>The whole attribute.</summary>
    public SourceLocation Location => At(Syntax);

    public SourceLocation At(SyntaxNode node) => new(_place.Source, node.Span);

    /// <summary>The characters of a node.</summary>
    public string Show(SyntaxNode node) => _place.Source[node.Span].ToString();

    public void Report(Diagnostic diagnostic) => sink.Report(diagnostic);

    /// <summary>The value of an argument that may stand without its name, first; null and a report where it is missing or given both ways.</summary>
    public ExpressionSyntax? Main(string name)
    {
        var (named, unnamed) = (Remove(name), Remove(null));
        if (named is not null && unnamed is not null)
        {
            Report(SchemaDiagnostics.ArgumentGivenBothWays(At(named), Title, name));
            return null;
        }

        var found = named ?? unnamed;
        if (found is null) Report(SchemaDiagnostics.MissingArgument(Location, Title, name));
        return found?.Value;
    }

    /// <summary>As <see cref="Main"/>, where the argument may be missing.</summary>
    public ExpressionSyntax? OptionalMain(string name)
    {
        var (named, unnamed) = (Remove(name), Remove(null));
        return named is null ? unnamed?.Value : unnamed is null ? named.Value : null;
    }

    /// <summary>The value of a named argument; null where it is absent.</summary>
    public ExpressionSyntax? Optional(string name) => Remove(name)?.Value;

    /// <summary>The main argument as a text that may be empty.</summary>
    public PlacedText? MainText(string name) => Main(name) is { } value ? Text(value) : null;

    /// <summary>A named argument as a text with at least one character.</summary>
    public PlacedText? NonEmptyText(string name)
    {
        if (Optional(name) is not { } value || Text(value) is not { } text) return null;
        if (text.Text.Length > 0) return text;
        Report(SchemaDiagnostics.EmptyText(text.Location, Title, name));
        return null;
    }

    /// <summary>A named argument as a whole number.</summary>
    public long? Integer(string name) => Optional(name) is { } value ? Integer(value) : null;

    /// <summary>A named argument as a word.</summary>
    public ConstantSyntax? Word(string name) => Optional(name) is { } value ? Word(value) : null;

    /// <summary>A named argument as <c>true</c> or <c>false</c>.</summary>
    public bool? Flag(string name)
    {
        if (Optional(name) is not { } value) return null;
        if (value is ConstantSyntax { Text: "true" or "false" } word) return word.Text == "true";
        Mismatch(value, "`true` or `false`");
        return null;
    }

    public PlacedText? Text(ExpressionSyntax value)
    {
        if (value is StringSyntax text) return new PlacedText(text.Value, At(text));
        Mismatch(value, "a text in double quotes");
        return null;
    }

    public ConstantSyntax? Word(ExpressionSyntax value)
    {
        if (value is ConstantSyntax word) return word;
        Mismatch(value, "a name without quotes");
        return null;
    }

    public long? Integer(ExpressionSyntax value)
    {
        if (value is NumberSyntax number && long.TryParse(number.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var found)) return found;
        Mismatch(value, "a whole number");
        return null;
    }

    /// <summary>The elements of a list, or the one value that stands without brackets.</summary>
    public static ImmutableArray<ExpressionSyntax> Elements(ExpressionSyntax value) => value is ArraySyntax array ? array.Elements : [value];

    public void Mismatch(ExpressionSyntax value, string expected) => Report(SchemaDiagnostics.WrongValue(At(value), expected, Show(value)));

    /// <summary>Reports what nobody took.</summary>
    public void End()
    {
        foreach (var argument in _left)
            Report(SchemaDiagnostics.UnknownArgument(At(argument), Title, argument.Name?.Text, argument.Name is { } name ? Suggestion.For(name.Text, _known) : null));
    }

    /// <summary>Reports each argument of an attribute that is not read at all.</summary>
    public void Refuse(Func<SourceLocation, Diagnostic> fault)
    {
        foreach (var argument in _left) Report(fault(At(argument)));
    }

    private void AddAll(ImmutableArray<ArgumentSyntax> arguments)
    {
        if (arguments.Length <= FewNames.Most && !RepeatsName(arguments))
        {
            foreach (var argument in arguments) _left.Add(argument);
        }
        else
        {
            AddLast(arguments);
        }
    }

    /// <summary>Of several arguments of one name the last counts.</summary>
    private void AddLast(ImmutableArray<ArgumentSyntax> arguments)
    {
        var last = new Dictionary<string, ArgumentSyntax>(StringComparer.Ordinal);
        foreach (var argument in arguments)
        {
            if (argument.Name is not { } name) continue;
            if (last.ContainsKey(name.Text)) Report(SchemaDiagnostics.RepeatedArgument(At(argument), Title, name.Text));
            last[name.Text] = argument;
        }

        _left.AddRange(arguments.Where(a => a.Name is not { } name || last[name.Text] == a));
    }

    private static bool RepeatsName(ImmutableArray<ArgumentSyntax> arguments)
    {
        for (var i = 1; i < arguments.Length; i++)
            if (arguments[i].Name is { } name)
                for (var j = 0; j < i; j++)
                    if (arguments[j].Name?.Text == name.Text)
                        return true;
        return false;
    }

    private void OnlyOneUnnamed()
    {
        var unnamed = _left.Where(a => a.Name is null).ToList();
        Report(SchemaDiagnostics.SeveralUnnamedArguments(At(unnamed[1]), Title, $"[{string.Join(", ", unnamed.Select(Show))}]"));
        _left.RemoveAll(a => a.Name is null && a != unnamed[^1]);
    }

    private ArgumentSyntax? Remove(string? name)
    {
        if (name is not null) _known.Add(name);
        for (var i = 0; i < _left.Count; i++)
        {
            var found = _left[i];
            if (found.Name?.Text != name) continue;
            _left.RemoveAt(i);
            return found;
        }

        return null;
    }

    /// <summary>What is read now.</summary>
    private readonly record struct Place(SourceText Source, AttributeSyntax Syntax, string Mark);
}
