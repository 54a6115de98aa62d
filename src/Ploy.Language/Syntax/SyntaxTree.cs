using System.Collections.Immutable;
using Ploy.Core.Diagnostics;
using Ploy.Core.Text;

namespace Ploy.Language.Syntax;

/// <summary>One file as text, tokens and nodes.</summary>
public sealed class SyntaxTree
{
    private ImmutableArray<Token> _tokens;

    internal SyntaxTree(SourceText source, DocumentSyntax root, ImmutableArray<Diagnostic> diagnostics) =>
        (Source, Root, Diagnostics) = (source, root, diagnostics);

    /// <summary>Reads a file; whatever is wrong with it is among the diagnostics. Never throws, and takes time linear in the text.</summary>
    public static SyntaxTree Parse(SourceText source) => Parse(source, new NameTable());

    /// <summary>Reads a file whose names it has in common with others.</summary>
    internal static SyntaxTree Parse(SourceText source, NameTable names)
    {
        ArgumentNullException.ThrowIfNull(source);
        var (root, diagnostics) = Parser.Parse(source, names);
        return new SyntaxTree(source, root, diagnostics);
    }

    /// <summary>The file.</summary>
    public SourceText Source { get; }

    /// <summary>
    /// All tokens; every character lies in exactly one, and joined they are the text. Found when first asked for: the nodes do not need them.
    /// </summary>
    public ImmutableArray<Token> Tokens => _tokens.IsDefault ? _tokens = Lexer.Tokenize(Source.Text) : _tokens;

    /// <summary>The nodes.</summary>
    public DocumentSyntax Root { get; }

    /// <summary>What the parser found wrong.</summary>
    public ImmutableArray<Diagnostic> Diagnostics { get; }

    /// <summary>The same file as if it held no other blocks than datasources and generators.</summary>
    internal SyntaxTree WithConfigurationOnly() => new(Source, new DocumentSyntax(Root.Span, [.. Root.Pieces.Where(p => p.Node is ConfigurationSyntax)]), Diagnostics);
}

/// <summary>What a token is.</summary>
public enum TokenKind
{
    /// <summary>A name or keyword.</summary>
    Word,

    /// <summary>A number.</summary>
    Number,

    /// <summary>A string with its quotes.</summary>
    String,

    /// <summary>One mark: a bracket, comma, colon, equals sign, question mark, dot, <c>@</c> or <c>@@</c>.</summary>
    Punctuation,

    /// <summary>Spaces and tabs.</summary>
    Blank,

    /// <summary>One line break, of one or two characters.</summary>
    NewLine,

    /// <summary><c>// ...</c> up to the end of the line.</summary>
    Comment,

    /// <summary><c>/// ...</c> up to the end of the line.</summary>
    DocComment,

    /// <summary><c>/* ... */</c></summary>
    BlockComment,

    /// <summary>A character that begins nothing.</summary>
    Bad,
}

/// <summary>A piece of the text.</summary>
public readonly record struct Token(TokenKind Kind, TextSpan Span);
