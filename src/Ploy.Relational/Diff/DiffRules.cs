using Ploy.Relational.Changes;
using Ploy.Relational.Model;

namespace Ploy.Relational.Diff;

/// <summary>What a dialect answers while two schemas are compared. The traversal itself is the same for all. Stateless.</summary>
public abstract class DiffRules
{
    /// <summary>Whether foreign keys are steps of their own: added after all tables, dropped before them. Otherwise they stand in CREATE TABLE.</summary>
    public abstract bool HasForeignKeySteps { get; }

    /// <summary>Whether a foreign key keeps the name that it is given, so that another name is a difference.</summary>
    public abstract bool HasNamedForeignKeys { get; }

    /// <summary>Whether an index can be renamed in place.</summary>
    public abstract bool CanRenameIndex { get; }

    /// <summary>Whether indexes of dropped tables are dropped before, where another table is redefined in the same migration.</summary>
    public abstract bool DropsIndexesOfDroppedTables { get; }

    /// <summary>Whether an index is lost with a column of it that is dropped and made again.</summary>
    public abstract bool LosesIndexesWithColumns { get; }

    /// <summary>What happens where a column goes from one type to the other; null where both are the same. Arity alone is no type change, but lists may be.</summary>
    public abstract TypeChangeKind? CompareTypes(Column before, Column after);

    /// <summary>Whether a column began or ceased to be counted up and this needs a step.</summary>
    public abstract bool AutoIncrementDiffers(Column before, Column after);

    /// <summary>Whether two indexes over the same columns in the same order are of one kind: method, operator classes.</summary>
    /// <param name="before">The index before.</param>
    /// <param name="after">The index after.</param>
    /// <param name="table">The table after, for the types of the columns.</param>
    public abstract bool IndexesMatch(TableIndex before, TableIndex after, Table table);

    /// <summary>Whether two expressions say the same although their texts differ; called only where they are not equal.</summary>
    public abstract bool ExpressionsMatch(string before, string after);

    /// <summary>Whether the table must be made anew.</summary>
    public abstract bool MustRedefine(TablePair tables);

    /// <summary>Whether, besides, the table must be made anew where it has rows, since the product changes it in place only while it is empty.</summary>
    public virtual bool MustRedefineWithRows(TablePair tables) => false;

    /// <summary>Whether a table of that name belongs to the product or an extension and is never compared.</summary>
    public abstract bool IsIgnored(string tableName);
}
