using System.Buffers.Binary;
using System.Data.Common;
using System.Globalization;
using System.Linq.Expressions;
using System.Reflection;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Storage;

namespace Ploy.EntityFrameworkCore.Values;

/// <summary>The same as <see cref="WideNumericMapping"/> for a list: the array's bytes are taken from the reader and parsed here.</summary>
internal sealed class WideNumericListMapping : RelationalTypeMapping
{
    private static readonly MethodInfo StreamMethod = typeof(DbDataReader).GetMethod(nameof(DbDataReader.GetStream), [typeof(int)])!;
    private static readonly MethodInfo ReadMethod = typeof(WideNumericListMapping).GetMethod(nameof(Read), BindingFlags.NonPublic | BindingFlags.Static)!;

    public WideNumericListMapping(string store, WideNumericMapping element)
        : base(new RelationalTypeMappingParameters(
            new CoreTypeMappingParameters(typeof(List<decimal>), comparer: new ListOfValueTypesComparer<List<decimal>, decimal>(new ValueComparer<decimal>(favorStructuralComparisons: false)), elementMapping: element),
            store))
    {
    }

    private WideNumericListMapping(RelationalTypeMappingParameters parameters) : base(parameters) { }

    public override MethodInfo GetDataReaderMethod() => StreamMethod;

    public override Expression CustomizeDataReaderExpression(Expression expression) => Expression.Call(ReadMethod, expression);

    protected override RelationalTypeMapping Clone(RelationalTypeMappingParameters parameters) => new WideNumericListMapping(parameters);

    protected override string GenerateNonNullSqlLiteral(object value) =>
        $"ARRAY[{string.Join(", ", ((List<decimal>)value).Select(v => v.ToString(CultureInfo.InvariantCulture)))}]::{StoreType}";

    private static List<decimal> Read(Stream stream)
    {
        using (stream)
        {
            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            return Parse(bytes);
        }
    }

    /// <summary>
    /// The binary form (PostgreSQL source, array_send): number of dimensions, flags, element type, then for each dimension its length and
    /// lower bound, then each element with its length in bytes. A list has one dimension, or none where it is empty.
    /// </summary>
    /// <exception cref="InvalidOperationException">It has several dimensions, or holds a null.</exception>
    internal static List<decimal> Parse(ReadOnlySpan<byte> bytes)
    {
        var dimensions = BinaryPrimitives.ReadInt32BigEndian(bytes);
        if (dimensions == 0) return [];
        if (dimensions != 1) throw new InvalidOperationException("The database holds an array of several dimensions, which a list cannot.");
        var count = BinaryPrimitives.ReadInt32BigEndian(bytes[12..]);
        var list = new List<decimal>(count);
        bytes = bytes[20..];
        for (var i = 0; i < count; i++)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(bytes);
            if (length < 0) throw new InvalidOperationException("The database holds a null in an array, which a list of numbers cannot.");
            list.Add(WideNumericMapping.Parse(bytes.Slice(4, length)));
            bytes = bytes[(4 + length)..];
        }

        return list;
    }
}
