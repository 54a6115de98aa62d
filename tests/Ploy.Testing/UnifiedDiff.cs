using System.Globalization;
using System.Text;
using DiffPlex;
using DiffPlex.Model;

namespace Ploy.Testing;

/// <summary>Two texts as a unified diff.</summary>
public static class UnifiedDiff
{
    private const int Context = 3;

    /// <summary>The differences with three lines of context; empty where the texts are equal.</summary>
    /// <remarks>A line that differs only at its end shows the blanks there as <c>·</c>, a carriage return as <c>␍</c>; a missing last line feed is said.</remarks>
    public static string Create(string expected, string actual)
    {
        if (string.Equals(expected, actual, StringComparison.Ordinal))
            return "";
        var before = Lines(expected);
        var after = Lines(actual);
        var result = Differ.Instance.CreateDiffs(string.Join('\n', before), string.Join('\n', after), ignoreWhiteSpace: false, ignoreCase: false, new ByLineFeed());
        var text = new StringBuilder("--- expected\n+++ actual\n");
        foreach (var hunk in Hunks(result.DiffBlocks))
            Write(text, hunk, before, after);
        return text.ToString();
    }

    private static string[] Lines(string text)
    {
        var lines = text.Split('\n');
        if (lines[^1].Length == 0)
            return [.. lines[..^1].Select(ShowEnd)];
        lines[^1] += "⟨no line feed at the end⟩";
        return [.. lines.Select(ShowEnd)];
    }

    private static string ShowEnd(string line)
    {
        var bare = line.TrimEnd(' ', '\t', '\r');
        return bare.Length == line.Length ? line : bare + line[bare.Length..].Replace(' ', '·').Replace('\t', '→').Replace('\r', '␍');
    }

    /// <summary>Blocks whose context touches belong to one hunk.</summary>
    private static IEnumerable<List<DiffBlock>> Hunks(IList<DiffBlock> blocks)
    {
        var hunk = new List<DiffBlock>();
        foreach (var block in blocks)
        {
            if (hunk.Count > 0 && block.DeleteStartA - (hunk[^1].DeleteStartA + hunk[^1].DeleteCountA) > 2 * Context)
            {
                yield return hunk;
                hunk = [];
            }

            hunk.Add(block);
        }

        if (hunk.Count > 0)
            yield return hunk;
    }

    private static void Write(StringBuilder text, List<DiffBlock> hunk, string[] before, string[] after)
    {
        var start = Math.Max(0, hunk[0].DeleteStartA - Context);
        var end = Math.Min(before.Length, hunk[^1].DeleteStartA + hunk[^1].DeleteCountA + Context);
        text.Append(CultureInfo.InvariantCulture, $"@@ line {start + 1} @@\n");
        var position = start;
        foreach (var block in hunk)
        {
            for (; position < block.DeleteStartA; position++)
                text.Append(' ').Append(before[position]).Append('\n');
            for (var i = 0; i < block.DeleteCountA; i++, position++)
                text.Append('-').Append(before[position]).Append('\n');
            for (var i = 0; i < block.InsertCountB; i++)
                text.Append('+').Append(after[block.InsertStartB + i]).Append('\n');
        }

        for (; position < end; position++)
            text.Append(' ').Append(before[position]).Append('\n');
    }

    /// <summary>Splits at line feeds only and keeps none of them.</summary>
    private sealed class ByLineFeed : IChunker
    {
        public IReadOnlyList<string> Chunk(string text) => text.Length == 0 ? [] : text.Split('\n');
    }
}
