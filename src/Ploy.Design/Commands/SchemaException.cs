using Ploy.Language.Semantics;

namespace Ploy.Design.Commands;

/// <summary>The schema has errors: all of them are in <see cref="Compilation"/>.</summary>
public sealed class SchemaException(SchemaCompilation compilation) : Exception("The schema has errors.")
{
    /// <summary>What compiling gave.</summary>
    public SchemaCompilation Compilation { get; } = compilation;
}
