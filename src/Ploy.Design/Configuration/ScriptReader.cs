using System.Collections.Immutable;
using System.Text;
using Ploy.Core.Text;

namespace Ploy.Design.Configuration;

/// <summary>
/// Reads the object literal that a TypeScript or JavaScript configuration file exports: literals, <c>env("X")</c>, <c>process.env.X</c> with a
/// fallback, <c>path.join</c> and <c>path.resolve</c> of literals. All else is <see cref="ScriptValue.Unreadable"/>; nothing is run.
/// </summary>
internal sealed class ScriptReader
{
    private readonly List<Token> _tokens = [];
    private readonly string _text;
    private readonly string _folder;
    private int _at;

    private ScriptReader(string text, string folder)
    {
        (_text, _folder) = (text, folder);
        Scan();
    }

    private enum Kind
    {
        Word,
        Text,
        Number,
        Mark,
        End,
    }

    private Token Current => _at < _tokens.Count ? _tokens[_at] : new Token(Kind.End, "", new TextSpan(_text.Length, 0));

    /// <summary>The exported object; null where none is found.</summary>
    /// <param name="text">The file's text.</param>
    /// <param name="folder">The file's folder, for <c>__dirname</c>.</param>
    public static ScriptValue.Object? Read(string text, string folder)
    {
        var reader = new ScriptReader(text, folder);
        for (reader._at = 0; reader._at < reader._tokens.Count; reader._at++)
        {
            if (!reader.IsExport()) continue;
            if (reader.Value() is ScriptValue.Object found && reader._at <= reader._tokens.Count) return found; // one that is never closed ends behind the file
        }

        return null;
    }

    // `defineConfig(`, `export default`, `module.exports =`, or a constant of a configuration type.
    private bool IsExport()
    {
        if (Is("defineConfig") && Next(1) == "(") return Skip(2, "{");
        if (Is("export") && Next(1) == "default") return Skip(2, "{");
        if (Is("exports") && Next(1) == "=") return Skip(2, "{");
        return Is("PrismaConfig") && Next(1) == "=" && Skip(2, "{");
    }

    private bool Skip(int count, string expected)
    {
        if (Next(count) != expected) return false;
        _at += count;
        return true;
    }

    private bool Is(string text) => Current.Kind is Kind.Word or Kind.Mark && Current.Text == text;

    private string Next(int offset) => _at + offset < _tokens.Count && _tokens[_at + offset].Kind != Kind.Text ? _tokens[_at + offset].Text : "";

    private ScriptValue Value()
    {
        var start = _at;
        var value = Primary();
        while (value is not null && Is("as")) SkipType();
        if (Is("!")) _at++;
        if (value is ScriptValue.Text { Value: { Variable: not null } variable } && (Is("??") || Is("||")))
        {
            _at++;
            value = Primary() is ScriptValue.Text { Value.Literal: { } fallback } ? new ScriptValue.Text(variable with { Fallback = fallback }) : null;
            while (value is not null && Is("as")) SkipType();
        }

        if (value is not null && (Current.Kind == Kind.End || Current.Text is "," or "}" or "]" or ")" or ";" or "satisfies")) return value;
        _at = start;
        return SkipExpression();
    }

    private ScriptValue? Primary()
    {
        var token = Current;
        if (token.Kind == Kind.Text) return Take(new ScriptValue.Text(new ConfigurationText(token.Text, null)));
        if (token.Kind == Kind.Number || token.Text is "true" or "false" or "null" or "undefined") return Take(new ScriptValue.Other());
        if (token.Text == "{") return Object();
        if (token.Text == "[") return List();
        if (token.Text == "env" && Next(1) == "(" && _at + 2 < _tokens.Count && _tokens[_at + 2].Kind == Kind.Text && Next(3) == ")")
        {
            var name = _tokens[_at + 2].Text;
            _at += 4;
            return new ScriptValue.Text(new ConfigurationText(null, name));
        }

        if (token.Text == "process" && Next(1) == "." && Next(2) == "env") return ProcessVariable();
        return token.Text is "path" or "join" or "resolve" ? Join() : null;
    }

    private ScriptValue Take(ScriptValue value)
    {
        _at++;
        return value;
    }

    private ScriptValue.Text? ProcessVariable()
    {
        if (Next(3) == "." && _at + 4 < _tokens.Count && _tokens[_at + 4].Kind == Kind.Word)
        {
            _at += 5;
            return new ScriptValue.Text(new ConfigurationText(null, _tokens[_at - 1].Text));
        }

        if (Next(3) != "[" || _at + 4 >= _tokens.Count || _tokens[_at + 4].Kind != Kind.Text || Next(5) != "]") return null;
        _at += 6;
        return new ScriptValue.Text(new ConfigurationText(null, _tokens[_at - 2].Text));
    }

    private ScriptValue.Text? Join()
    {
        if (Is("path"))
        {
            if (Next(1) != "." || Next(2) is not ("join" or "resolve")) return null;
            _at += 2;
        }

        _at++;
        if (!Is("(")) return null;
        _at++;
        var parts = new List<string>();
        while (!Is(")"))
        {
            if (Current.Kind == Kind.Text) parts.Add(Current.Text);
            else if (Is("__dirname")) parts.Add(_folder);
            else if (Is("import") && Next(1) == "." && Next(2) == "meta" && Next(3) == "." && Next(4) == "dirname")
            {
                parts.Add(_folder);
                _at += 4;
            }
            else return null;
            _at++;
            if (Is(",")) _at++;
        }

        _at++;
        return new ScriptValue.Text(new ConfigurationText(parts.Count == 0 ? "." : Path.Combine([.. parts]), null));
    }

    private ScriptValue.Object Object()
    {
        var members = ImmutableDictionary.CreateBuilder<string, ScriptValue>(StringComparer.Ordinal);
        _at++;
        while (!Is("}") && Current.Kind != Kind.End)
        {
            var key = Current;
            _at++;
            if (key.Kind is Kind.Word or Kind.Text && Is(":"))
            {
                _at++;
                members[key.Text] = Value();
            }
            else
            {
                // A shorthand, spread, method or computed name: nobody knows what it holds.
                _at--;
                var hidden = SkipExpression();
                if (key.Kind == Kind.Word) members[key.Text] = hidden;
            }

            if (Is(",")) _at++;
        }

        _at++;
        return new ScriptValue.Object(members.ToImmutable());
    }

    private ScriptValue.List List()
    {
        var items = ImmutableArray.CreateBuilder<ScriptValue>();
        _at++;
        while (!Is("]") && Current.Kind != Kind.End)
        {
            items.Add(Value());
            if (Is(",")) _at++;
        }

        _at++;
        return new ScriptValue.List(items.ToImmutable());
    }

    private void SkipType()
    {
        _at++;
        while (Current.Kind == Kind.Word || Current.Text is "." or "<" or ">" or "|") _at++;
    }

    private ScriptValue.Unreadable SkipExpression()
    {
        var start = Current.Span.Start;
        var depth = 0;
        var end = start;
        while (Current.Kind != Kind.End)
        {
            if (depth == 0 && Current.Kind == Kind.Mark && Current.Text is "," or "}" or "]" or ")" or ";") break;
            if (Current.Kind == Kind.Mark && Current.Text is "(" or "[" or "{") depth++;
            if (Current.Kind == Kind.Mark && Current.Text is ")" or "]" or "}") depth--;
            end = Current.Span.End;
            _at++;
        }

        return new ScriptValue.Unreadable(TextSpan.FromBounds(start, end));
    }

    private void Scan()
    {
        for (var i = 0; i < _text.Length;)
        {
            var c = _text[i];
            if (char.IsWhiteSpace(c)) i++;
            else if (c == '/' && i + 1 < _text.Length && _text[i + 1] == '/') i = IndexOrEnd(_text.IndexOf('\n', i));
            else if (c == '/' && i + 1 < _text.Length && _text[i + 1] == '*') i = IndexOrEnd(_text.IndexOf("*/", i + 2, StringComparison.Ordinal) + 2, 1);
            else if (c is '"' or '\'' or '`') i = ScanText(i, c);
            else i = ScanOther(i, c);
        }
    }

    private int ScanOther(int start, char c)
    {
        var i = start + 1;
        var kind = Kind.Mark;
        if (char.IsLetter(c) || c is '_' or '$')
        {
            kind = Kind.Word;
            while (i < _text.Length && (char.IsLetterOrDigit(_text[i]) || _text[i] is '_' or '$')) i++;
        }
        else if (char.IsAsciiDigit(c))
        {
            kind = Kind.Number;
            while (i < _text.Length && (char.IsLetterOrDigit(_text[i]) || _text[i] is '_' or '.')) i++;
        }
        else if (i < _text.Length && c == _text[i] && c is '?' or '|')
        {
            i++;
        }

        _tokens.Add(new Token(kind, _text[start..i], TextSpan.FromBounds(start, i)));
        return i;
    }

    private int ScanText(int start, char quote)
    {
        var value = new StringBuilder();
        var i = start + 1;
        for (; i < _text.Length && _text[i] != quote; i++)
        {
            if (quote == '`' && _text[i] == '$' && i + 1 < _text.Length && _text[i + 1] == '{') return ScanTemplate(start);
            if (_text[i] == '\\' && i + 1 < _text.Length)
            {
                i++;
                value.Append(_text[i] switch { 'n' => '\n', 't' => '\t', 'r' => '\r', var other => other });
                continue;
            }

            value.Append(_text[i]);
        }

        _tokens.Add(new Token(Kind.Text, value.ToString(), TextSpan.FromBounds(start, Math.Min(i + 1, _text.Length))));
        return i + 1;
    }

    // A template with a substitution: a mark that no value begins with.
    private int ScanTemplate(int start)
    {
        var end = IndexOrEnd(_text.IndexOf('`', start + 1)) + 1;
        _tokens.Add(new Token(Kind.Mark, "`", TextSpan.FromBounds(start, Math.Min(end, _text.Length))));
        return end;
    }

    private int IndexOrEnd(int index, int least = 0) => index <= least - 1 || index < 0 ? _text.Length : index;

    private readonly record struct Token(Kind Kind, string Text, TextSpan Span);
}
