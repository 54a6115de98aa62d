using System.Collections.Immutable;
using Ploy.Core.Diagnostics;
using Ploy.Language.Formatting.Completion;
using Ploy.Language.Syntax;

namespace Ploy.Language.Formatting;

/// <summary>Lays schema files out as the engine's formatter does, and completes relations that lack a side, a key or an argument.</summary>
public static class SchemaFormatter
{
    /// <summary>Formats all files of a schema together; never throws on bad input.</summary>
    /// <param name="trees">The files. Lines that cannot be read are kept as they are.</param>
    /// <returns>The new text of each file, in the order given; lines end with a line feed.</returns>
    /// <remarks>Relations are completed only where all files can be read and their names and types resolve, as in the engine.</remarks>
    public static ImmutableArray<string> Format(ImmutableArray<SyntaxTree> trees) =>
        [.. (IsResolved(trees) ? RelationCompletion.Complete(trees) : trees).Select(FileFormatter.Format)];

    private static bool IsResolved(ImmutableArray<SyntaxTree> trees)
    {
        if (trees.Any(t => t.Diagnostics.Any(d => d.Severity == Severity.Error))) return false;
        var names = new HashSet<string>(StringComparer.Ordinal);
        return trees.SelectMany(t => t.Root.Declarations).Where(d => d is ModelSyntax or EnumSyntax).All(d => names.Add(d.Name.Text));
    }
}
