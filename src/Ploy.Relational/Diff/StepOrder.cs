using Ploy.Relational.Changes;

namespace Ploy.Relational.Diff;

/// <summary>Where the order by kinds is not enough.</summary>
internal static class StepOrder
{
    /// <summary>
    /// A unique index that becomes the primary key over the same columns is dropped right after the key is there, so that at no time
    /// duplicates could slip in (and replicas have an identity).
    /// </summary>
    public static void KeepUniqueness(List<SchemaChange> changes)
    {
        var i = 0;
        while (i < changes.Count)
        {
            if (changes[i] is DropIndex { Index.IsUnique: true, Table.PrimaryKey: null } drop
                && changes.FindIndex(i + 1, c => c is AlterTable alter && MakesKeyOf(alter, drop)) is > 0 and var target
                && !IsNameTaken(changes, i + 1, target, drop))
            {
                changes.RemoveAt(i);
                changes.Insert(target, drop);
            }
            else
            {
                i++;
            }
        }
    }

    // Something may take the index's name, the key above all: then it must go first.
    private static bool IsNameTaken(List<SchemaChange> changes, int from, int to, DropIndex drop)
    {
        for (var i = from; i <= to; i++)
            if (changes[i] is AlterTable { After: { PrimaryKey.Name: { } name } table } && name == drop.Index.Name && table.Name.Namespace == drop.Table.Name.Namespace) return true;
        return false;
    }

    private static bool MakesKeyOf(AlterTable alter, DropIndex drop)
    {
        if (!ReferenceEquals(alter.Before, drop.Table)) return false;
        var columns = drop.Index.Parts.Select(p => p.Column).ToList();
        return alter.After.PrimaryKey is { } key
            && key.Parts.Select(p => p.Column).SequenceEqual(columns, StringComparer.Ordinal)
            && alter.Changes.Any(c => c is AddPrimaryKey)
            && !alter.Changes.Any(c => c is DropColumn dropped && columns.Contains(dropped.Column.Name)
                || c is RecreateColumn recreated && columns.Contains(recreated.Before.Name));
    }
}
