using System.Collections.Immutable;
using Ploy.Core.Text;
using Ploy.Language.Syntax;

namespace Ploy.Language.Formatting;

/// <summary>Comments on lines of their own.</summary>
internal static class CommentText
{
    /// <summary>The comments from <paramref name="start"/> on that nothing stands between.</summary>
    public static ImmutableArray<Piece> Group(ImmutableArray<Piece> pieces, int start)
    {
        var end = start;
        while (end < pieces.Length && pieces[end].Kind is PieceKind.Comment or PieceKind.BlockComment) end++;
        return pieces[start..end];
    }

    /// <summary>Adds a line for each line of the comments; block comments in the form with a star before each line, without empty ones.</summary>
    public static void Add(SourceText source, IEnumerable<Piece> comments, AlignedLines lines)
    {
        foreach (var comment in comments)
        {
            var text = source[comment.Span];
            if (comment.Kind == PieceKind.Comment)
            {
                lines.Add(text.ToString());
                continue;
            }

            lines.Add("/**");
            var inside = text[2..^2];
            foreach (var range in inside.Split('\n'))
            {
                var line = inside[range].Trim();
                if (line is ['*', .. var rest]) line = rest.TrimStart();
                if (line.Length > 0) lines.Add(" * " + line.ToString());
            }

            lines.Add(" */");
        }
    }
}
