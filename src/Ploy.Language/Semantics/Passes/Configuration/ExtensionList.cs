using System.Collections.Immutable;
using Ploy.Core.Text;
using Ploy.Language.Diagnostics;
using Ploy.Language.Syntax;

namespace Ploy.Language.Semantics.Passes.Configuration;

/// <summary><c>extensions = [name, name(map: "...", schema: "...", version: "...")]</c> of a datasource.</summary>
internal static class ExtensionList
{
    private static readonly string[] Options = ["map", "schema", "version"];

    public static ImmutableArray<ExtensionModel> Read(ConfigurationBlock block)
    {
        if (block.Take("extensions") is not { Value: { } value }) return [];
        var elements = value is ArraySyntax array ? array.Elements : [value];
        return [.. elements.Select(e => Extension(block, e)).OfType<ExtensionModel>()];
    }

    private static ExtensionModel? Extension(ConfigurationBlock block, ExpressionSyntax element)
    {
        if (element is ConstantSyntax word) return new ExtensionModel(word.Text, word.Text, null, null);
        if (element is not CallSyntax call)
        {
            block.Mismatch(element, "the name of an extension without quotes");
            return null;
        }

        var options = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var argument in call.Arguments.Arguments) Option(block, call.Name.Text, argument, options);
        return new ExtensionModel(
            call.Name.Text, options.GetValueOrDefault("map") ?? call.Name.Text, options.GetValueOrDefault("schema"), options.GetValueOrDefault("version"));
    }

    private static void Option(ConfigurationBlock block, string extension, ArgumentSyntax argument, Dictionary<string, string> options)
    {
        if (argument.Name is not { } name) block.Report(SchemaDiagnostics.UnknownArgument(block.At(argument), extension, null, null));
        else if (!Options.Contains(name.Text)) block.Report(SchemaDiagnostics.UnknownArgument(block.At(argument), extension, name.Text, Suggestion.For(name.Text, Options)));
        else if (argument.Value is null) block.Report(SchemaDiagnostics.MissingArgumentValue(block.At(argument), extension, name.Text));
        else if (argument.Value is not StringSyntax text) block.Mismatch(argument.Value, "a text in double quotes");
        else if (!options.TryAdd(name.Text, text.Value)) block.Report(SchemaDiagnostics.RepeatedArgument(block.At(argument), extension, name.Text));
    }
}
