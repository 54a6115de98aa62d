using Ploy.Core;
using Ploy.Relational.Changes;
using Ploy.Relational.Model;

namespace Ploy.Relational.Diff;

/// <summary>
/// Finds the steps from one schema to another, in the engine's order: what is dropped before what takes its name, what is referred to before what
/// refers to it. What is beyond the language goes before all of these steps and comes behind them. Linear in the number of tables.
/// </summary>
public static class SchemaDiffer
{
    /// <summary>Compares two schemas.</summary>
    /// <exception cref="UnhandledDifferenceException">They differ in something that no step can change.</exception>
    public static SchemaDifference Diff(DatabaseSchema before, DatabaseSchema after, Dialect dialect) => Diff(before, after, dialect, mayHaveRows: false);

    /// <summary>
    /// The same for a database that may have rows: a table or enum that only changes its namespace moves there, with its rows, where the engine drops it and makes it anew; and
    /// what the product does in place with empty tables alone is done another way.
    /// </summary>
    public static SchemaDifference DiffWithRows(DatabaseSchema before, DatabaseSchema after, Dialect dialect)
    {
        ArgumentNullException.ThrowIfNull(dialect);
        var (moved, moves) = NamespaceMoves.Find(before, after, dialect);
        if (moves.Count == 0) return Diff(before, after, dialect, mayHaveRows: true);

        // Namespaces are asked for as they were before the moves, and come first.
        var difference = Diff(moved, after, dialect, mayHaveRows: true);
        var spaces = Diff(before, after, dialect).Changes.OfType<CreateNamespace>();
        return difference with { Changes = spaces.Concat<SchemaChange>(moves).Concat(difference.Changes.Where(c => c is not CreateNamespace)).ToEquatableArray() };
    }

    private static SchemaDifference Diff(DatabaseSchema before, DatabaseSchema after, Dialect dialect, bool mayHaveRows)
    {
        (before, after) = StoredNames.Align(before, after, dialect);
        var schemas = new SchemaPairs(before, after, dialect, mayHaveRows);
        var alteredEnums = EnumDiffer.Altered(schemas).ToList();
        var objects = new ObjectDiffer(schemas, alteredEnums, dialect.Objects);
        var droppedIndexes = DroppedIndexes(schemas).ToList();
        var alteredTables = schemas.Altered.Select(TableDiffer.Alter).OfType<AlterTable>().ToList();
        var obstacles = new ForeignKeyObstacles(schemas, alteredEnums, droppedIndexes, alteredTables);
        var createdEnums = EnumDiffer.Created(schemas).ToList();
        var earlyTables = TablesInTheWay(schemas, createdEnums);
        var droppedKeys = DroppedForeignKeys(schemas, obstacles).ToLookup(change => obstacles.IsEarly(change.ForeignKey) || IsOf(earlyTables, change, schemas.BeforeScope));
        var createdIndexes = CreatedIndexes(schemas).ToList();
        var indexNames = RenamedIndexes(schemas).ToList();
        var keyNames = RenamedForeignKeys(schemas, obstacles).ToList();
        var keys = KeyRenames.Untangle(alteredTables, GivenUpLate(schemas, indexNames, keyNames), schemas.BeforeScope);
        var taken = schemas.Created.SelectMany(t => ScopedName.OfAll(schemas.AfterScope, t))
            .Concat(createdIndexes.Select(c => ScopedName.Of(schemas.AfterScope, c.After, c.Index.Name)))
            .Concat(schemas.Redefined.SelectMany(pair => ScopedName.OfAll(schemas.AfterScope, pair.After)));
        var renamedIndexes = RenameOrder.OfIndexes(indexNames, taken, schemas.BeforeScope, schemas.AfterScope);
        List<SchemaChange> changes =
        [
            .. objects.Dropped(),
            .. NamespaceDiffer.Changes(schemas),
            .. ExtensionDiffer.Changes(schemas),
            .. droppedKeys[true],
            .. earlyTables.Select(t => new DropTable(t)),
            .. createdEnums,
            .. alteredEnums,
            .. objects.CreatedEarly(),
            .. droppedKeys[false],
            .. droppedIndexes,
            .. RedefinedIndexesInTheWay(schemas, renamedIndexes[true]),
            .. keys.Tables,
            .. schemas.Dropped.Where(t => !earlyTables.Contains(t)).Select(t => new DropTable(t)),
            .. EnumDiffer.Dropped(schemas),
            .. alteredEnums.Where(e => e.IsOldTypeInUse).Select(e => new DropEnum(new EnumType(e.OldTypeName, e.Before.Labels), IsReplaced: true)),
            .. objects.DroppedLate(),
            .. renamedIndexes[true],
            .. schemas.Created.Select(t => new CreateTable(t)),
            .. TableDiffer.Redefine(schemas),
            .. createdIndexes,
            .. RenameOrder.OfForeignKeys(keyNames, schemas.AfterScope),
            .. AddedForeignKeys(schemas, obstacles),
            .. renamedIndexes[false],
            .. keys.Last,
            .. objects.CreatedLate(),
        ];
        StepOrder.KeepUniqueness(changes);
        return new SchemaDifference(before, after, changes.ToEquatableArray());
    }

    // A table's name is also that of a type: one that goes stands in the way of an enum of its name.
    private static List<Table> TablesInTheWay(SchemaPairs schemas, List<CreateEnum> created)
    {
        var names = created.Select(c => schemas.AfterScope.Resolve(c.Enum.Name)).ToHashSet();
        return names.Count == 0 ? [] : [.. schemas.Dropped.Where(t => names.Contains(schemas.BeforeScope.Resolve(t.Name)))];
    }

    private static bool IsOf(List<Table> tables, DropForeignKey change, NameScope scope) => tables.Count > 0
        && tables.Any(t => ReferenceEquals(t, change.Before) || scope.Resolve(t.Name) == scope.Resolve(change.ForeignKey.Target));

    // The names that are given up only behind the changes of tables.
    private static HashSet<ScopedName> GivenUpLate(SchemaPairs schemas, List<SchemaChange> indexes, List<RenameForeignKey> keys) =>
    [
        .. schemas.Dropped.SelectMany(t => ScopedName.OfAll(schemas.BeforeScope, t)),
        .. indexes.OfType<RenameIndex>().Select(c => ScopedName.Of(schemas.BeforeScope, c.Before, c.BeforeIndex.Name)),
        .. keys.Select(c => ScopedName.OfForeignKey(schemas.BeforeScope, c.Before, c.BeforeKey.Name!)), // named: the differ asks
    ];

    private static IEnumerable<DropForeignKey> DroppedForeignKeys(SchemaPairs schemas, ForeignKeyObstacles obstacles)
    {
        if (!schemas.Rules.HasForeignKeySteps) yield break;
        foreach (var table in schemas.Before.Tables)
        {
            if (schemas.PairOf(table) is { } pair)
            {
                if (pair.IsSame && obstacles.RenewsNone || schemas.Redefined.Contains(pair)) continue;
                var dropped = pair.DroppedForeignKeys.ToHashSet(ReferenceEqualityComparer.Instance);
                foreach (var key in table.ForeignKeys)
                    if (dropped.Contains(key) || obstacles.IsRenewed(key)) yield return new DropForeignKey(table, pair.After, key);
            }
            else if (schemas.IsDropped(table))
            {
                foreach (var key in table.ForeignKeys) yield return new DropForeignKey(table, null, key);
            }
        }
    }

    private static IEnumerable<DropIndex> DroppedIndexes(SchemaPairs schemas)
    {
        // Where a table is made anew, the indexes of dropped tables could stand in the way of the new one's.
        var dropsAll = schemas.Redefined.Count > 0 && schemas.Rules.DropsIndexesOfDroppedTables;
        foreach (var table in schemas.Before.Tables)
        {
            if (schemas.PairOf(table) is { } pair)
            {
                if (pair.IsSame || schemas.Redefined.Contains(pair)) continue;
                foreach (var index in pair.DroppedIndexes) yield return new DropIndex(table, index);
            }
            else if (dropsAll && schemas.IsDropped(table))
            {
                foreach (var index in table.Indexes) yield return new DropIndex(table, index);
            }
        }
    }

    // Indexes of tables that are made anew, whose names something takes before it is their turn.
    private static IEnumerable<DropIndex> RedefinedIndexesInTheWay(SchemaPairs schemas, IEnumerable<SchemaChange> earlyRenames)
    {
        if (schemas.Redefined.Count == 0) yield break;
        var taken = schemas.Created.Select(t => t.Name.Name).Concat(earlyRenames.Select(TakenBy).OfType<string>()).ToHashSet(StringComparer.Ordinal);
        foreach (var pair in schemas.Changed.Where(schemas.Redefined.Contains))
        {
            foreach (var index in pair.Before.Indexes)
                if (taken.Contains(index.Name)) yield return new DropIndex(pair.Before, index);
            taken.UnionWith(pair.After.Indexes.Select(i => i.Name));
        }
    }

    private static string? TakenBy(SchemaChange rename) => rename switch
    {
        RedefineIndex redefined => redefined.AfterIndex.Name,
        CreateIndex created => created.Index.Name,
        _ => null,
    };

    private static IEnumerable<CreateIndex> CreatedIndexes(SchemaPairs schemas)
    {
        foreach (var table in schemas.Created)
            foreach (var index in table.Indexes)
                yield return new CreateIndex(null, table, index, IsRecreated: false);

        foreach (var pair in schemas.Altered)
        {
            var created = pair.CreatedIndexes.ToHashSet(ReferenceEqualityComparer.Instance);
            var recreated = pair.IndexPairs.Select(p => p.After).Where(i => IsLost(schemas, pair, i)).ToHashSet(ReferenceEqualityComparer.Instance);
            foreach (var index in pair.After.Indexes)
                if (created.Contains(index) || recreated.Contains(index))
                    yield return new CreateIndex(pair.Before, pair.After, index, IsRecreated: !created.Contains(index));
        }
    }

    // With a column that is made anew its indexes go, and are made anew too.
    private static bool IsLost(SchemaPairs schemas, TablePair pair, TableIndex after) =>
        schemas.Rules.LosesIndexesWithColumns && after.Parts.Any(p => pair.IsRecreated(p.Column));

    private static IEnumerable<RenameForeignKey> RenamedForeignKeys(SchemaPairs schemas, ForeignKeyObstacles obstacles)
    {
        if (!schemas.Rules.HasForeignKeySteps || !schemas.Rules.HasNamedForeignKeys) yield break;
        foreach (var pair in schemas.Altered)
        {
            foreach (var (before, after) in pair.ForeignKeyPairs)
            {
                if (before.Name is null || after.Name is null || before.Name == after.Name || obstacles.IsRenewed(before)) continue;

                // Implicit many-to-many tables once had unnamed keys; a new name there is no change that anyone asked for.
                if (IsImplicitRelationTable(pair.Before) && IsImplicitRelationTable(pair.After)) continue;
                yield return new RenameForeignKey(pair.Before, pair.After, before, after);
            }
        }
    }

    private static bool IsImplicitRelationTable(Table table) =>
        table.Columns.Count == 2 && table.FindColumn("A") is not null && table.FindColumn("B") is not null;

    private static IEnumerable<SchemaChange> AddedForeignKeys(SchemaPairs schemas, ForeignKeyObstacles obstacles)
    {
        if (!schemas.Rules.HasForeignKeySteps) yield break;
        foreach (var table in schemas.After.Tables)
        {
            if (schemas.PairOfAfter(table) is { } pair)
            {
                if (pair.IsSame && obstacles.RenewsNone || schemas.Redefined.Contains(pair)) continue;
                var created = pair.CreatedForeignKeys.ToHashSet(ReferenceEqualityComparer.Instance);
                foreach (var key in table.ForeignKeys)
                    if (created.Contains(key) || obstacles.IsRenewed(key)) yield return new AddForeignKey(table, key);
            }
            else if (schemas.IsCreated(table))
            {
                foreach (var key in table.ForeignKeys) yield return new AddForeignKey(table, key);
            }
        }
    }

    private static IEnumerable<SchemaChange> RenamedIndexes(SchemaPairs schemas)
    {
        foreach (var pair in schemas.Altered)
        {
            foreach (var (before, after) in pair.IndexPairs)
            {
                if (before.Name == after.Name || IsLost(schemas, pair, after)) continue;
                yield return schemas.Rules.CanRenameIndex
                    ? new RenameIndex(pair.Before, pair.After, before, after)
                    : new RedefineIndex(pair.Before, pair.After, before, after);
            }
        }
    }
}
