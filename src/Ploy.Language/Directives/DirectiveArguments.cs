using System.Collections.Immutable;
using Ploy.Core;
using Ploy.Core.Diagnostics;
using Ploy.Core.Text;

namespace Ploy.Language.Directives;

/// <summary>Takes a directive's arguments one by one, by position and name and type; what nobody took is a fault.</summary>
internal sealed class DirectiveArguments(SourceText source, DirectiveText directive, Action<Diagnostic> report)
{
    private readonly HashSet<DirectiveArgument> _taken = [];

    public bool HasFailed { get; private set; }

    public SourceLocation Location => new(source, directive.Span);

    public string Name => directive.Name;

    /// <summary>The n-th unnamed argument as text in quotes; required.</summary>
    public string Text(int position, string what) => Positional(position) switch
    {
        { Value: DirectiveValue.Text { Value: { Length: > 0 } text } } => text,
        { } other => Fail(other, $"{what} must be a string that is not empty.", ""),
        null => Fail(null, $"{what} is missing.", ""),
    };

    /// <summary>The n-th unnamed argument as a word; required.</summary>
    public string Word(int position, string what) => Positional(position) switch
    {
        { Value: DirectiveValue.Word { Value: var word } } => word,
        { } other => Fail(other, $"{what} must be a name without quotes.", ""),
        null => Fail(null, $"{what} is missing.", ""),
    };

    /// <summary>A named text; null where absent.</summary>
    public string? NamedText(string name) => Named(name) switch
    {
        null => null,
        { Value: DirectiveValue.Text { Value: { Length: > 0 } text } } => text,
        var other => Fail(other, $"`{name}` must be a string that is not empty.", ""),
    };

    /// <summary>A named word, in quotes or not; null where absent.</summary>
    public string? NamedWord(string name, params ReadOnlySpan<string> allowed)
    {
        var word = Named(name) switch
        {
            null => null,
            { Value: DirectiveValue.Word { Value: var plain } } => plain,
            { Value: DirectiveValue.Text { Value: { Length: > 0 } text } } => text,
            var other => Fail(other, $"`{name}` must be a word.", ""),
        };
        if (word is null || HasFailed || allowed.IsEmpty || allowed.Contains(word.ToLowerInvariant())) return word;
        return Fail(Named(name), $"`{name}` must be one of {string.Join(", ", allowed.ToArray())}.", "");
    }

    /// <summary>A named true or false; false where absent.</summary>
    public bool NamedFlag(string name) => NamedWord(name, "true", "false")?.ToLowerInvariant() == "true";

    /// <summary>A named list, or a single item in its place; empty where absent.</summary>
    public EquatableArray<string> NamedList(string name) => Named(name) switch
    {
        null => [],
        { Value: DirectiveValue.List { Items: var items } } => items.ToEquatableArray(),
        { Value: DirectiveValue.Text { Value: var text } } => [text],
        { Value: DirectiveValue.Word { Value: var word } } => [word],
        _ => [],
    };

    /// <summary>Whether the argument is there.</summary>
    public bool Has(string name) => directive.Arguments.Any(a => a.Name == name);

    /// <summary>Reports a fault of the whole directive.</summary>
    public void Fault(string problem) => Fail(null, problem, "");

    /// <summary>Reports what was not taken. Call it last.</summary>
    public void End()
    {
        foreach (var argument in directive.Arguments)
        {
            if (_taken.Contains(argument)) continue;
            Fail(argument, argument.Name is { } name ? $"there is no argument `{name}`, or it stands there twice." : "there are too many arguments.", "");
        }
    }

    private DirectiveArgument? Positional(int position) => Take(directive.Arguments.Where(a => a.Name is null).ElementAtOrDefault(position));

    private DirectiveArgument? Named(string name) => Take(directive.Arguments.FirstOrDefault(a => a.Name == name));

    private DirectiveArgument? Take(DirectiveArgument? argument)
    {
        if (argument is not null) _taken.Add(argument);
        return argument;
    }

    private string Fail(DirectiveArgument? argument, string problem, string result)
    {
        HasFailed = true;
        report(DirectiveDiagnostics.WrongArgument(new SourceLocation(source, argument?.Span ?? directive.Span), directive.Name, problem));
        return result;
    }
}

/// <summary>All directives of a schema.</summary>
public sealed class SchemaDirectives
{
    private readonly Dictionary<string, ImmutableArray<PlacedDirective>> _models;
    private readonly Dictionary<(string Model, string Field), ImmutableArray<PlacedDirective>> _fields;

    internal SchemaDirectives(
        Dictionary<string, ImmutableArray<PlacedDirective>> models, Dictionary<(string Model, string Field), ImmutableArray<PlacedDirective>> fields) =>
        (_models, _fields) = (models, fields);

    /// <summary>A schema without any.</summary>
    public static SchemaDirectives Empty { get; } = new([], []);

    /// <summary>Whether there is none at all.</summary>
    public bool IsEmpty => _models.Count == 0 && _fields.Count == 0;

    /// <summary>Those of a model or view, in order.</summary>
    public ImmutableArray<PlacedDirective> Of(string model) => _models.GetValueOrDefault(model, []);

    /// <summary>Those of a field, in order.</summary>
    public ImmutableArray<PlacedDirective> Of(string model, string field) => _fields.GetValueOrDefault((model, field), []);

    /// <summary>The model's only directive of that kind; null without one.</summary>
    public T? Find<T>(string model)
        where T : Directive => Of(model).Select(d => d.Value).OfType<T>().FirstOrDefault();
}
