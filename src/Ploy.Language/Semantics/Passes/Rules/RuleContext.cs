using System.Collections.Immutable;
using Ploy.Core.Diagnostics;
using Ploy.Language.Semantics.Providers;
using Ploy.Language.Semantics.Symbols;

namespace Ploy.Language.Semantics.Passes.Rules;

/// <summary>What the rules look at beside the thing they check.</summary>
internal sealed class RuleContext
{
    private readonly DiagnosticSink _sink;

    public RuleContext(SchemaSymbols symbols, ImmutableArray<RelationSymbol> relations, Datasource? datasource, PreviewFeatureSet features, DiagnosticSink sink)
    {
        (_sink, Symbols, Relations, Datasource, Features) = (sink, symbols, relations, datasource, features);
        Provider = datasource is null ? null : ProviderRules.For(datasource.Provider);
        Names = new ConstraintNames(symbols, Provider);
    }

    private RuleContext(RuleContext other, DiagnosticSink sink) =>
        (_sink, Symbols, Relations, Datasource, Features, Provider, Names) =
        (sink, other.Symbols, other.Relations, other.Datasource, other.Features, other.Provider, other.Names.Copy());

    /// <summary>The same for another who works at the same time, and reports elsewhere.</summary>
    public RuleContext With(DiagnosticSink sink) => new(this, sink);

    public SchemaSymbols Symbols { get; }

    public ImmutableArray<RelationSymbol> Relations { get; }

    /// <summary>Null where no file has one; then only what is true of every provider is checked.</summary>
    public Datasource? Datasource { get; }

    public PreviewFeatureSet Features { get; }

    /// <summary>Null without a datasource.</summary>
    public ProviderRules? Provider { get; }

    public RelationMode RelationMode => Datasource?.RelationMode ?? RelationMode.ForeignKeys;

    public ConstraintNames Names { get; }

    /// <summary>Whether an error was reported so far.</summary>
    public bool HasErrors => _sink.HasErrors;

    public DiagnosticSink Sink => _sink;

    public void Report(Diagnostic diagnostic) => _sink.Report(diagnostic);
}
