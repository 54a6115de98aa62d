using System.Data;
using System.Data.Common;
using System.Globalization;
using System.Linq.Expressions;
using System.Reflection;
using Microsoft.EntityFrameworkCore.Storage;

namespace Ploy.EntityFrameworkCore.Values;

/// <summary>
/// Reads SQLite's <c>DECIMAL</c> columns. Their affinity is NUMERIC (sqlite.org, "Datatypes"): a fraction is kept as a double, whose text has
/// more digits than were written. A decimal of up to 15 digits comes back as it was, whole numbers of up to 18 too.
/// </summary>
internal sealed class SqliteDecimalPlugin : IRelationalTypeMappingSourcePlugin
{
    public RelationalTypeMapping? FindMapping(in RelationalTypeMappingInfo mappingInfo) =>
        mappingInfo.StoreTypeName == "DECIMAL" && (mappingInfo.ClrType is null || mappingInfo.ClrType == typeof(decimal)) ? new SqliteDecimalMapping() : null;
}

/// <summary>Takes what is stored, whatever its class, and makes a decimal of it.</summary>
internal sealed class SqliteDecimalMapping : RelationalTypeMapping
{
    private static readonly MethodInfo ValueMethod = typeof(DbDataReader).GetMethod(nameof(DbDataReader.GetValue), [typeof(int)])!;
    private static readonly MethodInfo ReadMethod = typeof(SqliteDecimalMapping).GetMethod(nameof(Read), BindingFlags.NonPublic | BindingFlags.Static)!;

    public SqliteDecimalMapping() : base("DECIMAL", typeof(decimal), System.Data.DbType.Decimal) { }

    private SqliteDecimalMapping(RelationalTypeMappingParameters parameters) : base(parameters) { }

    public override MethodInfo GetDataReaderMethod() => ValueMethod;

    public override Expression CustomizeDataReaderExpression(Expression expression) => Expression.Call(ReadMethod, expression);

    protected override RelationalTypeMapping Clone(RelationalTypeMappingParameters parameters) => new SqliteDecimalMapping(parameters);

    protected override string GenerateNonNullSqlLiteral(object value) => ((decimal)value).ToString(CultureInfo.InvariantCulture);

    private static decimal Read(object value) => value switch
    {
        double real => (decimal)real,
        long whole => whole,
        string text => decimal.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture),
        _ => throw new DataException($"A decimal is stored as {value.GetType().Name}."),
    };
}
