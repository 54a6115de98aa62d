using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Ploy.Core.Text;

namespace Ploy.Language.Syntax;

/// <summary>
/// Reads the small parts of the grammar at a place in the text: names, values, argument lists, attributes. A method that
/// does not find its part returns null and leaves the place as it was. Everything lies on one line.
/// </summary>
internal sealed class Cursor(string text)
{
    /// <summary>Deepest nesting of values; deeper ones are no values, as in the engine, which runs out of stack there.</summary>
    private const int MostNesting = 200;

    private int _depth;

    /// <summary>The next character's offset.</summary>
    public int At { get; set; }

    /// <summary>Escapes that mean nothing, found so far.</summary>
    public List<TextSpan> BadEscapes { get; } = [];

    public bool IsAtEnd => At >= text.Length;

    public char Peek => At < text.Length ? text[At] : '\0';

    public bool IsAtNewLine => Peek is '\n' or '\r' && !IsAtEnd;

    public void SkipBlanks()
    {
        while (At < text.Length && Characters.IsBlank(text[At])) At++;
    }

    public bool Take(char c)
    {
        if (Peek != c || IsAtEnd) return false;
        At++;
        return true;
    }

    public bool StartsWith(string mark) => string.CompareOrdinal(text, At, mark, 0, mark.Length) == 0;

    /// <summary>Takes one line break, or stands at the end of the text.</summary>
    public bool TakeNewLine()
    {
        if (IsAtEnd) return false;
        if (Take('\n')) return true;
        if (!Take('\r')) return false;
        Take('\n');
        return true;
    }

    public void SkipLine()
    {
        while (!IsAtEnd && !IsAtNewLine) At++;
        TakeNewLine();
    }

    public TextSpan From(int start) => TextSpan.FromBounds(start, At);

    public NameSyntax? Name()
    {
        var start = At;
        At = Characters.IdentifierEnd(text, start);
        if (At == start) return null;
        return new NameSyntax(From(start), text[start..At]);
    }

    /// <summary>Names joined by dots, without blanks; a dot may end it, which an editor's completion needs.</summary>
    public NameSyntax? Path()
    {
        var start = At;
        if (Name() is null) return null;
        while (Peek == '.')
        {
            At++;
            if (Name() is null) break;
        }

        return new NameSyntax(From(start), text[start..At]);
    }

    public AttributeSyntax? Attribute(string mark)
    {
        var start = At;
        if (!StartsWith(mark) || (mark == "@" && StartsWith("@@"))) return null;
        At += mark.Length;
        SkipBlanks();
        if (Path() is not { } name)
        {
            At = start;
            return null;
        }

        var end = At;
        SkipBlanks();
        if (Arguments() is { } arguments) return new AttributeSyntax(From(start), name, arguments);
        At = end;
        return new AttributeSyntax(From(start), name, null);
    }

    public ArgumentListSyntax? Arguments()
    {
        var start = At;
        if (!Take('(')) return null;
        var arguments = ImmutableArray.CreateBuilder<ArgumentSyntax>();
        TextSpan? trailing = null;
        while (true)
        {
            SkipBlanks();
            if (arguments.Count == 0 && Peek == ',')
            {
                // A comma alone is one behind no argument.
                trailing = new TextSpan(At++, 1);
                SkipBlanks();
            }

            if (Take(')')) return new ArgumentListSyntax(From(start), arguments.ToImmutable(), trailing);
            if (trailing is not null || Argument() is not { } argument) break;
            arguments.Add(argument);
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

        At = start;
        return null;
    }

    public ExpressionSyntax? Expression()
    {
        if (_depth >= MostNesting) return null;
        _depth++;
        ExpressionSyntax? found = Call();
        found ??= Array();
        found ??= Number();
        found ??= String();
        found ??= Object();
        found ??= Constant();
        _depth--;
        return found;
    }

    public StringSyntax? String()
    {
        var start = At;
        if (!Take('"')) return null;
        var value = new StringBuilder();
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

    private ArgumentSyntax? Argument()
    {
        var start = At;
        if (Name() is { } name)
        {
            SkipBlanks();
            if (Take(':'))
            {
                var end = At;
                SkipBlanks();
                if (Expression() is { } named) return new ArgumentSyntax(From(start), name, named);
                At = end;
                return new ArgumentSyntax(From(start), name, null);
            }

            At = start;
        }

        return Expression() is { } value ? new ArgumentSyntax(From(start), null, value) : null;
    }

    private CallSyntax? Call()
    {
        var start = At;
        if (Path() is { } name)
        {
            SkipBlanks();
            if (Arguments() is { } arguments) return new CallSyntax(From(start), name, arguments);
        }

        At = start;
        return null;
    }

    private ArraySyntax? Array()
    {
        var start = At;
        if (!Take('[')) return null;
        var elements = ImmutableArray.CreateBuilder<ExpressionSyntax>();
        while (true)
        {
            SkipBlanks();
            if (elements.Count == 0 && Take(']')) return new ArraySyntax(From(start), elements.ToImmutable());
            if (Expression() is not { } element) break;
            elements.Add(element);
            SkipBlanks();
            if (Take(']')) return new ArraySyntax(From(start), elements.ToImmutable());
            if (!Take(',')) break;
        }

        At = start;
        return null;
    }

    private ObjectSyntax? Object()
    {
        var start = At;
        if (!Take('{')) return null;
        var members = ImmutableArray.CreateBuilder<ArgumentSyntax>();
        while (true)
        {
            SkipBlanks();
            if (members.Count == 0 && Take('}')) return new ObjectSyntax(From(start), members.ToImmutable());
            if (Argument() is not { Name: not null, Value: not null } member) break;
            members.Add(member);
            SkipBlanks();
            if (Take('}')) return new ObjectSyntax(From(start), members.ToImmutable());
            if (!Take(',')) break;
        }

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

        return new NumberSyntax(From(start), text[start..At]);
    }

    private ConstantSyntax? Constant() => Path() is { } path ? new ConstantSyntax(path.Span, path.Text) : null;

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
