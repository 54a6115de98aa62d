using System.Text.Json.Serialization;
using Ploy.Relational.Model;

namespace Ploy.Relational.Changes;

/// <summary>Which aspects of a column differ. The numbers are the order in which they are rendered and told.</summary>
[Flags]
public enum ColumnAspects
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>Required, nullable or list.</summary>
    Arity = 1,

    /// <summary>What the database fills in.</summary>
    Default = 2,

    /// <summary>The type.</summary>
    Type = 4,

    /// <summary>Whether the database counts it up.</summary>
    AutoIncrement = 8,

    /// <summary>What a generated column is computed from.</summary>
    Generated = 16,
}

/// <summary>What happens to a column's values where its type changes.</summary>
public enum TypeChangeKind
{
    /// <summary>Every value can be cast.</summary>
    SafeCast,

    /// <summary>A value may not fit, or lose something.</summary>
    RiskyCast,

    /// <summary>There is no cast: the column is dropped and made again.</summary>
    NotCastable,
}

/// <summary>One change inside an <see cref="AlterTable"/>. Closed: a new kind needs a visit in <see cref="TableChangeVisitor{TResult}"/>.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(AddColumn), "addColumn")]
[JsonDerivedType(typeof(DropColumn), "dropColumn")]
[JsonDerivedType(typeof(AlterColumn), "alterColumn")]
[JsonDerivedType(typeof(RecreateColumn), "recreateColumn")]
[JsonDerivedType(typeof(DropPrimaryKey), "dropPrimaryKey")]
[JsonDerivedType(typeof(RenamePrimaryKey), "renamePrimaryKey")]
[JsonDerivedType(typeof(AddPrimaryKey), "addPrimaryKey")]
public abstract record TableChange
{
    private protected TableChange() { }

    /// <summary>Calls the visit of the change's own kind.</summary>
    public abstract TResult Accept<TResult>(TableChangeVisitor<TResult> visitor);
}

/// <summary>A column that only the table after has.</summary>
/// <param name="Column">The column.</param>
public sealed record AddColumn(Column Column) : TableChange
{
    /// <inheritdoc />
    public override TResult Accept<TResult>(TableChangeVisitor<TResult> visitor) => visitor.Visit(this);
}

/// <summary>A column that only the table before has.</summary>
/// <param name="Column">The column.</param>
public sealed record DropColumn(Column Column) : TableChange
{
    /// <inheritdoc />
    public override TResult Accept<TResult>(TableChangeVisitor<TResult> visitor) => visitor.Visit(this);
}

/// <summary>A column that is changed in place.</summary>
/// <param name="Before">The column before.</param>
/// <param name="After">The column after, of the same name.</param>
/// <param name="Aspects">What differs; never none.</param>
/// <param name="TypeChange">Safe or risky; null where the type stays.</param>
public sealed record AlterColumn(Column Before, Column After, ColumnAspects Aspects, TypeChangeKind? TypeChange) : TableChange
{
    /// <inheritdoc />
    public override TResult Accept<TResult>(TableChangeVisitor<TResult> visitor) => visitor.Visit(this);
}

/// <summary>A column whose values no cast can keep: dropped and made again.</summary>
/// <param name="Before">The column before.</param>
/// <param name="After">The column after, of the same name.</param>
/// <param name="Aspects">What differs.</param>
public sealed record RecreateColumn(Column Before, Column After, ColumnAspects Aspects) : TableChange
{
    /// <inheritdoc />
    public override TResult Accept<TResult>(TableChangeVisitor<TResult> visitor) => visitor.Visit(this);
}

/// <summary>The primary key goes, or goes to be made anew.</summary>
/// <param name="Key">The key before.</param>
public sealed record DropPrimaryKey(PrimaryKey Key) : TableChange
{
    /// <inheritdoc />
    public override TResult Accept<TResult>(TableChangeVisitor<TResult> visitor) => visitor.Visit(this);
}

/// <summary>The primary key gets another name.</summary>
/// <param name="Before">The key before.</param>
/// <param name="After">The key after.</param>
public sealed record RenamePrimaryKey(PrimaryKey Before, PrimaryKey After) : TableChange
{
    /// <inheritdoc />
    public override TResult Accept<TResult>(TableChangeVisitor<TResult> visitor) => visitor.Visit(this);
}

/// <summary>A primary key comes, or is made anew.</summary>
/// <param name="Key">The key after.</param>
public sealed record AddPrimaryKey(PrimaryKey Key) : TableChange
{
    /// <inheritdoc />
    public override TResult Accept<TResult>(TableChangeVisitor<TResult> visitor) => visitor.Visit(this);
}
