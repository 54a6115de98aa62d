using Ploy.Core.Text;
using Ploy.Language.Formatting;
using Ploy.Language.Semantics;
using Ploy.Language.Syntax;

namespace Ploy.Testing.Fuzzing;

/// <summary>What must hold for any text at all.</summary>
public static class LanguageCheck
{
    /// <summary>Reads, compiles and formats a text.</summary>
    /// <returns>What went wrong in one line and more; null where all is well.</returns>
    public static string? Fault(string text)
    {
        try
        {
            var source = SourceText.From("fuzz.prisma", text);
            var tree = SyntaxTree.Parse(source);
            if (!TokensCover(tree, text)) return "The tokens joined are not the text.";
            var compilation = SchemaCompiler.Compile([source]);
            if (compilation.HasErrors == compilation.Model is not null) return "There is a model although there are errors, or neither.";
            foreach (var diagnostic in compilation.Diagnostics)
                if (diagnostic.Location.Span.Start < 0 || diagnostic.Location.Span.End > text.Length)
                    return $"{diagnostic.Code} points outside of the text.";
            var formatted = SchemaFormatter.Format([tree])[0];
            return formatted.EndsWith('\n') ? null : "The formatted text does not end with a line feed.";
        }
#pragma warning disable CA1031 // Any exception at all is what is looked for.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return exception.ToString();
        }
    }

    private static bool TokensCover(SyntaxTree tree, string text)
    {
        var at = 0;
        foreach (var token in tree.Tokens)
        {
            if (token.Span.Start != at || token.Span.Length <= 0) return false;
            at = token.Span.End;
        }

        return at == text.Length;
    }
}
