using System.Text;

namespace Ploy.Language.Formatting;

/// <summary>Lines whose cells stand below each other. What follows the cells of a line, and lines without cells, do not widen columns.</summary>
internal sealed class AlignedLines
{
    private readonly List<(IReadOnlyList<string> Cells, string? Tail)> _lines = [];

    /// <summary>Adds a line; <paramref name="tail"/> follows the last cell after one blank.</summary>
    public void Add(IReadOnlyList<string> cells, string? tail) => _lines.Add((cells, tail));

    /// <summary>Adds a line that takes no part in the columns; an empty text gives an empty line.</summary>
    public void Add(string text) => _lines.Add(([], text));

    /// <summary>Writes the lines, each behind <paramref name="indent"/> blanks, and forgets them.</summary>
    public void WriteTo(StringBuilder text, int indent)
    {
        // A cell is as wide as its UTF-8 bytes: the engine counts so, and texts must be equal.
        var widths = new List<int>();
        foreach (var (cells, _) in _lines)
        {
            for (var i = 0; i < cells.Count; i++)
            {
                if (i == widths.Count) widths.Add(0);
                widths[i] = Math.Max(widths[i], Encoding.UTF8.GetByteCount(cells[i]));
            }
        }

        foreach (var (cells, tail) in _lines)
        {
            if (cells.Count > 0 || !string.IsNullOrEmpty(tail)) text.Append(' ', indent);
            for (var i = 0; i < cells.Count; i++)
            {
                text.Append(cells[i]);
                if (i < cells.Count - 1) text.Append(' ', widths[i] - Encoding.UTF8.GetByteCount(cells[i]) + 1);
            }

            if (cells.Count > 0 && !string.IsNullOrEmpty(tail)) text.Append(' ');
            text.Append(tail).Append('\n');
        }

        _lines.Clear();
    }
}
