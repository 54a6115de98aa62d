using Ploy.Relational.Model;
using Ploy.Relational.Pulling;

namespace Ploy.Sqlite.Pulling;

/// <summary>SQLite's columns in the schema language.</summary>
internal sealed class SqlitePullRules : PullRules
{
    /// <inheritdoc />
    public override bool JoinTablesHaveKeys => true;

    /// <inheritdoc />
    public override bool HasEnums => false;

    /// <inheritdoc />
    public override bool RemarksOnObjects => false;

    /// <inheritdoc />
    public override NativeTypeName? NativeType(ColumnType type) => null;

    /// <inheritdoc />
    public override PulledDefault? Default(Column column)
    {
        if (column.IsAutoIncrement) return new PulledDefault.AutoIncrement();
        return (column.Default, column.Printed.Default) switch
        {
            (null, _) or (_, null) => null,
            (DefaultValue.Now, _) => new PulledDefault.Now(),
            (DefaultValue.Literal { Value: LiteralValue.Boolean truth }, _) => new PulledDefault.Constant(truth.Value ? "true" : "false"),
            (DefaultValue.Literal { Value: LiteralValue.Number number }, _) => new PulledDefault.Constant(number.Value),
            (DefaultValue.Literal { Value: LiteralValue.Text text }, _) => new PulledDefault.Text(text.Value),
            (_, { } printed) => new PulledDefault.Expression(printed),
        };
    }

    /// <inheritdoc />
    public override string UnsupportedType(ColumnType type) => type.StoreType;

    /// <inheritdoc />
    public override string? IndexType(string? method) => null;

    /// <inheritdoc />
    public override IEnumerable<ForeignKey> ForeignKeys(Table table) => table.ForeignKeys.Reverse();
}
