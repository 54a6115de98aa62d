using System.Collections.Immutable;
using Ploy.Core.Text;
using Ploy.Language.Diagnostics;
using Ploy.Language.Semantics.Providers;
using Ploy.Language.Semantics.Symbols;
using Ploy.Language.Syntax;

namespace Ploy.Language.Semantics.Passes.Configuration;

/// <summary>Reads datasource blocks, of which one schema has one.</summary>
internal sealed class DatasourcePass(SchemaSymbols symbols, DiagnosticSink sink)
{
    /// <summary>The datasource; null where there is none, or only one that cannot be read.</summary>
    public Datasource? Read()
    {
        var found = symbols.Datasources.Select(d => ConfigurationBlock.Open(d.Source, d.Syntax, sink)).OfType<ConfigurationBlock>()
            .Select(b => (Block: b, Datasource: Read(b))).Where(p => p.Datasource is not null).ToList();
        if (found.Count > 1) sink.Report(SchemaDiagnostics.SeveralDatasources([.. found.Select(f => (f.Block.Name, f.Block.Location))]));
        return found.Count == 0 ? null : found[0].Datasource;
    }

    private static Datasource? Read(ConfigurationBlock block)
    {
        if (ProviderOf(block) is not { } provider) return null;
        var mode = Mode(block);
        var extensionsSyntax = Find(block, "extensions");
        var rules = ProviderRules.For(provider);
        var extensions = ExtensionList.Read(block);
        if (extensionsSyntax is not null && !rules.HasExtensions) block.Report(SchemaDiagnostics.NoExtensions(block.At(extensionsSyntax), rules.Title));
        var (urlSyntax, shadowSyntax, directSyntax) = (Find(block, "url"), Find(block, "shadowDatabaseUrl"), Find(block, "directUrl"));
        var (url, shadow, direct) = (block.TakeText("url"), block.TakeText("shadowDatabaseUrl"), block.TakeText("directUrl"));
        if (shadow is not null and not { Literal: "" })
        {
            if (shadow == direct) block.Report(SchemaDiagnostics.ShadowIsMain(block.At(directSyntax!), "directUrl"));
            if (shadow == url) block.Report(SchemaDiagnostics.ShadowIsMain(block.At(urlSyntax!), "url"));
        }

        if (block.Take("previewFeatures") is { } preview) block.Report(SchemaDiagnostics.PreviewFeaturesInDatasource(block.At(preview)));
        var namespaces = Namespaces(block, rules);
        foreach (var property in block.Left) block.Report(SchemaDiagnostics.UnknownProperty(block.At(property), block.Name, property.Name.Text, Suggestion.For(property.Name.Text, Known)));
        return new Datasource
        {
            Name = block.Name,
            Provider = provider,
            Url = url,
            DirectUrl = direct,
            ShadowDatabaseUrl = shadowSyntax is null ? null : shadow,
            RelationMode = mode,
            Namespaces = namespaces,
            Extensions = extensions,
            ExtensionsAt = extensionsSyntax is null ? null : block.At(extensionsSyntax),
            Location = block.Location,
        };
    }

    private static readonly string[] Known = ["provider", "url", "directUrl", "shadowDatabaseUrl", "relationMode", "schemas", "extensions"];

    private static PropertySyntax? Find(ConfigurationBlock block, string name) => block.Left.FirstOrDefault(p => p.Name.Text == name);

    private static Provider? ProviderOf(ConfigurationBlock block)
    {
        if (block.Take("provider") is not { } property)
        {
            block.Report(SchemaDiagnostics.MissingProvider(block.Location, block.Kind, block.Name));
            return null;
        }

        switch (property.Value)
        {
            case StringSyntax { Value: "postgresql" or "postgres" }: return Provider.PostgreSql;
            case StringSyntax { Value: "sqlite" }: return Provider.Sqlite;
            case StringSyntax text:
                block.Report(SchemaDiagnostics.UnknownProvider(block.At(text), text.Value));
                return null;
            case CallSyntax { Name.Text: "env" }:
                block.Report(SchemaDiagnostics.ProviderFromEnvironment(block.Location));
                return null;
            default:
                block.Mismatch(property.Value!, "a text in double quotes");
                return null;
        }
    }

    private static RelationMode Mode(ConfigurationBlock block)
    {
        var (mode, old) = (block.Take("relationMode"), block.Take("referentialIntegrity"));
        if (old is not null)
        {
            block.Report(mode is null
                ? SchemaDiagnostics.OldRelationMode(block.At(old))
                : SchemaDiagnostics.RelationModeTwice(block.At(old)));
        }

        switch ((mode ?? old)?.Value)
        {
            case null or StringSyntax { Value: "foreignKeys" }: return RelationMode.ForeignKeys;
            case StringSyntax { Value: "prisma" }: return RelationMode.Prisma;
            case StringSyntax text:
                block.Report(SchemaDiagnostics.UnknownRelationMode(block.Location, text.Value));
                return RelationMode.ForeignKeys;
            case var other:
                block.Mismatch(other, "\"foreignKeys\" or \"prisma\"");
                return RelationMode.ForeignKeys;
        }
    }

    private static ImmutableArray<string> Namespaces(ConfigurationBlock block, ProviderRules rules)
    {
        if (block.Take("schemas") is not { } property || block.Texts(property.Value!) is not { } names) return [];
        if (names.IsEmpty) block.Report(SchemaDiagnostics.EmptyNamespaces(block.At(property)));
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var name in names)
            if (!seen.Add(name.Value))
                block.Report(SchemaDiagnostics.DuplicateNamespace(block.At(name), name.Value));
        if (!rules.HasNamespaces && !names.IsEmpty) block.Report(SchemaDiagnostics.NoNamespaces(block.At(property), rules.Title, "`schemas`"));
        return [.. names.Select(n => n.Value)];
    }
}
