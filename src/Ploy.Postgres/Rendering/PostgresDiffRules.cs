using System.Text;
using Ploy.Relational.Changes;
using Ploy.Relational.Diff;
using Ploy.Relational.Model;

namespace Ploy.Postgres.Rendering;

/// <summary>How PostgreSQL's objects are compared.</summary>
internal sealed class PostgresDiffRules : DiffRules
{
    private static readonly string[] OfExtensions = ["spatial_ref_sys", "geometry_columns", "geography_columns", "raster_columns", "raster_overviews"];

    /// <inheritdoc />
    public override bool HasForeignKeySteps => true;

    /// <inheritdoc />
    public override bool HasNamedForeignKeys => true;

    /// <inheritdoc />
    public override bool CanRenameIndex => true;

    /// <inheritdoc />
    public override bool DropsIndexesOfDroppedTables => false;

    /// <inheritdoc />
    public override bool LosesIndexesWithColumns => true;

    /// <inheritdoc />
    public override TypeChangeKind? CompareTypes(Column before, Column after) => PostgresTypeChange.Compare(before.Type, after.Type);

    /// <inheritdoc />
    public override bool AutoIncrementDiffers(Column before, Column after) => before.IsAutoIncrement != after.IsAutoIncrement;

    /// <inheritdoc />
    public override bool IndexesMatch(TableIndex before, TableIndex after, Table table)
    {
        var method = after.Method ?? "btree";
        if ((before.Method ?? "btree") != method) return false;
        for (var i = 0; i < before.Parts.Count; i++)
        {
            var (first, second) = (before.Parts[i].OperatorClass, after.Parts[i].OperatorClass);
            if (first == second) continue;
            var type = table.FindColumn(after.Parts[i].Column)?.Type;
            if (first is not null && second is not null || !PostgresOperatorClasses.IsDefault((first ?? second)!, method, type)) return false;
        }

        return true;
    }

    /// <inheritdoc />
    public override bool ExpressionsMatch(string before, string after) => PredicateText.Same(before, after);

    /// <inheritdoc />
    public override bool MustRedefine(TablePair tables) => false;

    /// <inheritdoc />
    public override bool IsIgnored(string tableName)
    {
        foreach (var name in OfExtensions)
            if (Ascii.EqualsIgnoreCase(name, tableName))
                return true;
        return false;
    }
}
