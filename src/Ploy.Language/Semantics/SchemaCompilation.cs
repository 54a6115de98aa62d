using System.Collections.Immutable;
using Ploy.Core.Diagnostics;
using Ploy.Language.Syntax;

namespace Ploy.Language.Semantics;

/// <summary>What compiling a set of files gave.</summary>
/// <param name="Trees">One for each file, in the order given.</param>
/// <param name="Model">The schema; null where any diagnostic is an error.</param>
/// <param name="Diagnostics">All of all files, in the order of files and places.</param>
public sealed record SchemaCompilation(ImmutableArray<SyntaxTree> Trees, SchemaModel? Model, ImmutableArray<Diagnostic> Diagnostics)
{
    /// <summary>Whether any diagnostic is an error.</summary>
    public bool HasErrors => Diagnostics.Any(d => d.Severity == Severity.Error);
}
