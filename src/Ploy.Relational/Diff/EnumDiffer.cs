using Ploy.Core;
using Ploy.Relational.Changes;

namespace Ploy.Relational.Diff;

/// <summary>Finds enums that come, go, or gain and lose labels.</summary>
internal static class EnumDiffer
{
    public static IEnumerable<CreateEnum> Created(SchemaPairs schemas) =>
        schemas.After.Enums.Where(e => schemas.BeforeOf(e) is null).Select(e => new CreateEnum(e));

    public static IEnumerable<SchemaChange> Dropped(SchemaPairs schemas) =>
        schemas.Before.Enums.Where(e => schemas.AfterOf(e) is null).Select(e => new DropEnum(e));

    public static IEnumerable<AlterEnum> Altered(SchemaPairs schemas)
    {
        EnumUses? uses = null;
        foreach (var before in schemas.Before.Enums)
        {
            if (schemas.AfterOf(before) is not { } after || before == after) continue;
            UnhandledDifferenceException.ThrowUnlessEqual(
                before with { Name = after.Name, Labels = after.Labels }, after, () => $"enum `{before.Name}`");
            var (beforeLabels, afterLabels) = (before.Labels.ToHashSet(StringComparer.Ordinal), after.Labels.ToHashSet(StringComparer.Ordinal));
            var added = after.Labels.Where(l => !beforeLabels.Contains(l)).ToEquatableArray();
            var removed = before.Labels.Where(l => !afterLabels.Contains(l)).ToEquatableArray();
            if (added.IsEmpty && removed.IsEmpty) continue;
            var change = new AlterEnum { Before = before, After = after, Added = added, Removed = removed };
            yield return removed.IsEmpty ? change : (uses ??= new EnumUses(schemas)).Complete(change);
        }
    }
}
