using System.Collections.Immutable;
using System.Text;
using Ploy.Core.Text;
using Ploy.Language.Syntax;

namespace Ploy.Language.Formatting;

/// <summary>Writes attributes and values with the formatter's blanks; strings, numbers and names as they stand in the file.</summary>
internal sealed class NodeText(SourceText source)
{
    private readonly StringBuilder _text = new();

    /// <summary>The attribute behind its <paramref name="mark"/>, <c>@</c> or <c>@@</c>.</summary>
    public static string Of(SourceText source, AttributeSyntax attribute, string mark)
    {
        var writer = new NodeText(source);
        writer._text.Append(mark).Append(attribute.Name.Text);
        if (attribute.Arguments is { } arguments) writer.Write(arguments);
        return writer._text.ToString();
    }

    /// <summary>The value.</summary>
    public static string Of(SourceText source, ExpressionSyntax value)
    {
        var writer = new NodeText(source);
        writer.Write(value);
        return writer._text.ToString();
    }

    private void Write(ArgumentListSyntax list)
    {
        _text.Append('(');
        Separated(list.Arguments, Write);
        _text.Append(')');
    }

    private void Write(ArgumentSyntax argument)
    {
        if (argument.Name is { } name) _text.Append(name.Text).Append(": ");
        if (argument.Value is { } value) Write(value);
    }

    private void Write(ExpressionSyntax value)
    {
        switch (value)
        {
            case CallSyntax call:
                _text.Append(call.Name.Text);
                Write(call.Arguments);
                break;
            case ArraySyntax array:
                _text.Append('[');
                Separated(array.Elements, Write);
                _text.Append(']');
                break;
            case ObjectSyntax members:
                _text.Append("{ ");
                Separated(members.Members, Write);
                _text.Append(" }");
                break;
            case StringSyntax or NumberSyntax or ConstantSyntax:
                _text.Append(source[value.Span]);
                break;
        }
    }

    private void Separated<T>(ImmutableArray<T> items, Action<T> write)
    {
        for (var i = 0; i < items.Length; i++)
        {
            if (i > 0) _text.Append(", ");
            write(items[i]);
        }
    }
}
