using System.Text.Json.Serialization;
using Ploy.Core;
using Ploy.Relational.Model;
using Ploy.Relational.Sql;

namespace Ploy.Relational.Changes;

/// <summary>
/// One step from a schema to another, holding whole values of both sides. Closed: a new kind needs a visit in
/// <see cref="SchemaChangeVisitor{TResult}"/>, so that the compiler lists whoever must know it.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(CreateNamespace), "createNamespace")]
[JsonDerivedType(typeof(MoveToNamespace), "moveToNamespace")]
[JsonDerivedType(typeof(DropExtension), "dropExtension")]
[JsonDerivedType(typeof(CreateExtension), "createExtension")]
[JsonDerivedType(typeof(CreateEnum), "createEnum")]
[JsonDerivedType(typeof(AlterEnum), "alterEnum")]
[JsonDerivedType(typeof(DropEnum), "dropEnum")]
[JsonDerivedType(typeof(DropForeignKey), "dropForeignKey")]
[JsonDerivedType(typeof(DropIndex), "dropIndex")]
[JsonDerivedType(typeof(AlterTable), "alterTable")]
[JsonDerivedType(typeof(DropTable), "dropTable")]
[JsonDerivedType(typeof(CreateTable), "createTable")]
[JsonDerivedType(typeof(RedefineTables), "redefineTables")]
[JsonDerivedType(typeof(CreateIndex), "createIndex")]
[JsonDerivedType(typeof(RenameForeignKey), "renameForeignKey")]
[JsonDerivedType(typeof(AddForeignKey), "addForeignKey")]
[JsonDerivedType(typeof(RenameIndex), "renameIndex")]
[JsonDerivedType(typeof(RedefineIndex), "redefineIndex")]
[JsonDerivedType(typeof(CreateObject), "createObject")]
[JsonDerivedType(typeof(DropObject), "dropObject")]
[JsonDerivedType(typeof(ReplaceObject), "replaceObject")]
[JsonDerivedType(typeof(AdoptObject), "adoptObject")]
public abstract record SchemaChange
{
    private protected SchemaChange() { }

    /// <summary>Calls the visit of the change's own kind.</summary>
    public abstract TResult Accept<TResult>(SchemaChangeVisitor<TResult> visitor);
}

/// <summary>A namespace that is used after and does not exist before.</summary>
/// <param name="Name">Its name.</param>
public sealed record CreateNamespace(string Name) : SchemaChange
{
    /// <inheritdoc />
    public override TResult Accept<TResult>(SchemaChangeVisitor<TResult> visitor) => visitor.Visit(this);
}

/// <summary>A table or enum moves to another namespace and keeps its name, with all that belongs to it. The engine drops it and makes it anew.</summary>
/// <param name="IsEnum">Whether it is an enum.</param>
/// <param name="Before">Its name before.</param>
/// <param name="After">Its name after.</param>
/// <param name="Objects">Objects of ours that belong to the table, as they stand after: their marks move with them.</param>
public sealed record MoveToNamespace(bool IsEnum, QualifiedName Before, QualifiedName After, EquatableArray<SchemaObject> Objects) : SchemaChange
{
    /// <inheritdoc />
    public override TResult Accept<TResult>(SchemaChangeVisitor<TResult> visitor) => visitor.Visit(this);
}

/// <summary>An extension is removed, to be made anew with another version or namespace.</summary>
/// <param name="Extension">The extension before.</param>
public sealed record DropExtension(Extension Extension) : SchemaChange
{
    /// <inheritdoc />
    public override TResult Accept<TResult>(SchemaChangeVisitor<TResult> visitor) => visitor.Visit(this);
}

/// <summary>An extension is installed.</summary>
/// <param name="Extension">The extension after.</param>
public sealed record CreateExtension(Extension Extension) : SchemaChange
{
    /// <inheritdoc />
    public override TResult Accept<TResult>(SchemaChangeVisitor<TResult> visitor) => visitor.Visit(this);
}

/// <summary>An enum that only the schema after has.</summary>
/// <param name="Enum">The enum.</param>
public sealed record CreateEnum(EnumType Enum) : SchemaChange
{
    /// <inheritdoc />
    public override TResult Accept<TResult>(SchemaChangeVisitor<TResult> visitor) => visitor.Visit(this);
}

/// <summary>A column whose default is a value of an enum that loses labels.</summary>
/// <param name="BeforeTable">The table before.</param>
/// <param name="Before">The column before, with a default.</param>
/// <param name="AfterTable">The table after; null where the default is not to be set again.</param>
/// <param name="After">The column after, with a default; null where it is not to be set again.</param>
public sealed record EnumDefault(QualifiedName BeforeTable, Column Before, QualifiedName? AfterTable, Column? After);

/// <summary>A column whose type is an enum that loses labels.</summary>
/// <param name="Table">The table's name after.</param>
/// <param name="Column">The column after; it exists before too.</param>
/// <param name="ArityBefore">What it was before, where it becomes a list or ceases to be one and there may be rows; null where the values are cast one by one.</param>
public sealed record EnumColumn(QualifiedName Table, Column Column, ColumnArity? ArityBefore = null);

/// <summary>An enum gains or loses labels. The order of labels is never a difference.</summary>
public sealed record AlterEnum : SchemaChange
{
    /// <summary>The enum before.</summary>
    public required EnumType Before { get; init; }

    /// <summary>The enum after.</summary>
    public required EnumType After { get; init; }

    /// <summary>Labels that come, in the order after.</summary>
    public EquatableArray<string> Added { get; init; }

    /// <summary>Labels that go, in the order before.</summary>
    public EquatableArray<string> Removed { get; init; }

    /// <summary>Columns with a default of the enum before; empty where no label goes.</summary>
    public EquatableArray<EnumDefault> Defaults { get; init; }

    /// <summary>Columns to cast to the enum after; empty where no label goes.</summary>
    public EquatableArray<EnumColumn> Columns { get; init; }

    /// <summary>
    /// Whether a column that later steps drop or recreate still has the enum's old type, so that the type can only go after them.
    /// </summary>
    public bool IsOldTypeInUse { get; init; }

    /// <summary>What the type before is called until it goes, in the namespace before.</summary>
    [JsonIgnore]
    public QualifiedName OldTypeName => new(Before.Name.Namespace, IdentifierRules.WithSuffix(Before.Name.Name, "_old"));

    /// <summary>What the type after is called until it takes the old one's name, in the namespace after.</summary>
    [JsonIgnore]
    public QualifiedName NewTypeName => new(After.Name.Namespace, IdentifierRules.WithSuffix(After.Name.Name, "_new"));

    /// <inheritdoc />
    public override TResult Accept<TResult>(SchemaChangeVisitor<TResult> visitor) => visitor.Visit(this);
}

/// <summary>An enum that only the schema before has, or the old type of one that lost labels.</summary>
/// <param name="Enum">The enum.</param>
/// <param name="IsReplaced">Whether it is the old type of an <see cref="AlterEnum"/>, so that the enum itself stays.</param>
public sealed record DropEnum(EnumType Enum, bool IsReplaced = false) : SchemaChange
{
    /// <inheritdoc />
    public override TResult Accept<TResult>(SchemaChangeVisitor<TResult> visitor) => visitor.Visit(this);
}

/// <summary>A foreign key that only the schema before has.</summary>
/// <param name="Before">The table before.</param>
/// <param name="After">The table after; null where the table goes too.</param>
/// <param name="ForeignKey">The key.</param>
public sealed record DropForeignKey(Table Before, Table? After, ForeignKey ForeignKey) : SchemaChange
{
    /// <inheritdoc />
    public override TResult Accept<TResult>(SchemaChangeVisitor<TResult> visitor) => visitor.Visit(this);
}

/// <summary>An index that only the schema before has.</summary>
/// <param name="Table">The table before.</param>
/// <param name="Index">The index.</param>
public sealed record DropIndex(Table Table, TableIndex Index) : SchemaChange
{
    /// <inheritdoc />
    public override TResult Accept<TResult>(SchemaChangeVisitor<TResult> visitor) => visitor.Visit(this);
}

/// <summary>A table whose columns or primary key differ and that the product can change in place.</summary>
/// <param name="Before">The table before.</param>
/// <param name="After">The table after.</param>
/// <param name="Changes">
/// In the order in which they are rendered: key dropped, renamed; columns dropped by name, added by name, altered by their place
/// before; key added.
/// </param>
public sealed record AlterTable(Table Before, Table After, EquatableArray<TableChange> Changes) : SchemaChange
{
    /// <inheritdoc />
    public override TResult Accept<TResult>(SchemaChangeVisitor<TResult> visitor) => visitor.Visit(this);
}

/// <summary>A table that only the schema before has.</summary>
/// <param name="Table">The table.</param>
public sealed record DropTable(Table Table) : SchemaChange
{
    /// <inheritdoc />
    public override TResult Accept<TResult>(SchemaChangeVisitor<TResult> visitor) => visitor.Visit(this);
}

/// <summary>A table that only the schema after has.</summary>
/// <param name="Table">The table.</param>
public sealed record CreateTable(Table Table) : SchemaChange
{
    /// <inheritdoc />
    public override TResult Accept<TResult>(SchemaChangeVisitor<TResult> visitor) => visitor.Visit(this);
}

/// <summary>A column of both sides of a table that is made anew.</summary>
/// <param name="Before">The column before.</param>
/// <param name="After">The column after.</param>
/// <param name="Aspects">What differs; none where nothing does.</param>
/// <param name="TypeChange">What happens to the values; null where the type stays.</param>
public sealed record ColumnPair(Column Before, Column After, ColumnAspects Aspects, TypeChangeKind? TypeChange);

/// <summary>A table that the product cannot change in place: made anew beside the old one, filled from it, put in its stead.</summary>
public sealed record RedefineTable
{
    /// <summary>The table before.</summary>
    public required Table Before { get; init; }

    /// <summary>The table after.</summary>
    public required Table After { get; init; }

    /// <summary>Columns of both sides by name.</summary>
    public EquatableArray<ColumnPair> Columns { get; init; }

    /// <summary>Columns that come, by name.</summary>
    public EquatableArray<Column> Added { get; init; }

    /// <summary>Columns that go, by name.</summary>
    public EquatableArray<Column> Dropped { get; init; }

    /// <summary>Whether the primary key goes or changes.</summary>
    public bool DropsPrimaryKey { get; init; }
}

/// <summary>All tables to be made anew, in one step.</summary>
/// <param name="Tables">In the order before; never empty.</param>
public sealed record RedefineTables(EquatableArray<RedefineTable> Tables) : SchemaChange
{
    /// <inheritdoc />
    public override TResult Accept<TResult>(SchemaChangeVisitor<TResult> visitor) => visitor.Visit(this);
}

/// <summary>An index that only the schema after has, or that went with a column that was made anew.</summary>
/// <param name="Before">The table before; null where the table is new.</param>
/// <param name="After">The table after.</param>
/// <param name="Index">The index.</param>
/// <param name="IsRecreated">Whether it exists before and is only lost with a column.</param>
public sealed record CreateIndex(Table? Before, Table After, TableIndex Index, bool IsRecreated) : SchemaChange
{
    /// <inheritdoc />
    public override TResult Accept<TResult>(SchemaChangeVisitor<TResult> visitor) => visitor.Visit(this);
}

/// <summary>A foreign key that only changes its name.</summary>
/// <param name="Before">The table before.</param>
/// <param name="After">The table after.</param>
/// <param name="BeforeKey">The key before.</param>
/// <param name="AfterKey">The key after.</param>
public sealed record RenameForeignKey(Table Before, Table After, ForeignKey BeforeKey, ForeignKey AfterKey) : SchemaChange
{
    /// <inheritdoc />
    public override TResult Accept<TResult>(SchemaChangeVisitor<TResult> visitor) => visitor.Visit(this);
}

/// <summary>A foreign key that only the schema after has.</summary>
/// <param name="Table">The table after.</param>
/// <param name="ForeignKey">The key.</param>
public sealed record AddForeignKey(Table Table, ForeignKey ForeignKey) : SchemaChange
{
    /// <inheritdoc />
    public override TResult Accept<TResult>(SchemaChangeVisitor<TResult> visitor) => visitor.Visit(this);
}

/// <summary>An index that only changes its name.</summary>
/// <param name="Before">The table before.</param>
/// <param name="After">The table after.</param>
/// <param name="BeforeIndex">The index before.</param>
/// <param name="AfterIndex">The index after.</param>
public sealed record RenameIndex(Table Before, Table After, TableIndex BeforeIndex, TableIndex AfterIndex) : SchemaChange
{
    /// <inheritdoc />
    public override TResult Accept<TResult>(SchemaChangeVisitor<TResult> visitor) => visitor.Visit(this);
}

/// <summary>An index that only changes its name, on a product that cannot rename indexes: dropped and made again.</summary>
/// <param name="Before">The table before.</param>
/// <param name="After">The table after.</param>
/// <param name="BeforeIndex">The index before.</param>
/// <param name="AfterIndex">The index after.</param>
public sealed record RedefineIndex(Table Before, Table After, TableIndex BeforeIndex, TableIndex AfterIndex) : SchemaChange
{
    /// <inheritdoc />
    public override TResult Accept<TResult>(SchemaChangeVisitor<TResult> visitor) => visitor.Visit(this);
}
