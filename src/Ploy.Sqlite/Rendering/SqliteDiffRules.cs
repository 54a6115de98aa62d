using Ploy.Relational.Changes;
using Ploy.Relational.Diff;
using Ploy.Relational.Model;

namespace Ploy.Sqlite.Rendering;

/// <summary>How SQLite's objects are compared. Little can be changed in place, so most differences make the table anew.</summary>
internal sealed class SqliteDiffRules : DiffRules
{
    /// <inheritdoc />
    public override bool HasForeignKeySteps => false;

    /// <inheritdoc />
    public override bool HasNamedForeignKeys => false;

    /// <inheritdoc />
    public override bool CanRenameIndex => false;

    /// <inheritdoc />
    public override bool DropsIndexesOfDroppedTables => true;

    /// <inheritdoc />
    public override bool LosesIndexesWithColumns => false;

    /// <inheritdoc />
    public override TypeChangeKind? CompareTypes(Column before, Column after)
    {
        var (first, second) = (before.Type, after.Type);
        if (first.Family == second.Family && (first.Family != TypeFamily.Unsupported || first.StoreType == second.StoreType)) return null;
        return (first.Family, second.Family) switch
        {
            (_, TypeFamily.String) => TypeChangeKind.SafeCast,
            (TypeFamily.String, TypeFamily.Int) or (TypeFamily.String, TypeFamily.Float) or (TypeFamily.DateTime, TypeFamily.Float) => TypeChangeKind.NotCastable,
            _ => TypeChangeKind.RiskyCast,
        };
    }

    /// <inheritdoc />
    public override bool AutoIncrementDiffers(Column before, Column after) => false;

    /// <inheritdoc />
    public override bool IndexesMatch(TableIndex before, TableIndex after, Table table) => true;

    /// <inheritdoc />
    public override bool ExpressionsMatch(string before, string after) => false;

    /// <inheritdoc />
    public override bool MustRedefine(TablePair tables) =>
        tables.PrimaryKeyChanges
        || tables.Dropped.Count > 0
        || tables.Added.Any(c => c.Type.Arity == ColumnArity.Required || c.Generated is not null)
        || tables.AnyColumnDiffers
        || PartsDiffer(tables)
        || tables.CreatedForeignKeys.Any()
        || tables.DroppedForeignKeys.Any()
        || tables.DroppedIndexes.Any(i => i.IsConstraint)
        || tables.CreatedIndexes.Any(SqliteTables.IsInline)
        || tables.IndexPairs.Any(p => p.Before.Name != p.After.Name && (p.Before.IsConstraint || SqliteTables.IsInline(p.After)));

    /// <inheritdoc />
    /// <remarks>`Cannot add a column with non-constant default` (https://www.sqlite.org/lang_altertable.html#altertabaddcol).</remarks>
    public override bool MustRedefineWithRows(TablePair tables) => tables.Added.Any(c => c.Default is { } value && !SqliteValues.IsConstant(value));

    // Checks and deferrable keys that are not ours stay, in a new table too, and those that become ours are there.
    private static bool PartsDiffer(TablePair tables)
    {
        if (tables.Before.Objects.IsEmpty && tables.After.Objects.IsEmpty) return false;
        var before = tables.Before.Objects.Where(IsPart).ToDictionary(o => (o.Kind, o.Name.Name));
        foreach (var part in tables.After.Objects.Where(IsPart))
        {
            if (!before.Remove((part.Kind, part.Name.Name), out var other)) { if (part.IsManaged) return true; }
            else if ((part.IsManaged || other.IsManaged) && !part.Definition.Equals(other.Definition)) return true;
        }

        return before.Values.Any(c => c.IsManaged);

        static bool IsPart(SchemaObject item) => item.Kind is ObjectKind.Check or ObjectKind.Deferrable;
    }

    /// <inheritdoc />
    public override bool IsIgnored(string tableName) => tableName == "sqlite_sequence";
}
