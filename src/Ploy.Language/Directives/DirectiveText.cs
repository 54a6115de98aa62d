using System.Collections.Immutable;
using System.Text;
using Ploy.Core.Text;

namespace Ploy.Language.Directives;

/// <summary>An argument's value as written.</summary>
internal abstract record DirectiveValue
{
    public sealed record Text(string Value) : DirectiveValue;

    public sealed record Word(string Value) : DirectiveValue;

    public sealed record List(ImmutableArray<string> Items) : DirectiveValue;
}

/// <summary>An argument: null for the name of a positional one.</summary>
internal sealed record DirectiveArgument(string? Name, DirectiveValue Value, TextSpan Span);

/// <summary>A directive's words before they are understood.</summary>
internal sealed record DirectiveText(string Name, ImmutableArray<DirectiveArgument> Arguments, TextSpan Span);

/// <summary>Reads one <c>@ploy.name(arguments)</c>. Never throws; what it cannot read it says in one sentence.</summary>
internal ref struct DirectiveTextReader(SourceText source, TextSpan line)
{
    /// <summary>What every directive begins with.</summary>
    public const string Prefix = "@ploy.";

    private readonly ReadOnlySpan<char> _text = source[line];
    private readonly int _start = line.Start;
    private int _at;

    /// <summary>What could not be read; null where all was.</summary>
    public string? Problem { get; private set; }

    /// <summary>Where that is.</summary>
    public readonly TextSpan ProblemSpan => new(_start + _at, Math.Max(_at < _text.Length ? 1 : 0, 0));

    /// <summary>Null where <see cref="Problem"/> says why.</summary>
    public DirectiveText? Read()
    {
        _at = Prefix.Length;
        var name = Word();
        if (name.Length == 0) return Fail<DirectiveText>("A directive needs a name behind `@ploy.`.");
        var arguments = ImmutableArray.CreateBuilder<DirectiveArgument>();
        if (Take('(') && !Arguments(arguments)) return null;
        var end = _at;
        Skip();
        return _at < _text.Length
            ? Fail<DirectiveText>("Nothing may follow a directive on its line.")
            : new DirectiveText(name, arguments.ToImmutable(), TextSpan.FromBounds(_start, _start + end));
    }

    private bool Arguments(ImmutableArray<DirectiveArgument>.Builder arguments)
    {
        Skip();
        if (Take(')')) return true;
        while (true)
        {
            Skip();
            var start = _at;
            var name = Name();
            if (Value() is not { } value) return false;
            arguments.Add(new DirectiveArgument(name, value, TextSpan.FromBounds(_start + start, _start + _at)));
            Skip();
            if (Take(')')) return true;
            if (!Take(',')) return Fail<object>("Expected `,` or `)` here.") is not null;
        }
    }

    private string? Name()
    {
        var start = _at;
        var word = Word();
        Skip();
        if (word.Length > 0 && Take(':'))
        {
            Skip();
            return word;
        }

        _at = start;
        return null;
    }

    private DirectiveValue? Value()
    {
        if (_at < _text.Length && _text[_at] == '"') return Text() is { } text ? new DirectiveValue.Text(text) : null;
        if (Take('[')) return List();
        var word = Word();
        return word.Length > 0 ? new DirectiveValue.Word(word) : Fail<DirectiveValue>("Expected a string, a word or a list here.");
    }

    private DirectiveValue.List? List()
    {
        var items = ImmutableArray.CreateBuilder<string>();
        while (true)
        {
            Skip();
            if (Take(']')) return new DirectiveValue.List(items.ToImmutable());
            if (items.Count > 0 && !Take(',')) return Fail<DirectiveValue.List>("Expected `,` or `]` here.");
            Skip();
            var item = _at < _text.Length && _text[_at] == '"' ? Text() : Word();
            if (item is null) return null;
            if (item.Length == 0) return Fail<DirectiveValue.List>("Expected a string or a word here.");
            items.Add(item);
        }
    }

    private string? Text()
    {
        var text = new StringBuilder();
        for (_at++; _at < _text.Length; _at++)
        {
            var c = _text[_at];
            if (c == '"')
            {
                _at++;
                return text.ToString();
            }

            if (c == '\\' && _at + 1 < _text.Length)
            {
                c = _text[++_at] switch { 'n' => '\n', 't' => '\t', var other => other };
            }

            text.Append(c);
        }

        return Fail<string>("The string does not end on its line.");
    }

    private string Word()
    {
        var start = _at;
        while (_at < _text.Length && (char.IsLetterOrDigit(_text[_at]) || _text[_at] == '_')) _at++;
        return _text[start.._at].ToString();
    }

    private void Skip()
    {
        while (_at < _text.Length && _text[_at] is ' ' or '\t') _at++;
    }

    private bool Take(char c)
    {
        if (_at >= _text.Length || _text[_at] != c) return false;
        _at++;
        return true;
    }

    private T? Fail<T>(string problem)
        where T : class
    {
        Problem ??= problem;
        return null;
    }
}
