using System.Text;
using Ploy.Core.Text;
using Ploy.Language.Syntax;

namespace Ploy.Testing.Fuzzing;

/// <summary>Gives a schema another layout that means the same: other blanks, more empty lines where there are some, other line ends.</summary>
public sealed class LayoutScrambler(Random random)
{
    /// <summary>The text in another layout; it must be one without syntax errors.</summary>
    public string Scramble(string text)
    {
        var lineEnd = random.Next(3) == 0 ? "\r\n" : "\n";
        var result = new StringBuilder();
        TokenKind? before = null;
        foreach (var token in SyntaxTree.Parse(SourceText.From("", text)).Tokens)
        {
            switch (token.Kind)
            {
                case TokenKind.Blank:
                    if (before is not TokenKind.NewLine) result.Append(Blanks(1));
                    break;
                case TokenKind.NewLine:
                    // Blanks behind a comment are part of it.
                    if (before is not (TokenKind.Comment or TokenKind.DocComment or TokenKind.BlockComment)) result.Append(Blanks(0));
                    result.Append(lineEnd);
                    if (before is TokenKind.NewLine) result.Insert(result.Length, Blanks(0) + lineEnd, random.Next(3));
                    break;
                default:
                    if (before is TokenKind.NewLine) result.Append(Blanks(0));
                    result.Append(text, token.Span.Start, token.Span.Length);
                    break;
            }

            // The blanks that begin a line do not count as something on it.
            if (token.Kind != TokenKind.Blank || before != TokenKind.NewLine) before = token.Kind;
        }

        return result.ToString();
    }

    private string Blanks(int least) => new(random.Next(5) == 0 ? '\t' : ' ', random.Next(least, 5));
}
