using System.Collections.Immutable;
using Ploy.Language.Formatting.Completion;
using Ploy.Language.Semantics;
using Ploy.Language.Syntax;

namespace Ploy.Language.Formatting;

/// <summary>Lays schema files out as the engine's formatter does, and completes relations that lack a side, a key or an argument.</summary>
public static class SchemaFormatter
{
    /// <summary>Formats all files of a schema together; never throws on bad input.</summary>
    /// <param name="trees">The files. Lines that cannot be read are kept as they are.</param>
    /// <returns>The new text of each file, in the order given; lines end with a line feed.</returns>
    /// <remarks>Relations are completed only where names, types and attributes are right in all files, as in the engine.</remarks>
    public static ImmutableArray<string> Format(ImmutableArray<SyntaxTree> trees)
    {
        var complete = SchemaCompiler.Resolve(trees) is { } symbols ? RelationCompletion.Complete(trees, symbols) : trees;
        return [.. complete.Select(FileFormatter.Format)];
    }
}
