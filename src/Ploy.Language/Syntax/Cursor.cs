using System.Globalization;
using System.Text;
using Ploy.Core.Text;

namespace Ploy.Language.Syntax;

/// <summary>
/// Reads the small parts of the grammar at a place in the text: names, values, argument lists, attributes. A method that
/// does not find its part returns null and leaves the place as it was. Everything lies on one line.
/// </summary>
internal sealed class Cursor(string text, NameTable names)
{
    /// <summary>Deepest nesting of values; deeper ones are no values, as in the engine, which runs out of stack there.</summary>
    private const int MostNesting = 200;

    private readonly NodeStack<ArgumentSyntax> _arguments = new();
    private readonly NodeStack<ExpressionSyntax> _elements = new();
    private int _depth;

    /// <summary>The next character's offset.</summary>
    public int At { get; set; }

    /// <summary>Escapes that mean nothing, found so far.</summary>
    public List<TextSpan> BadEscapes { get; } = [];

    public bool IsAtEnd => At >= text.Length;

    public char Peek => At < text.Length ? text[At] : '\0';

    public bool IsAtNewLine => Peek is '\n' or '\r';

    public void SkipBlanks()
    {
        var at = At;
        while (at < text.Length && (text[at] is ' ' or '\t' || (text[at] > '\x7f' && Characters.IsBlank(text[at])))) at++;
        At = at;
    }

    public bool Take(char c)
    {
        if (At >= text.Length || text[At] != c) return false;
        At++;
        return true;
    }

    public bool StartsWith(string mark) => text.AsSpan(At).StartsWith(mark, StringComparison.Ordinal);

    /// <summary>Takes one line break, or stands at the end of the text.</summary>
    public bool TakeNewLine()
    {
        if (Take('\n')) return true;
        if (!Take('\r')) return false;
        Take('\n');
        return true;
    }

    /// <summary>Goes to the line break, or to the end of the text.</summary>
    public void SkipToLineEnd() => At = Characters.LineEnd(text, At);

    public void SkipLine()
    {
        SkipToLineEnd();
        TakeNewLine();
    }

    public TextSpan From(int start) => TextSpan.FromBounds(start, At);

    public NameSyntax? Name()
    {
        var start = At;
        At = Characters.IdentifierEnd(text, start);
        return At == start ? null : NameFrom(start);
    }

    public AttributeSyntax? Attribute(string mark)
    {
        var start = At;
        if (Peek != '@' || !StartsWith(mark) || (mark == "@" && StartsWith("@@"))) return null;
        At += mark.Length;
        SkipBlanks();
        var name = At;
        if (!TakePath())
        {
            At = start;
            return null;
        }

        var path = NameFrom(name);
        var end = At;
        SkipBlanks();
        if (Arguments() is { } arguments) return new AttributeSyntax(From(start), path, arguments);
        At = end;
        return new AttributeSyntax(From(start), path, null);
    }

    public ArgumentListSyntax? Arguments()
    {
        var start = At;
        if (!Take('(')) return null;
        var mark = _arguments.Mark;
        TextSpan? trailing = null;
        while (true)
        {
            SkipBlanks();
            if (_arguments.Mark == mark && Peek == ',')
            {
                // A comma alone is one behind no argument.
                trailing = new TextSpan(At++, 1);
                SkipBlanks();
            }

            if (Take(')')) return new ArgumentListSyntax(From(start), _arguments.Take(mark), trailing);
            if (trailing is not null || Argument() is not { } argument) break;
            _arguments.Add(argument);
            SkipBlanks();
            var comma = At;
            if (Take(','))
            {
                var behind = At;
                SkipBlanks();
                if (Peek == ')') trailing = new TextSpan(comma, 1);
                At = behind;
            }
            else if (Peek != ')')
            {
                break;
            }
        }

        _arguments.Drop(mark);
        At = start;
        return null;
    }

    public ExpressionSyntax? Expression()
    {
        if (_depth >= MostNesting) return null;
        _depth++;
        ExpressionSyntax? found = Peek switch
        {
            '"' => String(),
            '[' => Array(),
            '{' => Object(),
            '-' => Number(),
            _ => Word(),
        };
        _depth--;
        return found;
    }

    public StringSyntax? String()
    {
        var start = At;
        if (!Take('"')) return null;
        // Nearly all strings are as they are written; only the others are put together.
        var plain = At;
        while (plain < text.Length && text[plain] is >= ' ' and not '"' and not '\\') plain++;
        At = plain;
        if (Take('"')) return new StringSyntax(From(start), text[(start + 1)..(At - 1)]);
        var value = new StringBuilder(text, start + 1, At - start - 1, 0);
        var bad = BadEscapes.Count;
        while (!IsAtEnd && Peek >= ' ')
        {
            if (Take('"')) return new StringSyntax(From(start), value.ToString());
            // Whatever follows a backslash belongs to the string, a line break too.
            if (Peek == '\\' && At + 1 < text.Length) Escape(value);
            else value.Append(text[At++]);
        }

        BadEscapes.RemoveRange(bad, BadEscapes.Count - bad);
        At = start;
        return null;
    }

    private NameSyntax NameFrom(int start) => new(From(start), names.Get(text.AsSpan(start, At - start)));

    /// <summary>Goes behind names joined by dots, without blanks; a dot may end it, which an editor's completion needs.</summary>
    private bool TakePath()
    {
        var start = At;
        At = Characters.IdentifierEnd(text, start);
        if (At == start) return false;
        while (Peek == '.')
        {
            var behind = ++At;
            At = Characters.IdentifierEnd(text, behind);
            if (At == behind) break;
        }

        return true;
    }

    private ArgumentSyntax? Argument()
    {
        var start = At;
        At = Characters.IdentifierEnd(text, start);
        var end = At;
        SkipBlanks();
        if (end > start && Peek == ':')
        {
            var name = new NameSyntax(TextSpan.FromBounds(start, end), names.Get(text.AsSpan(start, end - start)));
            end = ++At;
            SkipBlanks();
            if (Expression() is { } named) return new ArgumentSyntax(From(start), name, named);
            At = end;
            return new ArgumentSyntax(From(start), name, null);
        }

        At = start;
        return Expression() is { } value ? new ArgumentSyntax(From(start), null, value) : null;
    }

    /// <summary>A call, a number or a constant: names may begin with a digit, so that only what follows tells a call from a number.</summary>
    private ExpressionSyntax? Word()
    {
        var start = At;
        if (!TakePath()) return null;
        var end = At;
        SkipBlanks();
        if (Peek == '(' && Arguments() is { } arguments)
            return new CallSyntax(From(start), new NameSyntax(TextSpan.FromBounds(start, end), names.Get(text.AsSpan(start, end - start))), arguments);
        At = start;
        if (Number() is { } number) return number;
        At = end;
        return new ConstantSyntax(From(start), names.Get(text.AsSpan(start, end - start)));
    }

    private ArraySyntax? Array()
    {
        var start = At;
        if (!Take('[')) return null;
        var mark = _elements.Mark;
        while (true)
        {
            SkipBlanks();
            if (_elements.Mark == mark && Take(']')) return new ArraySyntax(From(start), []);
            if (Expression() is not { } element) break;
            _elements.Add(element);
            SkipBlanks();
            if (Take(']')) return new ArraySyntax(From(start), _elements.Take(mark));
            if (!Take(',')) break;
        }

        _elements.Drop(mark);
        At = start;
        return null;
    }

    private ObjectSyntax? Object()
    {
        var start = At;
        if (!Take('{')) return null;
        var mark = _arguments.Mark;
        while (true)
        {
            SkipBlanks();
            if (_arguments.Mark == mark && Take('}')) return new ObjectSyntax(From(start), []);
            if (Argument() is not { Name: not null, Value: not null } member) break;
            _arguments.Add(member);
            SkipBlanks();
            if (Take('}')) return new ObjectSyntax(From(start), _arguments.Take(mark));
            if (!Take(',')) break;
        }

        _arguments.Drop(mark);
        At = start;
        return null;
    }

    private NumberSyntax? Number()
    {
        var start = At;
        Take('-');
        if (!char.IsAsciiDigit(Peek))
        {
            At = start;
            return null;
        }

        while (char.IsAsciiDigit(Peek)) At++;
        if (Peek == '.' && At + 1 < text.Length && char.IsAsciiDigit(text[At + 1]))
        {
            At++;
            while (char.IsAsciiDigit(Peek)) At++;
        }

        return new NumberSyntax(From(start), names.Get(text.AsSpan(start, At - start)));
    }

    private void Escape(StringBuilder value)
    {
        var start = At++;
        var c = text[At++];
        switch (c)
        {
            case '"' or '\\' or '/': value.Append(c); break;
            case 'n': value.Append('\n'); break;
            case 'r': value.Append('\r'); break;
            case 't': value.Append('\t'); break;
            case 'b': value.Append('\b'); break;
            case 'f': value.Append('\f'); break;
            case 'u' when At + 4 <= text.Length && ushort.TryParse(text.AsSpan(At, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit):
                value.Append((char)unit);
                At += 4;
                break;
            default:
                BadEscapes.Add(From(start));
                break;
        }
    }
}
