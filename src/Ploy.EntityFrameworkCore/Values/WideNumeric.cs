using System.Buffers.Binary;
using System.Data.Common;
using System.Globalization;
using System.Linq.Expressions;
using System.Reflection;
using System.Text;
using Microsoft.EntityFrameworkCore.Storage;

namespace Ploy.EntityFrameworkCore.Values;

/// <summary>
/// Reads PostgreSQL's <c>numeric(65,30)</c>, which is what <c>Decimal</c> means without a native type, as a C# decimal. The
/// driver refuses any value with more than 28 digits behind the point, even where they are zeros.
/// </summary>
internal sealed class WideNumericPlugin : IRelationalTypeMappingSourcePlugin
{
    /// <summary>Most digits behind the point of a C# decimal.</summary>
    private const int MostScale = 28;

    public RelationalTypeMapping? FindMapping(in RelationalTypeMappingInfo mappingInfo)
    {
        if (mappingInfo.StoreTypeName is not { } store || !store.StartsWith("numeric(", StringComparison.Ordinal)) return null;
        var isList = store.EndsWith("[]", StringComparison.Ordinal);
        var bare = isList ? store[..^2] : store;
        if (!bare.EndsWith(')') || Scale(bare) <= MostScale) return null;
        if (mappingInfo.ClrType is { } type && type != (isList ? typeof(List<decimal>) : typeof(decimal))) return null;
        return isList ? new WideNumericListMapping(store, new WideNumericMapping(bare)) : new WideNumericMapping(bare);
    }

    private static int Scale(string store)
    {
        var comma = store.IndexOf(',', StringComparison.Ordinal);
        return comma >= 0 && int.TryParse(store.AsSpan(comma + 1, store.Length - comma - 2), CultureInfo.InvariantCulture, out var scale) ? scale : 0;
    }
}

/// <summary>Takes the value's bytes from the reader and parses them itself.</summary>
internal sealed class WideNumericMapping : RelationalTypeMapping
{
    private static readonly MethodInfo StreamMethod = typeof(DbDataReader).GetMethod(nameof(DbDataReader.GetStream), [typeof(int)])!;
    private static readonly MethodInfo ReadMethod = typeof(WideNumericMapping).GetMethod(nameof(Read), BindingFlags.NonPublic | BindingFlags.Static)!;

    public WideNumericMapping(string store) : base(store, typeof(decimal), System.Data.DbType.Decimal) { }

    private WideNumericMapping(RelationalTypeMappingParameters parameters) : base(parameters) { }

    public override MethodInfo GetDataReaderMethod() => StreamMethod;

    public override Expression CustomizeDataReaderExpression(Expression expression) => Expression.Call(ReadMethod, expression);

    protected override RelationalTypeMapping Clone(RelationalTypeMappingParameters parameters) => new WideNumericMapping(parameters);

    protected override string GenerateNonNullSqlLiteral(object value) => ((decimal)value).ToString(CultureInfo.InvariantCulture) + "::numeric";

    private static decimal Read(Stream stream)
    {
        using (stream)
        {
            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            return Parse(bytes);
        }
    }

    /// <summary>
    /// The binary form (PostgreSQL source, numeric_send): number of digits, weight of the first, sign, display scale, then
    /// digits to the base of 10,000. What lies behind the 28th place is rounded away.
    /// </summary>
    /// <exception cref="OverflowException">The value is beyond a decimal's range, or no number.</exception>
    internal static decimal Parse(ReadOnlySpan<byte> bytes)
    {
        var count = BinaryPrimitives.ReadInt16BigEndian(bytes);
        var weight = BinaryPrimitives.ReadInt16BigEndian(bytes[2..]);
        var sign = BinaryPrimitives.ReadUInt16BigEndian(bytes[4..]);
        if (sign is not 0 and not 0x4000) throw new OverflowException("The database holds NaN or infinity, which a decimal cannot.");
        var text = new StringBuilder(sign == 0 ? "" : "-");
        for (var i = 0; i <= weight; i++) text.Append(Digit(bytes, i, count).ToString("D4", CultureInfo.InvariantCulture));
        if (weight < 0) text.Append('0');
        text.Append('.');
        for (var i = weight + 1; i < 0; i++) text.Append("0000");
        for (var i = Math.Max(weight + 1, 0); i < count; i++) text.Append(Digit(bytes, i, count).ToString("D4", CultureInfo.InvariantCulture));
        var end = text.Length;
        while (text[end - 1] == '0') end--;
        return decimal.Parse(text.ToString(0, end), NumberStyles.Number, CultureInfo.InvariantCulture);
    }

    private static short Digit(ReadOnlySpan<byte> bytes, int index, int count) =>
        index < count ? BinaryPrimitives.ReadInt16BigEndian(bytes[(8 + (2 * index))..]) : (short)0;
}
