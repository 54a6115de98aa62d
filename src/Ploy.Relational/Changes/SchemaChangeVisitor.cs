namespace Ploy.Relational.Changes;

/// <summary>One method for each kind of change and no defaults, so that a new kind stops whoever must know it from compiling.</summary>
/// <typeparam name="TResult">What a visit gives.</typeparam>
public abstract class SchemaChangeVisitor<TResult>
{
    /// <summary>A <see cref="CreateNamespace"/>.</summary>
    public abstract TResult Visit(CreateNamespace change);

    /// <summary>A <see cref="MoveToNamespace"/>.</summary>
    public abstract TResult Visit(MoveToNamespace change);

    /// <summary>A <see cref="DropExtension"/>.</summary>
    public abstract TResult Visit(DropExtension change);

    /// <summary>A <see cref="CreateExtension"/>.</summary>
    public abstract TResult Visit(CreateExtension change);

    /// <summary>A <see cref="CreateEnum"/>.</summary>
    public abstract TResult Visit(CreateEnum change);

    /// <summary>A <see cref="AlterEnum"/>.</summary>
    public abstract TResult Visit(AlterEnum change);

    /// <summary>A <see cref="DropForeignKey"/>.</summary>
    public abstract TResult Visit(DropForeignKey change);

    /// <summary>A <see cref="DropIndex"/>.</summary>
    public abstract TResult Visit(DropIndex change);

    /// <summary>A <see cref="AlterTable"/>.</summary>
    public abstract TResult Visit(AlterTable change);

    /// <summary>A <see cref="DropTable"/>.</summary>
    public abstract TResult Visit(DropTable change);

    /// <summary>A <see cref="DropEnum"/>.</summary>
    public abstract TResult Visit(DropEnum change);

    /// <summary>A <see cref="CreateTable"/>.</summary>
    public abstract TResult Visit(CreateTable change);

    /// <summary>A <see cref="RedefineTables"/>.</summary>
    public abstract TResult Visit(RedefineTables change);

    /// <summary>A <see cref="CreateIndex"/>.</summary>
    public abstract TResult Visit(CreateIndex change);

    /// <summary>A <see cref="RenameForeignKey"/>.</summary>
    public abstract TResult Visit(RenameForeignKey change);

    /// <summary>A <see cref="AddForeignKey"/>.</summary>
    public abstract TResult Visit(AddForeignKey change);

    /// <summary>A <see cref="RenameIndex"/>.</summary>
    public abstract TResult Visit(RenameIndex change);

    /// <summary>A <see cref="RedefineIndex"/>.</summary>
    public abstract TResult Visit(RedefineIndex change);

    /// <summary>A <see cref="CreateObject"/>.</summary>
    public abstract TResult Visit(CreateObject change);

    /// <summary>A <see cref="DropObject"/>.</summary>
    public abstract TResult Visit(DropObject change);

    /// <summary>A <see cref="ReplaceObject"/>.</summary>
    public abstract TResult Visit(ReplaceObject change);

    /// <summary>An <see cref="AdoptObject"/>.</summary>
    public abstract TResult Visit(AdoptObject change);
}

/// <summary>One method for each kind of change inside a table and no defaults.</summary>
/// <typeparam name="TResult">What a visit gives.</typeparam>
public abstract class TableChangeVisitor<TResult>
{
    /// <summary>A <see cref="AddColumn"/>.</summary>
    public abstract TResult Visit(AddColumn change);

    /// <summary>A <see cref="DropColumn"/>.</summary>
    public abstract TResult Visit(DropColumn change);

    /// <summary>A <see cref="AlterColumn"/>.</summary>
    public abstract TResult Visit(AlterColumn change);

    /// <summary>A <see cref="RecreateColumn"/>.</summary>
    public abstract TResult Visit(RecreateColumn change);

    /// <summary>A <see cref="DropPrimaryKey"/>.</summary>
    public abstract TResult Visit(DropPrimaryKey change);

    /// <summary>A <see cref="RenamePrimaryKey"/>.</summary>
    public abstract TResult Visit(RenamePrimaryKey change);

    /// <summary>A <see cref="AddPrimaryKey"/>.</summary>
    public abstract TResult Visit(AddPrimaryKey change);
}
