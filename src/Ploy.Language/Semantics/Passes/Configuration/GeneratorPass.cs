using System.Collections.Immutable;
using Ploy.Core.Text;
using Ploy.Language.Diagnostics;
using Ploy.Language.Semantics.Symbols;
using Ploy.Language.Syntax;

namespace Ploy.Language.Semantics.Passes.Configuration;

/// <summary>Reads generator blocks.</summary>
/// <param name="symbols">What the files declare.</param>
/// <param name="provider">The datasource's, which some preview features depend on; null without one.</param>
/// <param name="sink">Takes the faults.</param>
internal sealed class GeneratorPass(SchemaSymbols symbols, Provider? provider, DiagnosticSink sink)
{
    private readonly List<string> _features = [];

    /// <summary>The generators, and the preview features that any of them switches on.</summary>
    public (ImmutableArray<Generator> Generators, PreviewFeatureSet Features) Read()
    {
        var generators = symbols.Generators.Select(g => ConfigurationBlock.Open(g.Source, g.Syntax, sink)).OfType<ConfigurationBlock>()
            .Select(Read).OfType<Generator>().ToImmutableArray();
        return (generators, new PreviewFeatureSet([.. _features.Distinct()]));
    }

    private Generator? Read(ConfigurationBlock block)
    {
        var properties = block.Left.Where(p => p.Name.Text != "provider").ToImmutableDictionary(p => p.Name.Text, p => Plain(p.Value!));
        if (block.Take("engineType") is { Value: not StringSyntax } engine) block.Mismatch(engine.Value!, "a text in double quotes");
        if (block.Take("provider") is not { } provider)
        {
            block.Report(SchemaDiagnostics.MissingProvider(block.Location, block.Kind, block.Name));
            return null;
        }

        if (block.Text(provider.Value!) is not { } name) return null;
        block.TakeText("output");
        if (block.Take("binaryTargets") is { } targets)
            foreach (var target in targets.Value is ArraySyntax array ? array.Elements : [targets.Value!])
                block.Text(target);
        if (block.Take("previewFeatures") is { } features && block.Texts(features.Value!) is { } names)
            foreach (var feature in names)
                Feature(block, feature);
        return new Generator(block.Name, name, properties, block.Location);
    }

    private void Feature(ConfigurationBlock block, StringSyntax feature)
    {
        _features.Add(feature.Value);
        var at = block.At(feature);
        switch (PreviewFeatures.StateOf(feature.Value, provider))
        {
            case FeatureState.Active:
                break;
            case FeatureState.OnlySix:
                block.Report(SchemaDiagnostics.FeatureOfOneGeneration(at, feature.Value, "6"));
                break;
            case FeatureState.OnlySeven:
                block.Report(SchemaDiagnostics.FeatureOfOneGeneration(at, feature.Value, "7"));
                break;
            case FeatureState.Graduated when provider == Provider.PostgreSql && feature.Value.Equals("fullTextSearch", StringComparison.OrdinalIgnoreCase):
                block.Report(SchemaDiagnostics.RenamedFeature(at, feature.Value, "fullTextSearchPostgres"));
                break;
            case FeatureState.Graduated:
                block.Report(SchemaDiagnostics.GraduatedFeature(at, feature.Value));
                break;
            case FeatureState.Unknown:
                block.Report(SchemaDiagnostics.UnknownFeature(at, feature.Value, Suggestion.For(feature.Value, PreviewFeatures.Active)));
                break;
        }
    }

    private static string Plain(ExpressionSyntax value) => value switch
    {
        StringSyntax text => text.Value,
        NumberSyntax number => number.Text,
        ConstantSyntax word => word.Text,
        ArraySyntax array => string.Join(",", array.Elements.Select(Plain)),
        CallSyntax call => call.Name.Text + "(" + string.Join(",", call.Arguments.Arguments.Select(a => a.Value is null ? "" : Plain(a.Value))) + ")",
        _ => "",
    };
}
