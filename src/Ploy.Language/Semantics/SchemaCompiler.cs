using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Ploy.Core.Text;
using Ploy.Language.Semantics.Passes;
using Ploy.Language.Semantics.Passes.Attributes;
using Ploy.Language.Semantics.Passes.Configuration;
using Ploy.Language.Semantics.Passes.Directives;
using Ploy.Language.Semantics.Passes.Relations;
using Ploy.Language.Semantics.Passes.Rules;
using Ploy.Language.Semantics.Symbols;
using Ploy.Language.Syntax;

namespace Ploy.Language.Semantics;

/// <summary>
/// Reads schema files into a model. Passes in order, each relying only on those before: names, types, attributes, relations;
/// then, if all is well so far, the rules about the whole; then directives.
/// </summary>
public static class SchemaCompiler
{
    /// <summary>From so many characters on it is faster to read files on several processors: a few hundred models.</summary>
    private const int WorthThreads = 200_000;

    /// <summary>Compiles all files together; never throws on bad input, and takes time linear in the text.</summary>
    public static SchemaCompilation Compile(ImmutableArray<SourceText> files)
    {
        var trees = Parse(files);
        var sink = new DiagnosticSink();
        foreach (var diagnostic in trees.SelectMany(t => t.Diagnostics)) sink.Report(diagnostic);
        var model = Compile(trees, sink) is { } plain ? plain with { Directives = DirectiveCompiler.Compile(trees, plain, sink.Report) } : null;
        return new SchemaCompilation(trees, sink.HasErrors ? null : model, sink.InOrder(files.Select(f => f.Path)));
    }

    /// <summary>
    /// Reads datasource and generators alone: what is wrong with models is not seen. As for the engine's, the files must be well-formed all the same.
    /// </summary>
    public static SchemaCompilation CompileConfiguration(ImmutableArray<SourceText> files)
    {
        var trees = Parse(files);
        var sink = new DiagnosticSink();
        foreach (var diagnostic in trees.SelectMany(t => t.Diagnostics)) sink.Report(diagnostic);
        var model = Compile([.. trees.Select(t => t.WithConfigurationOnly())], sink);
        return new SchemaCompilation(trees, sink.HasErrors ? null : model, sink.InOrder(files.Select(f => f.Path)));
    }

    /// <summary>What the files declare; null where a name, type or attribute is wrong. Datasource and generators are not looked at.</summary>
    internal static SchemaSymbols? Resolve(ImmutableArray<SyntaxTree> trees)
    {
        var sink = new DiagnosticSink();
        foreach (var diagnostic in trees.SelectMany(t => t.Diagnostics)) sink.Report(diagnostic);
        var symbols = SchemaSymbols.Of(trees);
        Resolve(trees, symbols, sink);
        return sink.HasErrors || symbols.HasRepeatedDatasources ? null : symbols;
    }

    /// <summary>Reads all files, those of large schemas on several processors: a file is read for itself.</summary>
    private static ImmutableArray<SyntaxTree> Parse(ImmutableArray<SourceText> files)
    {
        var workers = files.Sum(f => (long)f.Length) < WorthThreads ? 1 : Math.Min(Environment.ProcessorCount, files.Length);
        var trees = new SyntaxTree[files.Length];
        if (workers == 1) ParseEach(0);
        else Parallel.For(0, workers, ParseEach);
        return ImmutableCollectionsMarshal.AsImmutableArray(trees);

        void ParseEach(int worker)
        {
            var names = new NameTable();
            for (var i = worker; i < files.Length; i += workers) trees[i] = SyntaxTree.Parse(files[i], names);
        }
    }

    private static void Resolve(ImmutableArray<SyntaxTree> trees, SchemaSymbols symbols, DiagnosticSink sink)
    {
        Names.Check(trees, symbols, sink);
        Types.Resolve(symbols, sink);
        AttributePass.Read(symbols, sink);
    }

    // Without directives, which stand in comments.
    private static SchemaModel? Compile(ImmutableArray<SyntaxTree> trees, DiagnosticSink sink)
    {
        var symbols = SchemaSymbols.Of(trees);
        var datasource = new DatasourcePass(symbols, sink).Read();
        var (generators, features) = new GeneratorPass(symbols, datasource?.Provider, sink).Read();

        Resolve(trees, symbols, sink);
        if (sink.HasErrors) return null;

        var relations = RelationPairing.Pair(symbols);
        new SchemaRules(new RuleContext(symbols, relations, datasource, features, sink)).Check();
        if (sink.HasErrors) return null;

        return ModelAssembly.Assemble(symbols, relations, datasource, generators, features);
    }
}
