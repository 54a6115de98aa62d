using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Ploy.Language.Semantics;

/// <summary>The preview features that change what a schema may say.</summary>
/// <param name="Names">All features that are switched on, as written.</param>
internal sealed record PreviewFeatureSet(ImmutableArray<string> Names)
{
    public bool Views => Has("views");

    public bool PartialIndexes => Has("partialIndexes");

    public bool Extensions => Has("postgresqlExtensions");

    public bool ShardKeys => Has("shardKeys");

    private bool Has(string name) => Names.Contains(name, StringComparer.OrdinalIgnoreCase);
}

/// <summary>How far a preview feature has come.</summary>
internal enum FeatureState
{
    /// <summary>Both generations have it.</summary>
    Active,

    /// <summary>Only Prisma 6 has it.</summary>
    OnlySix,

    /// <summary>Only Prisma 7 has it.</summary>
    OnlySeven,

    /// <summary>Both take the word, but it means nothing any more: the feature is always there, or gone.</summary>
    Graduated,

    /// <summary>Neither has it.</summary>
    Unknown,
}

/// <summary>The preview features of Prisma 6.19 and 7.10.</summary>
internal static class PreviewFeatures
{
    private static readonly FrozenDictionary<string, FeatureState> States = All().ToFrozenDictionary(p => p.Name, p => p.State, StringComparer.OrdinalIgnoreCase);

    /// <summary>The features that are still worth naming.</summary>
    public static IEnumerable<string> Active => States.Where(p => p.Value != FeatureState.Graduated).Select(p => p.Key);

    /// <summary>Upper and lower case count as the same, as in the engine.</summary>
    /// <param name="name">The feature as written.</param>
    /// <param name="provider">Null without a datasource.</param>
    public static FeatureState StateOf(string name, Provider? provider) =>
        provider == Provider.Sqlite && name.Equals("fullTextSearchPostgres", StringComparison.OrdinalIgnoreCase) ? FeatureState.Unknown
        : States.GetValueOrDefault(name, FeatureState.Unknown);

    private static IEnumerable<(string Name, FeatureState State)> All()
    {
        foreach (var name in new[]
        {
            "fullTextSearchPostgres", "nativeDistinct", "postgresqlExtensions", "reactNative", "relationJoins", "schemaEngineDriverAdapters",
            "shardKeys", "strictUndefinedChecks", "typedSql", "views",
        }) yield return (name, FeatureState.Active);
        yield return ("metrics", FeatureState.OnlySix);
        yield return ("partialIndexes", FeatureState.OnlySeven);
        foreach (var name in new[]
        {
            "aggregateApi", "atomicNumberOperations", "clientExtensions", "cockroachdb", "connectOrCreate", "createMany", "dataProxy", "deno", "distinct",
            "driverAdapters", "extendedIndexes", "extendedWhereUnique", "fieldReference", "filterJson", "filteredRelationCount", "fullTextIndex",
            "fullTextSearch", "groupBy", "improvedQueryRaw", "interactiveTransactions", "jsonProtocol", "microsoftSqlServer", "middlewares", "mongoDb",
            "multiSchema", "nApi", "namedConstraints", "nativeTypes", "omitApi", "orderByAggregateGroup", "orderByNulls", "orderByRelation",
            "prismaSchemaFolder", "queryCompiler", "referentialActions", "referentialIntegrity", "selectRelationCount", "tracing", "transactionApi",
            "uncheckedScalarInputs",
        }) yield return (name, FeatureState.Graduated);
    }
}
