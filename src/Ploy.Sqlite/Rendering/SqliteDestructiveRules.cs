using Ploy.Relational.Changes;
using Ploy.Relational.Model;
using Ploy.Relational.Planning;
using Ploy.Sqlite.Sessions;

namespace Ploy.Sqlite.Rendering;

/// <summary>What SQLite does to rows when a column changes. It never changes one in place: whoever asks gets what a rebuild would do.</summary>
internal sealed class SqliteDestructiveRules : DestructiveRules
{
    /// <inheritdoc />
    public override void Check(AlterColumn change, Table before, DestructiveCheckPlan plan)
    {
        if (change.Before.Type.Arity == ColumnArity.Nullable && change.After.Type.Arity == ColumnArity.Required && change.After.Default is null)
            plan.Add(new MadeRequired(before.Name, change.Before.Name));
        if (change.TypeChange == TypeChangeKind.RiskyCast)
            plan.Add(new RiskyCast(before.Name, change.Before.Name, DescribeType(change.Before.Type), DescribeType(change.After.Type)));
    }

    /// <inheritdoc />
    public override void Check(RecreateColumn change, Table before, DestructiveCheckPlan plan) =>
        plan.Add(new ImpossibleCast(before.Name, change.Before.Name, DescribeType(change.Before.Type), DescribeType(change.After.Type)));

    /// <inheritdoc />
    public override string DescribeType(ColumnType type) => type.Family switch
    {
        TypeFamily.Int => "Int",
        TypeFamily.BigInt => "BigInt",
        TypeFamily.Float => "Float",
        TypeFamily.Decimal => "Decimal",
        TypeFamily.Boolean => "Boolean",
        TypeFamily.String or TypeFamily.Enum => "String",
        TypeFamily.DateTime => "DateTime",
        TypeFamily.Binary => "Binary",
        TypeFamily.Json => "Json",
        TypeFamily.Uuid => "Uuid",
        TypeFamily.Unsupported => $"Unsupported(\"{type.StoreType}\")",
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <inheritdoc />
    public override string CountRows(QualifiedName table) => $"SELECT COUNT(*) FROM {SqliteNames.Quote(table.Name)}";

    /// <inheritdoc />
    public override string CountValues(QualifiedName table, string column) =>
        $"SELECT COUNT(*) FROM {SqliteNames.Quote(table.Name)} WHERE {SqliteNames.Quote(column)} IS NOT NULL";
}
