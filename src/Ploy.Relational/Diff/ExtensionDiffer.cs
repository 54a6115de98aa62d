using Ploy.Relational.Changes;
using Ploy.Relational.Model;

namespace Ploy.Relational.Diff;

/// <summary>Finds extensions to install or to replace. One that is no longer listed stays: others may use it.</summary>
internal static class ExtensionDiffer
{
    public static IEnumerable<SchemaChange> Changes(SchemaPairs schemas)
    {
        var before = schemas.Before.Extensions.ToDictionary(e => e.Name, StringComparer.Ordinal);
        var after = schemas.After.Extensions.ToDictionary(e => e.Name, StringComparer.Ordinal);
        var replaced = schemas.Before.Extensions.Where(e => after.TryGetValue(e.Name, out var other) && !Matches(e, other)).ToList();
        var names = replaced.Select(e => e.Name).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. replaced.Select(e => new DropExtension(e)),
            .. schemas.After.Extensions.Where(e => names.Contains(e.Name) || !before.ContainsKey(e.Name)).Select(e => new CreateExtension(e)),
        ];
    }

    /// <summary>A side that names no version or namespace takes any.</summary>
    private static bool Matches(Extension before, Extension after)
    {
        UnhandledDifferenceException.ThrowUnlessEqual(
            before with { Namespace = after.Namespace, Version = after.Version }, after, () => $"extension `{before.Name}`");
        return SameOrAny(before.Version, after.Version) && SameOrAny(before.Namespace, after.Namespace);
    }

    private static bool SameOrAny(string? before, string? after) => string.IsNullOrEmpty(before) || string.IsNullOrEmpty(after) || before == after;
}
