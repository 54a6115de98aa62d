using System.Collections.Immutable;
using System.Text;
using Ploy.Core.Text;
using Ploy.Language.Syntax;

namespace Ploy.Language.Formatting;

/// <summary>
/// Lays out what stands between the braces of a block: lines in columns up to each empty line, block attributes at the end
/// behind an empty line.
/// </summary>
internal sealed class BlockFormatter(SourceText source, StringBuilder text)
{
    private const int Indent = 2;

    private readonly AlignedLines _lines = new();

    public void Write(ImmutableArray<Piece> pieces)
    {
        var attributes = new List<(IReadOnlyList<Piece> Comments, Piece Line)>();
        var at = pieces is [{ Kind: PieceKind.EmptyLines }, ..] ? 1 : 0;
        while (at < pieces.Length)
        {
            var isApart = pieces[at].Kind == PieceKind.EmptyLines;
            if (isApart && ++at == pieces.Length) break;
            var comments = CommentText.Group(pieces, at);
            at += comments.Length;
            if (at < pieces.Length && pieces[at].Node is AttributeSyntax)
            {
                // A comment directly above a block attribute moves with it; empty lines around both go.
                attributes.Add((comments, pieces[at++]));
                continue;
            }

            if (isApart) StartColumns();
            CommentText.Add(source, comments, _lines);
            if (comments.IsEmpty) Add(pieces[at++]);
        }

        if (attributes.Count > 0)
        {
            StartColumns();
            foreach (var (comments, line) in attributes.OrderBy(a => AttributeOrder.Of((AttributeSyntax)a.Line.Node!)))
            {
                CommentText.Add(source, comments, _lines);
                Add(line);
            }
        }

        _lines.WriteTo(text, Indent);
    }

    /// <summary>Writes an empty line; columns before and behind it are independent.</summary>
    private void StartColumns()
    {
        _lines.WriteTo(text, Indent);
        _lines.Add("");
    }

    private void Add(Piece piece)
    {
        if (piece.Node is not { } node) _lines.Add(source[piece.Span].TrimEnd('\n').ToString());
        else _lines.Add(Cells(node), piece.TrailingComment is { } comment ? source[comment].ToString() : null);
    }

    private IReadOnlyList<string> Cells(SyntaxNode node) => node switch
    {
        AttributeSyntax attribute => [NodeText.Of(source, attribute, "@@")],
        FieldSyntax field => FieldCells(field),
        // The engine writes attributes of values without a blank between them.
        EnumValueSyntax { Attributes: [_, ..] attributes } value => [value.Name.Text, string.Concat(attributes.Select(a => NodeText.Of(source, a, "@")))],
        EnumValueSyntax value => [value.Name.Text],
        PropertySyntax { Value: { } value } property => [property.Name.Text, "= " + NodeText.Of(source, value)],
        PropertySyntax property => [property.Name.Text],
        _ => throw new System.Diagnostics.UnreachableException($"{node.GetType().Name} in a block"),
    };

    private IReadOnlyList<string> FieldCells(FieldSyntax field)
    {
        var type = field.Type.IsMissing ? "" : source[field.Type.Span].ToString() + Suffix(field);
        return field.Attributes is [_, ..] attributes
            ? [field.Name.Text, type, string.Join(' ', attributes.OrderBy(AttributeOrder.Of).Select(a => NodeText.Of(source, a, "@")))]
            : type.Length > 0 ? [field.Name.Text, type] : [field.Name.Text];
    }

    /// <summary>An optional list is an error, but keeps both of its marks.</summary>
    private static string Suffix(FieldSyntax field) => field.Arity switch
    {
        FieldArity.Required => "",
        FieldArity.Optional => "?",
        FieldArity.List => field.IsOptionalList ? "[]?" : "[]",
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
