using System.Collections.Immutable;
using Ploy.Core.Text;
using Ploy.Language.Syntax;

namespace Ploy.Language.Semantics;

/// <summary>Reads datasource and generator blocks.</summary>
internal static class ConfigurationReader
{
    public static Datasource? Datasource(SourceText source, ConfigurationSyntax block)
    {
        var properties = block.Properties.GroupBy(p => p.Name.Text).ToDictionary(g => g.Key, g => g.First().Value);
        Provider? provider = (properties.GetValueOrDefault("provider") as StringSyntax)?.Value switch
        {
            "postgresql" or "postgres" => Provider.PostgreSql,
            "sqlite" => Provider.Sqlite,
            _ => null,
        };
        if (provider is null) return null;
        return new Datasource
        {
            Name = block.Name.Text,
            Provider = provider.Value,
            Url = Text(properties.GetValueOrDefault("url")),
            DirectUrl = Text(properties.GetValueOrDefault("directUrl")),
            ShadowDatabaseUrl = Text(properties.GetValueOrDefault("shadowDatabaseUrl")),
            RelationMode = (properties.GetValueOrDefault("relationMode") as StringSyntax)?.Value == "prisma" ? RelationMode.Prisma : RelationMode.ForeignKeys,
            Namespaces = Strings(properties.GetValueOrDefault("schemas")),
            Extensions = [.. (properties.GetValueOrDefault("extensions") as ArraySyntax)?.Elements.Select(Extension).OfType<ExtensionModel>() ?? []],
            Location = new SourceLocation(source, block.Span),
        };
    }

    public static Generator Generator(SourceText source, ConfigurationSyntax block) => new(
        block.Name.Text,
        Text(block.Properties.FirstOrDefault(p => p.Name.Text == "provider")?.Value),
        block.Properties.Where(p => p.Name.Text != "provider" && p.Value is not null)
            .GroupBy(p => p.Name.Text).ToImmutableDictionary(g => g.Key, g => Plain(g.First().Value!)),
        new SourceLocation(source, block.Span));

    public static ImmutableArray<string> Strings(ExpressionSyntax? value) => value switch
    {
        ArraySyntax array => [.. array.Elements.OfType<StringSyntax>().Select(s => s.Value)],
        StringSyntax text => [text.Value],
        _ => [],
    };

    private static ConfiguredString? Text(ExpressionSyntax? value) => value switch
    {
        StringSyntax text => new ConfiguredString(text.Value, null),
        CallSyntax { Name.Text: "env", Arguments.Arguments: [{ Value: StringSyntax name }] } => new ConfiguredString(null, name.Value),
        _ => null,
    };

    private static ExtensionModel? Extension(ExpressionSyntax value) => value switch
    {
        ConstantSyntax word => new ExtensionModel(word.Text, word.Text, null, null),
        CallSyntax call => new ExtensionModel(call.Name.Text, Named(call, "map") ?? call.Name.Text, Named(call, "schema"), Named(call, "version")),
        _ => null,
    };

    private static string? Named(CallSyntax call, string name) =>
        (call.Arguments.Arguments.FirstOrDefault(a => a.Name?.Text == name)?.Value as StringSyntax)?.Value;

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
