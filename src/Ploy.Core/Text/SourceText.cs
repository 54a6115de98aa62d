namespace Ploy.Core.Text;

/// <summary>The immutable text of one file, with its lines.</summary>
public sealed class SourceText
{
    private int[]? _lineStarts;

    private SourceText(string path, string text) => (Path, Text) = (path, text);

    /// <summary>The path as it is shown to the user; forward slashes, relative where it was given so.</summary>
    public string Path { get; }

    /// <summary>The whole text, without a byte order mark.</summary>
    public string Text { get; }

    /// <summary>Length in UTF-16 code units.</summary>
    public int Length => Text.Length;

    /// <summary>The characters of <paramref name="span"/>.</summary>
    public ReadOnlySpan<char> this[TextSpan span] => Text.AsSpan(span.Start, span.Length);

    /// <summary>Wraps a text that was read from <paramref name="path"/>.</summary>
    public static SourceText From(string path, string text) => new(path, text);

    /// <summary>Line and column of an offset; an offset behind the end counts as the end.</summary>
    public LinePosition GetPosition(int offset)
    {
        var starts = LineStarts;
        var index = Array.BinarySearch(starts, Math.Min(offset, Text.Length));
        var line = index >= 0 ? index : ~index - 1;
        return new LinePosition(line, Math.Min(offset, Text.Length) - starts[line]);
    }

    /// <summary>Number of lines; a text that ends with a line break has an empty last line.</summary>
    public int LineCount => LineStarts.Length;

    /// <summary>The span of a zero-based line, without its line break.</summary>
    public TextSpan GetLine(int line)
    {
        var start = LineStarts[line];
        var end = line + 1 < LineStarts.Length ? LineStarts[line + 1] : Text.Length;
        while (end > start && Text[end - 1] is '\n' or '\r') end--;
        return TextSpan.FromBounds(start, end);
    }

    private int[] LineStarts => _lineStarts ??= FindLineStarts(Text);

    private static int[] FindLineStarts(string text)
    {
        var starts = new List<int> { 0 };
        for (var i = text.IndexOf('\n', StringComparison.Ordinal); i >= 0; i = text.IndexOf('\n', i + 1)) starts.Add(i + 1);
        return [.. starts];
    }
}

/// <summary>A span in a given file.</summary>
public readonly record struct SourceLocation(SourceText Source, TextSpan Span);
