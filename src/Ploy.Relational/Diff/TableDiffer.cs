using Ploy.Core;
using Ploy.Relational.Changes;

namespace Ploy.Relational.Diff;

/// <summary>Makes the changes inside tables of both sides.</summary>
internal static class TableDiffer
{
    /// <summary>The change of columns and primary key; null where neither differs.</summary>
    public static AlterTable? Alter(TablePair tables)
    {
        var changes = new List<TableChange>();
        var (before, after) = (tables.Before.PrimaryKey, tables.After.PrimaryKey);
        var keyChanges = tables.PrimaryKeyChanges;
        if (keyChanges && before is not null) changes.Add(new DropPrimaryKey(before));

        // A side without a name keeps none.
        if (before?.Name is { } beforeName && after?.Name is { } afterName && beforeName != afterName) changes.Add(new RenamePrimaryKey(before, after));
        changes.AddRange(tables.Dropped.Select(c => new DropColumn(c)));
        changes.AddRange(tables.Added.Select(c => new AddColumn(c)));
        changes.AddRange(AlteredColumns(tables));
        if (keyChanges && after is not null) changes.Add(new AddPrimaryKey(after));
        return changes.Count == 0 ? null : new AlterTable(tables.Before, tables.After, changes.ToEquatableArray());
    }

    /// <summary>The one step that makes tables anew; none where no table must be.</summary>
    public static IEnumerable<SchemaChange> Redefine(SchemaPairs schemas)
    {
        if (schemas.Redefined.Count == 0) yield break;
        yield return new RedefineTables(schemas.Changed.Where(schemas.Redefined.Contains).Select(Redefine).ToEquatableArray());
    }

    private static RedefineTable Redefine(TablePair tables) => new()
    {
        Before = tables.Before,
        After = tables.After,
        Columns = tables.Columns.ToEquatableArray(),
        Added = tables.Added.ToEquatableArray(),
        Dropped = tables.Dropped.ToEquatableArray(),
        DropsPrimaryKey = tables.PrimaryKeyChanges && tables.Before.PrimaryKey is not null,
    };

    private static IEnumerable<TableChange> AlteredColumns(TablePair tables)
    {
        foreach (var column in tables.Before.Columns)
        {
            if (tables.FindColumn(column.Name) is not { } pair || pair.Aspects == ColumnAspects.None) continue;
            yield return pair.TypeChange == TypeChangeKind.NotCastable
                ? new RecreateColumn(pair.Before, pair.After, pair.Aspects)
                : new AlterColumn(pair.Before, pair.After, pair.Aspects, pair.TypeChange);
        }
    }
}
