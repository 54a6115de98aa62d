using System.Collections.Immutable;
using Ploy.Core.Diagnostics;
using Ploy.Core.Text;
using Ploy.Language.Syntax;

namespace Ploy.Language.Semantics;

/// <summary>Reads schema files into a model. Passes in order, each relying only on those before: configuration, names, fields, relations.</summary>
public static class SchemaCompiler
{
    /// <summary>Compiles all files together; never throws on bad input.</summary>
    public static SchemaCompilation Compile(ImmutableArray<SourceText> files)
    {
        ImmutableArray<SyntaxTree> trees = [.. files.Select(SyntaxTree.Parse)];
        var diagnostics = trees.SelectMany(t => t.Diagnostics).ToList();
        if (diagnostics.Exists(d => d.Severity == Severity.Error)) return new SchemaCompilation(trees, null, [.. diagnostics]);
        var model = new ModelBuilder(trees).Build();
        return new SchemaCompilation(trees, model, [.. diagnostics]);
    }
}
