using Ploy.Postgres.Types;
using Ploy.Relational.Changes;
using Ploy.Relational.Model;
using Ploy.Relational.Planning;

namespace Ploy.Postgres.Rendering;

/// <summary>What PostgreSQL does to rows when a column changes.</summary>
internal sealed class PostgresDestructiveRules : DestructiveRules
{
    /// <inheritdoc />
    public override void Check(AlterColumn change, Table before, DestructiveCheckPlan plan)
    {
        var (table, column) = (before.Name, change.Before.Name);
        var (oldArity, newArity) = (change.Before.Type.Arity, change.After.Type.Arity);
        if (oldArity == ColumnArity.Nullable && newArity == ColumnArity.Required) plan.Add(new MadeRequired(table, column));
        // Values of an enum are made lists of one.
        if (oldArity != ColumnArity.List && newArity == ColumnArity.List && (change.TypeChange is not null || change.After.Type.Enum is null)) plan.Add(new MadeList(table, column));
        if (change.TypeChange == TypeChangeKind.RiskyCast)
            plan.Add(new RiskyCast(table, column, DescribeType(change.Before.Type), DescribeType(change.After.Type)));
    }

    /// <inheritdoc />
    public override void Check(RecreateColumn change, Table before, DestructiveCheckPlan plan)
    {
        var (table, column) = (before.Name, change.Before.Name);
        if (change.After.Type.Arity != ColumnArity.Required || change.After.Default is not null || change.After.IsAutoIncrement)
            plan.Add(new ColumnRecreated(table, column));
        else if (change.Before.Type.Arity == ColumnArity.Nullable)
            plan.Add(new RequiredColumnAdded(table, column, HasClientDefault: false));
        else
            plan.Add(new RequiredColumnRecreated(table, column));
    }

    /// <inheritdoc />
    public override string DescribeType(ColumnType type)
    {
        if (type.Family == TypeFamily.Unsupported || NativeName(type.StoreType) is not { } name) return DescribeFamily(type);
        return type.Arguments.IsEmpty ? name : $"{name}({string.Join(',', type.Arguments)})";
    }

    /// <inheritdoc />
    public override string CountRows(QualifiedName table) => $"SELECT COUNT(*) FROM {PostgresNames.Quote(table.Namespace, table.Name)}";

    /// <inheritdoc />
    public override string CountValues(QualifiedName table, string column) =>
        $"SELECT COUNT(*) FROM {PostgresNames.Quote(table.Namespace, table.Name)} WHERE {PostgresNames.Quote(column)} IS NOT NULL";

    private static string? NativeName(string storeType) => PostgresTypes.All.FirstOrDefault(t => t.StoreType == storeType)?.Native;

    private static string DescribeFamily(ColumnType type) => type.Family == TypeFamily.Unsupported ? $"Unsupported(\"{type.StoreType}\")" : type.StoreType;
}
