using Ploy.Core;
using Ploy.Relational.Changes;
using Ploy.Relational.Model;

namespace Ploy.Relational.Planning;

/// <summary>Walks the steps of a migration and adds the checks that each one needs.</summary>
internal sealed class DestructiveCheckPlanner(DestructiveCheckPlan plan, DestructiveRules rules) : SchemaChangeVisitor<bool>
{
    public override bool Visit(CreateNamespace change) => false;

    public override bool Visit(DropExtension change) => false;

    public override bool Visit(CreateExtension change) => false;

    public override bool Visit(CreateEnum change) => false;

    public override bool Visit(AlterEnum change) => !change.Removed.IsEmpty && Add(new LabelsRemoved(change.After.Name.Name, change.Removed));

    public override bool Visit(DropForeignKey change) => false;

    public override bool Visit(DropIndex change) => false;

    public override bool Visit(AlterTable change)
    {
        var visitor = new TablePlanner(plan, rules, change);
        foreach (var inner in change.Changes) inner.Accept(visitor);
        return true;
    }

    public override bool Visit(DropTable change) => Add(new TableDropped(change.Table.Name));

    public override bool Visit(DropEnum change) => false;

    public override bool Visit(CreateTable change) => false;

    public override bool Visit(RedefineTables change)
    {
        foreach (var table in change.Tables) Check(table);
        return true;
    }

    public override bool Visit(CreateIndex change) =>
        change is { Before: not null, IsRecreated: false, Index.IsUnique: true }
        && Add(new UniqueAdded(change.After.Name, change.Index.Parts.Select(p => p.Column).ToEquatableArray()));

    public override bool Visit(RenameForeignKey change) => false;

    public override bool Visit(AddForeignKey change) => false;

    public override bool Visit(RenameIndex change) => false;

    public override bool Visit(RedefineIndex change) => false;

    public override bool Visit(CreateObject change) => false;

    public override bool Visit(DropObject change) => false;

    public override bool Visit(ReplaceObject change) => false;

    public override bool Visit(AdoptObject change) => false;

    public override bool Visit(MoveToNamespace change)
    {
        plan.Move(change);
        return false;
    }

    private bool Add(DestructiveCheck check)
    {
        plan.Add(check);
        return true;
    }

    /// <summary>A required column without a default cannot be added where there are rows.</summary>
    private static void CheckAdded(Column column, Table after, DestructiveCheckPlan plan)
    {
        if (column.Type.Arity == ColumnArity.Required && column.Default is null && !column.IsAutoIncrement && column.Generated is null)
            plan.Add(new RequiredColumnAdded(after.Name, column.Name, column.HasClientDefault));
    }

    private void Check(RedefineTable table)
    {
        if (table.DropsPrimaryKey) plan.Add(new PrimaryKeyChanged(table.Before.Name));
        foreach (var column in table.Added) CheckAdded(column, table.After, plan);
        foreach (var column in table.Dropped) plan.Add(new ColumnDropped(table.Before.Name, column.Name));
        foreach (var pair in table.Columns) Check(pair, table.Before.Name);
    }

    private void Check(ColumnPair pair, QualifiedName table)
    {
        // What was computed is computed again.
        if (pair.After.Generated is not null)
        {
            if (pair.Before.Generated is null) plan.Add(new ColumnRecreated(table, pair.Before.Name));
            return;
        }

        if (pair.Aspects.HasFlag(ColumnAspects.Arity)
            && pair.After.Type.Arity == ColumnArity.Required
            && pair.After.Default is null
            && !pair.After.IsAutoIncrement)
            plan.Add(new MadeRequired(table, pair.Before.Name));

        var (before, after) = (rules.DescribeType(pair.Before.Type), rules.DescribeType(pair.After.Type));
        if (pair.TypeChange == TypeChangeKind.RiskyCast) plan.Add(new RiskyCast(table, pair.Before.Name, before, after));
        if (pair.TypeChange == TypeChangeKind.NotCastable) plan.Add(new ImpossibleCast(table, pair.Before.Name, before, after));
    }

    private sealed class TablePlanner(DestructiveCheckPlan plan, DestructiveRules rules, AlterTable table) : TableChangeVisitor<bool>
    {
        public override bool Visit(AddColumn change)
        {
            CheckAdded(change.Column, table.After, plan);
            return true;
        }

        public override bool Visit(DropColumn change)
        {
            plan.Add(new ColumnDropped(table.Before.Name, change.Column.Name));
            return true;
        }

        public override bool Visit(AlterColumn change)
        {
            rules.Check(change, table.Before, plan);
            return true;
        }

        public override bool Visit(RecreateColumn change)
        {
            // What was computed is computed again.
            if (change.Before.Generated is not null) return false;
            if (change.After.Generated is not null)
            {
                plan.Add(new ColumnRecreated(table.Before.Name, change.Before.Name));
                return true;
            }

            rules.Check(change, table.Before, plan);
            return true;
        }

        public override bool Visit(DropPrimaryKey change)
        {
            plan.Add(new PrimaryKeyChanged(table.Before.Name));
            return true;
        }

        public override bool Visit(RenamePrimaryKey change) => false;

        public override bool Visit(AddPrimaryKey change) => false;
    }
}
