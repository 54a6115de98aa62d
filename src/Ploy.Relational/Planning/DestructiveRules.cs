using Ploy.Relational.Changes;
using Ploy.Relational.Model;

namespace Ploy.Relational.Planning;

/// <summary>What a dialect knows of changes that lose data or fail on rows. Stateless.</summary>
public abstract class DestructiveRules
{
    /// <summary>Adds the checks that a column changed in place needs.</summary>
    public abstract void Check(AlterColumn change, Table before, DestructiveCheckPlan plan);

    /// <summary>Adds the checks that a column dropped and made again needs.</summary>
    public abstract void Check(RecreateColumn change, Table before, DestructiveCheckPlan plan);

    /// <summary>The type as messages name it.</summary>
    public abstract string DescribeType(ColumnType type);

    /// <summary>The query that counts a table's rows.</summary>
    public abstract string CountRows(QualifiedName table);

    /// <summary>The query that counts a column's values that are not null.</summary>
    public abstract string CountValues(QualifiedName table, string column);
}
