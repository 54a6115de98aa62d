using System.Collections.Immutable;
using System.Text;
using Ploy.Core.Text;
using Ploy.Language.Syntax;

namespace Ploy.Design.Pull;

/// <summary>
/// The comments of the files so far that are no doc comments, by what they stand at: before a block or line, behind one, at the end of a
/// block or file. Those of blocks and lines that are gone go with them.
/// </summary>
internal sealed class KeptComments
{
    private readonly Dictionary<(string Block, string? Line), string> _before = [];
    private readonly Dictionary<(string Block, string Line), string> _behind = [];
    private readonly Dictionary<string, string> _atEnd = new(StringComparer.Ordinal);
    private readonly Dictionary<SyntaxTree, string> _starts = [];
    private readonly Dictionary<SyntaxTree, string> _ends = [];

    private readonly HashSet<string> _written = new(StringComparer.Ordinal);

    /// <summary>Collects them.</summary>
    public KeptComments(ImmutableArray<SyntaxTree> trees)
    {
        foreach (var tree in trees) Collect(tree);
    }

    /// <summary>
    /// Leaves out what an earlier pull wrote as a comment and this one writes again: blocks and lines that are commented out.
    /// </summary>
    /// <param name="blocks">What is about to be written.</param>
    public void LeaveOut(IEnumerable<PulledBlock> blocks)
    {
        foreach (var block in blocks)
        {
            if (block.IsOut) _written.UnionWith([WithoutBlanks($"// {block.Keyword} {block.Name} {{"), "//}"]);
            _written.UnionWith(block.Lines.Where(l => l.IsOut).Select(l => WithoutBlanks("// " + l.Text)));
        }
    }

    /// <summary>What a file begins with: comments with an empty line between them and the first block.</summary>
    public string AtStart(SyntaxTree tree) => Kept(_starts.GetValueOrDefault(tree)) ?? "";

    /// <summary>What stands behind the last block of a file.</summary>
    public string AtEnd(SyntaxTree tree) => Kept(_ends.GetValueOrDefault(tree)) ?? "";

    /// <summary>What stands before a block.</summary>
    public string? Before(PulledBlock block) => Kept(_before.GetValueOrDefault((KeyOf(block), null)));

    /// <summary>What stands before a line.</summary>
    public string? Before(PulledBlock block, PulledLine line) => Kept(_before.GetValueOrDefault((KeyOf(block), line.Key)));

    /// <summary>What stands behind a line, with a blank before it.</summary>
    public string? Behind(PulledBlock block, PulledLine line) => _behind.GetValueOrDefault((KeyOf(block), line.Key));

    /// <summary>What stands before a block's closing brace.</summary>
    public string? AtEnd(PulledBlock block) => Kept(_atEnd.GetValueOrDefault(KeyOf(block)));

    private string? Kept(string? text) =>
        text is null || _written.Count == 0 ? text : string.Concat(text.Split('\n')[..^1].Where(l => !_written.Contains(WithoutBlanks(l))).Select(l => l + "\n"));

    private static string WithoutBlanks(string line) => string.Concat(line.Where(c => !char.IsWhiteSpace(c)));

    private static string KeyOf(PulledBlock block) => $"{block.Keyword} {block.Name}";

    private void Collect(SyntaxTree tree)
    {
        var waiting = new StringBuilder();
        var isFirst = true;
        foreach (var piece in tree.Root.Pieces)
        {
            switch (piece)
            {
                case { Kind: PieceKind.Comment or PieceKind.BlockComment } when !IsDocumentation(tree.Source, piece):
                    waiting.Append(tree.Source[piece.Span]).Append('\n');
                    break;
                case { Kind: PieceKind.EmptyLines } when waiting.Length > 0 && isFirst:
                    _starts[tree] = _starts.GetValueOrDefault(tree, "") + waiting + "\n";
                    waiting.Clear();
                    break;
                case { Kind: PieceKind.EmptyLines } when waiting.Length > 0:
                    waiting.Append('\n');
                    break;
                case { Node: DeclarationSyntax block }:
                    isFirst = false;
                    var key = $"{KeywordOf(block)} {block.Name.Text}";
                    if (waiting.Length > 0) _before.TryAdd((key, null), waiting.ToString());
                    waiting.Clear();
                    Collect(tree.Source, block, key);
                    break;
            }
        }

        if (waiting.Length > 0) _ends[tree] = waiting.ToString();
    }

    private void Collect(SourceText source, DeclarationSyntax block, string key)
    {
        var waiting = new StringBuilder();
        foreach (var piece in block.Pieces)
        {
            if (piece.Kind is PieceKind.Comment or PieceKind.BlockComment && !IsDocumentation(source, piece)) waiting.Append(source[piece.Span]).Append('\n');
            if (LineOf(source, piece) is not { } line) continue;
            if (waiting.Length > 0) _before.TryAdd((key, line), waiting.ToString());
            waiting.Clear();
            if (piece.TrailingComment is { } span && !source[span].StartsWith("///")) _behind.TryAdd((key, line), " " + source[span].ToString());
        }

        if (waiting.Length > 0) _atEnd.TryAdd(key, waiting.ToString());
    }

    private static string? LineOf(SourceText source, Piece piece) => piece.Node switch
    {
        FieldSyntax field => field.Name.Text,
        EnumValueSyntax value => value.Name.Text,
        PropertySyntax property => property.Name.Text,
        AttributeSyntax attribute => source[attribute.Span].ToString(),
        _ => null,
    };

    private static bool IsDocumentation(SourceText source, Piece piece) => source[piece.Span].StartsWith("///");

    private static string KeywordOf(DeclarationSyntax block) => block switch
    {
        ModelSyntax { Kind: ModelKind.View } => "view",
        ModelSyntax => "model",
        EnumSyntax => "enum",
        ConfigurationSyntax { Kind: ConfigurationKind.Datasource } => "datasource",
        _ => "generator",
    };
}
