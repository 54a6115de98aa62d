namespace Ploy.Core.Text;

/// <summary>A half-open range of UTF-16 code units, counted from the start of one file.</summary>
/// <param name="Start">Offset of the first unit, zero-based.</param>
/// <param name="Length">Number of units; zero for a place between two characters.</param>
public readonly record struct TextSpan(int Start, int Length)
{
    /// <summary>Offset just behind the last unit.</summary>
    public int End => Start + Length;

    /// <summary>The span from <paramref name="start"/> up to, not including, <paramref name="end"/>.</summary>
    public static TextSpan FromBounds(int start, int end) => new(start, end - start);
}

/// <summary>A place in a file as editors count: both zero-based, the column in UTF-16 code units.</summary>
public readonly record struct LinePosition(int Line, int Column);

/// <summary>One replacement in a text; edits of one file never overlap and are applied together.</summary>
public readonly record struct TextEdit(TextSpan Span, string NewText);
