using System.Diagnostics;
using System.Text;
using Ploy.Language.Syntax;

namespace Ploy.Language.Formatting;

/// <summary>Lays out one file: blocks, comments, and at most one empty line between them.</summary>
internal static class FileFormatter
{
    public static string Format(SyntaxTree tree)
    {
        var source = tree.Source;
        var pieces = tree.Root.Pieces;
        var text = new StringBuilder(source.Length);
        var comments = new AlignedLines();
        for (var i = 0; i < pieces.Length; i++)
        {
            var piece = pieces[i];
            switch (piece)
            {
                case { Kind: PieceKind.EmptyLines }:
                    // The engine takes the line end behind a closing brace for an empty line, so that blocks never touch.
                    if (i > 0 && i < pieces.Length - 1) text.Append('\n');
                    break;
                case { Kind: PieceKind.Node, Node: DeclarationSyntax block }:
                    text.Append(Keyword(block)).Append(' ').Append(block.Name.Text).Append(" {\n");
                    new BlockFormatter(source, text).Write(block.Pieces);
                    text.Append("}\n");
                    break;
                case { Kind: PieceKind.Comment or PieceKind.BlockComment }:
                    CommentText.Add(source, [piece], comments);
                    comments.WriteTo(text, 0);
                    break;
                default:
                    text.Append(source[piece.Span]);
                    break;
            }
        }

        if (text is not [.., '\n']) text.Append('\n');
        return text.ToString();
    }

    private static string Keyword(DeclarationSyntax block) => block switch
    {
        ModelSyntax { Kind: ModelKind.Model } => "model",
        ModelSyntax { Kind: ModelKind.View } => "view",
        ModelSyntax { Kind: ModelKind.CompositeType } => "type",
        EnumSyntax => "enum",
        ConfigurationSyntax { Kind: ConfigurationKind.Datasource } => "datasource",
        ConfigurationSyntax { Kind: ConfigurationKind.Generator } => "generator",
        _ => throw new UnreachableException($"{block.GetType().Name} with a keyword"),
    };
}
