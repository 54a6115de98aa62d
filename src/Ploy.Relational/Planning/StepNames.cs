using Ploy.Relational.Changes;

namespace Ploy.Relational.Planning;

/// <summary>The engine's name of each step, as scripts show it in comments.</summary>
public sealed class StepNames : SchemaChangeVisitor<string>
{
    private StepNames() { }

    /// <summary>The one instance.</summary>
    public static StepNames Instance { get; } = new();

    /// <inheritdoc />
    public override string Visit(CreateNamespace change) => "CreateSchema";

    /// <inheritdoc />
    public override string Visit(MoveToNamespace change) => change.IsEnum ? "MoveEnum" : "MoveTable";

    /// <inheritdoc />
    public override string Visit(DropExtension change) => "DropExtension";

    /// <inheritdoc />
    public override string Visit(CreateExtension change) => "CreateExtension";

    /// <inheritdoc />
    public override string Visit(CreateEnum change) => "CreateEnum";

    /// <inheritdoc />
    public override string Visit(AlterEnum change) => "AlterEnum";

    /// <inheritdoc />
    public override string Visit(DropForeignKey change) => "DropForeignKey";

    /// <inheritdoc />
    public override string Visit(DropIndex change) => "DropIndex";

    /// <inheritdoc />
    public override string Visit(AlterTable change) => "AlterTable";

    /// <inheritdoc />
    public override string Visit(DropTable change) => "DropTable";

    /// <inheritdoc />
    public override string Visit(DropEnum change) => "DropEnum";

    /// <inheritdoc />
    public override string Visit(CreateTable change) => "CreateTable";

    /// <inheritdoc />
    public override string Visit(RedefineTables change) => "RedefineTables";

    /// <inheritdoc />
    public override string Visit(CreateIndex change) => "CreateIndex";

    /// <inheritdoc />
    public override string Visit(RenameForeignKey change) => "RenameForeignKey";

    /// <inheritdoc />
    public override string Visit(AddForeignKey change) => "AddForeignKey";

    /// <inheritdoc />
    public override string Visit(RenameIndex change) => "RenameIndex";

    /// <inheritdoc />
    public override string Visit(RedefineIndex change) => "RedefineIndex";

    /// <inheritdoc />
    public override string Visit(CreateObject change) => "Create" + change.Object.Kind;

    /// <inheritdoc />
    public override string Visit(DropObject change) => "Drop" + change.Object.Kind;

    /// <inheritdoc />
    public override string Visit(ReplaceObject change) => "Replace" + change.After.Kind;

    /// <inheritdoc />
    public override string Visit(AdoptObject change) => "Adopt" + change.Object.Kind;
}
