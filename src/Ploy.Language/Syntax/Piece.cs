using System.Collections.Immutable;
using Ploy.Core.Text;

namespace Ploy.Language.Syntax;

/// <summary>What a <see cref="Piece"/> is.</summary>
public enum PieceKind
{
    /// <summary>A block at the top of a file; a field, value, property or attribute within a block.</summary>
    Node,

    /// <summary><c>// ...</c> or <c>/// ...</c> on a line of its own; the span leaves out the line break.</summary>
    Comment,

    /// <summary><c>/* ... */</c> that is not behind something on its line.</summary>
    BlockComment,

    /// <summary>Line breaks with at most blanks between them, where no line ends.</summary>
    EmptyLines,

    /// <summary>What could not be read; already reported. The span of a line holds its line break.</summary>
    Bad,
}

/// <summary>
/// A part of a file or block as laid out by its author: in order, the pieces hold everything but blanks, line ends and what
/// stands behind an opening brace.
/// </summary>
/// <param name="Kind">What it is.</param>
/// <param name="Span">Where it stands.</param>
/// <param name="Node">What was read; null where the kind is no node.</param>
/// <param name="TrailingComment">The comment behind the node on its line; null without one.</param>
public readonly record struct Piece(PieceKind Kind, TextSpan Span, SyntaxNode? Node = null, TextSpan? TrailingComment = null);

/// <summary>Reads lists of pieces.</summary>
internal static class Pieces
{
    /// <summary>The nodes of one kind in order.</summary>
    /// <param name="pieces">The pieces.</param>
    /// <param name="counts">Which of them count; null for all.</param>
    public static ImmutableArray<T> Nodes<T>(this ImmutableArray<Piece> pieces, Predicate<T>? counts = null)
        where T : SyntaxNode
    {
        var number = 0;
        foreach (var piece in pieces)
            if (piece.Node is T node && counts?.Invoke(node) != false)
                number++;
        if (number == 0) return [];
        var nodes = ImmutableArray.CreateBuilder<T>(number);
        foreach (var piece in pieces)
            if (piece.Node is T node && counts?.Invoke(node) != false)
                nodes.Add(node);
        return nodes.MoveToImmutable();
    }

    /// <summary>Adds empty lines to the list that begins at a mark, as one piece with those directly before.</summary>
    public static void AddEmptyLines(this NodeStack<Piece> pieces, int mark, TextSpan span)
    {
        if (pieces.Mark > mark && pieces.Last is { Kind: PieceKind.EmptyLines } last) pieces.Last = last with { Span = TextSpan.FromBounds(last.Span.Start, span.End) };
        else pieces.Add(new Piece(PieceKind.EmptyLines, span));
    }
}
