using System.Collections.Frozen;

namespace Ploy.Language.Semantics;

/// <summary>The operator classes that the language has names for.</summary>
public static class OperatorClassNames
{
    /// <summary>All of them (<c>JsonbPathOps</c>), in no order that means anything.</summary>
    public static IEnumerable<string> All => OperatorClass.Names;
}

/// <summary>An operator class of the language: which index method it belongs to and which columns it is for.</summary>
/// <param name="Name">The name in the language.</param>
/// <param name="Methods">The index methods that have it.</param>
/// <param name="NativeTypes">The native types it is for; empty where it is for columns of a scalar type without one alone.</param>
/// <param name="Scalar">The scalar type whose columns, without a native type, it is also for; null where they need one.</param>
internal sealed record OperatorClass(string Name, string[] Methods, string[] NativeTypes, ScalarKind? Scalar)
{
    private static readonly FrozenDictionary<string, OperatorClass> Known = All().ToFrozenDictionary(c => c.Name, StringComparer.Ordinal);

    /// <summary>All names.</summary>
    public static IEnumerable<string> Names => Known.Keys;

    /// <summary>The class of that name; null where there is none.</summary>
    public static OperatorClass? Find(string name) => Known.GetValueOrDefault(name);

    /// <summary>Whether it is for lists of any type.</summary>
    public bool IsForLists => Name == "ArrayOps";

    private static IEnumerable<OperatorClass> All()
    {
        yield return new("InetOps", ["Gist", "SpGist"], ["Inet"], null);
        yield return new("JsonbOps", ["Gin"], ["JsonB"], ScalarKind.Json);
        yield return new("JsonbPathOps", ["Gin"], ["JsonB"], ScalarKind.Json);
        yield return new("ArrayOps", ["Gin"], [], null);
        yield return new("TextOps", ["SpGist"], ["Text", "VarChar", "Char"], ScalarKind.String);
        yield return Brin("BitMinMaxOps", ["Bit"], null);
        yield return Brin("VarBitMinMaxOps", ["VarBit"], null);
        yield return Brin("BpcharBloomOps", ["Char"], null);
        yield return Brin("BpcharMinMaxOps", ["Char"], null);
        yield return Brin("ByteaBloomOps", ["ByteA"], ScalarKind.Bytes);
        yield return Brin("ByteaMinMaxOps", ["ByteA"], ScalarKind.Bytes);
        yield return Brin("TextBloomOps", ["Text", "VarChar"], ScalarKind.String);
        yield return Brin("TextMinMaxOps", ["Text", "VarChar"], ScalarKind.String);
        yield return Brin("InetInclusionOps", ["Inet"], null);
        foreach (var (prefix, native, scalar) in Families())
            foreach (var suffix in new[] { "BloomOps", "MinMaxOps", "MinMaxMultiOps" })
                yield return Brin(prefix + suffix, [native], scalar);
    }

    private static OperatorClass Brin(string name, string[] nativeTypes, ScalarKind? scalar) => new(name, ["Brin"], nativeTypes, scalar);

    /// <summary>The types whose BRIN classes come in all three kinds.</summary>
    private static (string Prefix, string NativeType, ScalarKind? Scalar)[] Families() =>
    [
        ("Date", "Date", null),
        ("Float4", "Real", null),
        ("Float8", "DoublePrecision", ScalarKind.Float),
        ("Inet", "Inet", null),
        ("Int2", "SmallInt", null),
        ("Int4", "Integer", ScalarKind.Int),
        ("Int8", "BigInt", ScalarKind.BigInt),
        ("Numeric", "Decimal", ScalarKind.Decimal),
        ("Oid", "Oid", null),
        ("Timestamp", "Timestamp", ScalarKind.DateTime),
        ("TimestampTz", "Timestamptz", null),
        ("Time", "Time", null),
        ("TimeTz", "Timetz", null),
        ("Uuid", "Uuid", null),
    ];
}
