using System.Text.Json.Serialization;
using Ploy.Core;

namespace Ploy.Relational.Model;

/// <summary>
/// What a database can hold beyond the schema language. The numbers are the order in which they are made where nothing says that one needs another;
/// they are dropped the other way round.
/// </summary>
public enum ObjectKind
{
    /// <summary>An extension.</summary>
    Extension = 10,

    /// <summary>A domain.</summary>
    Domain = 20,

    /// <summary>A sequence that no column owns.</summary>
    Sequence = 30,

    /// <summary>A function; its name holds the types of its arguments: <c>total(integer)</c>.</summary>
    Function = 40,

    /// <summary>A generated column: the column's own steps make it, the object carries its mark.</summary>
    Generated = 50,

    /// <summary>A check constraint.</summary>
    Check = 60,

    /// <summary>An index that the language cannot say.</summary>
    Index = 70,

    /// <summary>An exclusion constraint.</summary>
    Exclusion = 80,

    /// <summary>That a foreign key is deferrable.</summary>
    Deferrable = 90,

    /// <summary>A view.</summary>
    View = 100,

    /// <summary>A materialized view.</summary>
    MaterializedView = 110,

    /// <summary>A procedure; its name holds the types of its arguments.</summary>
    Procedure = 120,

    /// <summary>A trigger.</summary>
    Trigger = 130,

    /// <summary>That row-level security is on for a table.</summary>
    RowSecurity = 140,

    /// <summary>A policy of row-level security.</summary>
    Policy = 150,

    /// <summary>A table's comment.</summary>
    TableComment = 160,

    /// <summary>A column's comment.</summary>
    ColumnComment = 170,

    /// <summary>What one role may do with one table, view, sequence, routine or namespace.</summary>
    Grant = 180,
}

/// <summary>What names an object in a schema: no two have the same.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Table">The table or view that it belongs to, with its namespace; null where to none.</param>
/// <param name="Name">Its name with its namespace; without one where it belongs to a table, and empty where there is one of the kind in a table.</param>
public readonly record struct ObjectKey(ObjectKind Kind, QualifiedName? Table, QualifiedName Name);

/// <summary>An object beyond the schema language: what a directive or an object file says, or what a database has.</summary>
public sealed record SchemaObject
{
    /// <summary>What it is.</summary>
    public required ObjectKind Kind { get; init; }

    /// <summary>Its name; see <see cref="ObjectKey.Name"/>.</summary>
    public required QualifiedName Name { get; init; }

    /// <summary>The table or view that it belongs to; null where to none.</summary>
    public QualifiedName? Table { get; init; }

    /// <summary>
    /// What makes it: for what belongs to a table, all that stands behind its name (<c>CHECK (points >= 0)</c>); for what does not, and for triggers, the whole
    /// statement. Two objects are the same where these are equal, which is by the database's own print where both have one.
    /// </summary>
    public required SqlExpression Definition { get; init; }

    /// <summary>Whether a directive or object file of ours made or adopted it. What is not ours is never changed.</summary>
    public bool IsManaged { get; init; }

    /// <summary>What it uses, as far as the database tells. Never a difference.</summary>
    public ObjectUses Uses { get; init; }

    /// <summary>The key with namespaces as they are written.</summary>
    [JsonIgnore]
    public ObjectKey Key => new(Kind, Table, Name);
}

/// <summary>A table, view or function that an object uses.</summary>
/// <param name="Name">Its name; a function's holds its arguments' types.</param>
/// <param name="Column">The column; null for the whole.</param>
public sealed record ObjectUse(QualifiedName Name, string? Column);

/// <summary>What an object uses. All values are equal, so that objects compare by what they say.</summary>
/// <param name="Items">In no order.</param>
public readonly record struct ObjectUses(EquatableArray<ObjectUse> Items)
{
    /// <inheritdoc />
    public bool Equals(ObjectUses other) => true;

    /// <inheritdoc />
    public override int GetHashCode() => 0;
}

/// <summary>What is known of kinds.</summary>
public static class ObjectKinds
{
    private static readonly (ObjectKind Kind, string Word, string[] Unmanaged)[] All =
    [
        (ObjectKind.Extension, "extension", []),
        (ObjectKind.Domain, "domain", ["domain"]),
        (ObjectKind.Sequence, "sequence", ["sequence"]),
        (ObjectKind.Function, "function", ["function"]),
        (ObjectKind.Generated, "generated", ["generated column"]),
        (ObjectKind.Check, "check", ["check constraint", "check constraint that is not validated"]),
        (ObjectKind.Index, "index", ["expression index", "index with included columns", "index with its own order of nulls", "index with its own collation", "index that takes nulls for equal", "partial index", "index on a generated column", "index of a materialized view"]),
        (ObjectKind.Exclusion, "exclude", ["exclusion constraint"]),
        (ObjectKind.Deferrable, "deferrable", ["deferrable foreign key"]),
        (ObjectKind.View, "view", []),
        (ObjectKind.MaterializedView, "materialized view", ["materialized view"]),
        (ObjectKind.Procedure, "procedure", ["procedure"]),
        (ObjectKind.Trigger, "trigger", ["trigger", "constraint trigger", "trigger that is switched off", "trigger that is on for replicas"]),
        (ObjectKind.RowSecurity, "rls", ["row-level security", "forced row-level security"]),
        (ObjectKind.Policy, "policy", ["policy"]),
        (ObjectKind.TableComment, "table comment", ["comment on table"]),
        (ObjectKind.ColumnComment, "column comment", ["comment on column"]),
        (ObjectKind.Grant, "grant", []),
    ];

    /// <summary>The word in marks and messages: <c>check</c>, <c>materialized view</c>.</summary>
    public static string Word(this ObjectKind kind) => All.First(k => k.Kind == kind).Word;

    /// <summary>The kind of a word; null for none.</summary>
    public static ObjectKind? Parse(string word)
    {
        foreach (var (kind, name, _) in All)
            if (name == word)
                return kind;
        return null;
    }

    /// <summary>Whether an unmanaged object is called so where it is of that kind.</summary>
    public static bool IsCalled(this ObjectKind kind, string unmanagedKind) => All.First(k => k.Kind == kind).Unmanaged.Contains(unmanagedKind);

    /// <summary>Whether an unmanaged object of that kind can be said by a directive or object file.</summary>
    public static bool IsSayable(string unmanagedKind) =>
        unmanagedKind is "view" or "extension" || !unmanagedKind.Contains(" that is ", StringComparison.Ordinal) && All.Any(k => k.Unmanaged.Contains(unmanagedKind));

    /// <summary>Whether it belongs to a table and its definition is a clause, not a statement.</summary>
    public static bool IsTablePart(this ObjectKind kind) => kind
        is ObjectKind.Generated or ObjectKind.Check or ObjectKind.Index or ObjectKind.Exclusion or ObjectKind.Deferrable
        or ObjectKind.RowSecurity or ObjectKind.Policy or ObjectKind.TableComment or ObjectKind.ColumnComment;

    /// <summary>Whether a table has at most one, so that it has no name of its own.</summary>
    public static bool IsOnlyOne(this ObjectKind kind) => kind is ObjectKind.RowSecurity or ObjectKind.TableComment;
}
