using System.Collections.Immutable;
using Ploy.Core;
using Ploy.Core.Text;
using Ploy.Language.Semantics;
using Ploy.Language.Syntax;
using Ploy.Relational.Model;

namespace Ploy.Design.Pull;

/// <summary>Writes datasource and generators as the engine orders their properties; the values stay as written.</summary>
internal static class PulledConfiguration
{
    private const string PartialIndexes = "partialIndexes";

    // Extensions that are listed once they are in the database; others only where the files list them.
    private static readonly ImmutableArray<string> Usual = ["citext", "postgis", "pg_crypto", "uuid-ossp"];

    private static readonly ImmutableArray<string> OfGenerator = ["provider", "output", "previewFeatures", "binaryTargets"];
    private static readonly ImmutableArray<string> OfDatasource = ["provider", "url", "directUrl", "shadowDatabaseUrl", "relationMode", "extensions", "schemas"];

    /// <summary>The blocks: generators, then the datasource.</summary>
    /// <param name="database">The database beside the files.</param>
    /// <param name="namespaces">Namespaces that were asked for; empty for those of the files.</param>
    public static IEnumerable<PulledBlock> All(PulledDatabase database, ImmutableArray<string> namespaces)
    {
        foreach (var kind in (ConfigurationKind[])[ConfigurationKind.Generator, ConfigurationKind.Datasource])
        {
            foreach (var tree in database.Previous.Compilation.Trees)
                foreach (var block in tree.Root.Declarations.OfType<ConfigurationSyntax>().Where(b => b.Kind == kind))
                    yield return kind == ConfigurationKind.Generator ? Generator(tree.Source, block, database) : Datasource(tree.Source, block, database, namespaces);
        }
    }

    private static PulledBlock Generator(SourceText source, ConfigurationSyntax block, PulledDatabase database)
    {
        var properties = Properties(source, block);
        if (Features(source, block, database) is { } features) properties["previewFeatures"] = features;
        return Block(source, block, "generator", Known(properties, OfGenerator).Concat(
            properties.Where(p => !OfGenerator.Contains(p.Key)).OrderBy(p => p.Key, StringComparer.Ordinal)));
    }

    // In the order of their names; what the pulled schema needs comes behind them.
    private static string? Features(SourceText source, ConfigurationSyntax block, PulledDatabase database)
    {
        var value = block.Properties.FirstOrDefault(p => p.Name.Text == "previewFeatures")?.Value;
        if (value is not null and not ArraySyntax) return source[value.Span].ToString();
        var features = (value as ArraySyntax)?.Elements.OfType<StringSyntax>().Select(f => f.Value).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList() ?? [];
        if (!features.Contains(PartialIndexes) && database.Models.Any(t => t.Indexes.Any(i => i.Predicate is not null))) features.Add(PartialIndexes);
        return value is null && features.Count == 0 ? null : PulledText.List(features.Select(PulledText.Quoted));
    }

    private static PulledBlock Datasource(SourceText source, ConfigurationSyntax block, PulledDatabase database, ImmutableArray<string> namespaces)
    {
        var properties = Properties(source, block);
        var declared = namespaces.IsEmpty ? database.Previous.Model.Datasource?.Namespaces ?? [] : namespaces;
        if (!declared.IsEmpty) properties["schemas"] = PulledText.List(declared.Order(StringComparer.Ordinal).Select(PulledText.Quoted));
        if (database.Previous.Model.PreviewFeatures.Contains("postgresqlExtensions"))
        {
            var extensions = Extensions(database.Schema.Extensions, database.Previous.Model.Datasource?.Extensions ?? []).ToList();
            properties.Remove("extensions");
            if (extensions.Count > 0) properties["extensions"] = PulledText.List(extensions);
        }

        return Block(source, block, "datasource", Known(properties, OfDatasource).Concat(properties.Where(p => !OfDatasource.Contains(p.Key))));
    }

    /// <summary>The extensions that the datasource lists once the pull is done; none where it is not asked to.</summary>
    public static IReadOnlySet<string> Listed(DatabaseSchema schema, SchemaModel model) => model.PreviewFeatures.Contains("postgresqlExtensions")
        ? schema.Extensions.Select(e => e.Name).Where(n => Usual.Contains(n) || model.Datasource?.Extensions.Any(e => e.DatabaseName == n) == true).ToHashSet(StringComparer.Ordinal)
        : new HashSet<string>(StringComparer.Ordinal);

    private static IEnumerable<string> Extensions(EquatableArray<Extension> found, ImmutableArray<ExtensionModel> previous)
    {
        foreach (var extension in found)
        {
            var known = previous.FirstOrDefault(p => p.DatabaseName == extension.Name);
            if (known is null && !Usual.Contains(extension.Name)) continue;
            var arguments = new List<string>();
            var name = PulledNames.OfField(extension.Name);
            if (name.Map is { } map) arguments.Add($"map: {PulledText.Quoted(map)}");
            if (known?.Version is not null && extension.Version is { } version) arguments.Add($"version: {PulledText.Quoted(version)}");
            if ((known is null || known.Schema is not null) && extension.Namespace is { } space) arguments.Add($"schema: {PulledText.Quoted(space)}");
            yield return PulledText.Call(name.Name, arguments);
        }
    }

    private static Dictionary<string, string> Properties(SourceText source, ConfigurationSyntax block)
    {
        var properties = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var property in block.Properties)
            if (property.Value is { } value)
                properties.TryAdd(property.Name.Text, source[value.Span].ToString());
        return properties;
    }

    private static IEnumerable<KeyValuePair<string, string>> Known(Dictionary<string, string> properties, ImmutableArray<string> order) =>
        order.Where(properties.ContainsKey).Select(k => KeyValuePair.Create(k, properties[k]));

    private static PulledBlock Block(SourceText source, ConfigurationSyntax block, string keyword, IEnumerable<KeyValuePair<string, string>> properties) => new()
    {
        Keyword = keyword,
        Name = block.Name.Text,
        File = source.Path,
        Documentation = block.Documentation,
        Lines = [.. properties.Select(p => new PulledLine(p.Key, $"{p.Key} = {p.Value}"))],
    };
}
