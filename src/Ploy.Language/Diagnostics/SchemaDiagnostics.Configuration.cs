using System.Collections.Immutable;
using Ploy.Core.Diagnostics;
using Ploy.Core.Text;

namespace Ploy.Language.Diagnostics;

internal static partial class SchemaDiagnostics
{
    public static Diagnostic PropertyWithoutValue(SourceLocation at, string kind, string block, string property) => Error("PLOY1701", at,
        $"The {kind} `{block}` gives `{property}` no value.", "Write the value behind `=`, or remove the line.");

    public static Diagnostic MissingProvider(SourceLocation at, string kind, string block) => Error("PLOY1702", at,
        $"The {kind} `{block}` has no `provider`.", kind == "datasource" ? "Add `provider = \"postgresql\"` or `provider = \"sqlite\"`." : "Add `provider = \"...\"`.");

    public static Diagnostic UnknownProvider(SourceLocation at, string provider) => Error("PLOY1703", at,
        $"There is no support for the provider `{provider}`, only for `postgresql` and `sqlite`.", null);

    public static Diagnostic ProviderFromEnvironment(SourceLocation at) => Error("PLOY1704", at,
        "The `provider` of a datasource cannot come from the environment: the schema means different things on each.", "Write \"postgresql\" or \"sqlite\".");

    /// <param name="found">All of them, at least two.</param>
    public static Diagnostic SeveralDatasources(ImmutableArray<(string Name, SourceLocation At)> found)
    {
        var names = string.Join(" and ", found.Select(d => $"`{d.Name}`"));
        var first = Error("PLOY1705", found[0].At, $"There are {found.Length} datasources, {names}, but all files of a schema together have one.", "Keep one of them.");
        return first with { Also = [.. found.Skip(1).Select(d => d.At)] };
    }

    public static Diagnostic WrongEnvironment(SourceLocation at) => Error("PLOY1706", at,
        "`env` takes the name of one environment variable.", "Write `env(\"DATABASE_URL\")`.");

    public static Diagnostic ShadowIsMain(SourceLocation at, string property) => Error("PLOY1707", at,
        $"`shadowDatabaseUrl` is the same database as `{property}`, and would be emptied.", "Name another database.");

    public static Diagnostic PreviewFeaturesInDatasource(SourceLocation at) => Error("PLOY1708", at,
        "`previewFeatures` stands in a datasource, where it means nothing.", "Move it to a generator.");

    public static Diagnostic UnknownProperty(SourceLocation at, string block, string property, string? similar) => Error("PLOY1709", at,
        $"The datasource `{block}` sets `{property}`, which does not exist.", DidYouMean(similar));

    public static Diagnostic OldRelationMode(SourceLocation at) => Warning("PLOY1710", at,
        "`referentialIntegrity` is the old name of `relationMode`.", "Rename it.");

    public static Diagnostic RelationModeTwice(SourceLocation at) => Error("PLOY1711", at,
        "`referentialIntegrity` is the old name of `relationMode`, which is set too.", "Remove `referentialIntegrity`.");

    public static Diagnostic UnknownRelationMode(SourceLocation at, string mode) => Error("PLOY1712", at,
        $"There is no `relationMode` called `{mode}`.", "Write \"foreignKeys\" or \"prisma\".");

    public static Diagnostic EmptyNamespaces(SourceLocation at) => Error("PLOY1713", at,
        "`schemas` lists no namespace.", "Name at least one, or remove the line.");

    public static Diagnostic DuplicateNamespace(SourceLocation at, string name) => Error("PLOY1714", at,
        $"`schemas` lists the namespace `{name}` more than once.", "Name it once.");

    public static Diagnostic UnknownFeature(SourceLocation at, string feature, string? similar) => Error("PLOY1715", at,
        $"There is no preview feature `{feature}`.", DidYouMean(similar));

    public static Diagnostic FeatureOfOneGeneration(SourceLocation at, string feature, string generation) => Warning("PLOY1716", at,
        $"Only Prisma {generation} knows the preview feature `{feature}`.", null);

    public static Diagnostic RenamedFeature(SourceLocation at, string feature, string name) => Warning("PLOY1717", at,
        $"`{feature}` has no effect here: with PostgreSQL the preview feature is called `{name}`.", $"Write `{name}` in `previewFeatures`.");

    public static Diagnostic GraduatedFeature(SourceLocation at, string feature) => Warning("PLOY1717", at,
        $"`{feature}` is no longer a preview feature, and has no effect here.", "Remove it from `previewFeatures`.");
}
