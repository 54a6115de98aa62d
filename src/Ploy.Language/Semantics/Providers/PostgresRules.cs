using System.Collections.Frozen;
using System.Collections.Immutable;
using Ploy.Core.Diagnostics;
using Ploy.Language.Semantics.Symbols;

namespace Ploy.Language.Semantics.Providers;

/// <summary>PostgreSQL.</summary>
internal sealed class PostgresRules : ProviderRules
{
    public static PostgresRules Instance { get; } = new();

    public override string Title => "PostgreSQL";

    // NAMEDATALEN - 1: https://www.postgresql.org/docs/current/limits.html
    public override int LongestName => 63;

    public override bool HasNamedKeys => true;

    public override bool HasLists => true;

    public override bool HasNamespaces => true;

    public override bool HasExtensions => true;

    public override bool CountsOnlyIds => false;

    public override IReadOnlyDictionary<string, NativeTypeRule> NativeTypes { get; } = new Dictionary<string, NativeTypeRule>(StringComparer.Ordinal)
    {
        ["SmallInt"] = new(ScalarKind.Int),
        ["Integer"] = new(ScalarKind.Int),
        ["Oid"] = new(ScalarKind.Int),
        ["BigInt"] = new(ScalarKind.BigInt),
        ["Decimal"] = new(ScalarKind.Decimal, 2, DecimalLimit),
        ["Money"] = new(ScalarKind.Decimal),
        ["Real"] = new(ScalarKind.Float),
        ["DoublePrecision"] = new(ScalarKind.Float),
        ["Text"] = new(ScalarKind.String),
        ["Char"] = new(ScalarKind.String, 1),
        ["VarChar"] = new(ScalarKind.String, 1),
        ["Bit"] = new(ScalarKind.String, 1, BitLimit),
        ["VarBit"] = new(ScalarKind.String, 1, BitLimit),
        ["Uuid"] = new(ScalarKind.String),
        ["Xml"] = new(ScalarKind.String),
        ["Inet"] = new(ScalarKind.String),
        ["Citext"] = new(ScalarKind.String),
        ["Boolean"] = new(ScalarKind.Boolean),
        ["Timestamp"] = new(ScalarKind.DateTime, 1, TimeLimit),
        ["Timestamptz"] = new(ScalarKind.DateTime, 1, TimeLimit),
        ["Time"] = new(ScalarKind.DateTime, 1, TimeLimit),
        ["Timetz"] = new(ScalarKind.DateTime, 1, TimeLimit),
        ["Date"] = new(ScalarKind.DateTime),
        ["Json"] = new(ScalarKind.Json),
        ["JsonB"] = new(ScalarKind.Json),
        ["ByteA"] = new(ScalarKind.Bytes),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public override bool HasIndexMethod(string method) => true;

    // The table is made all the same; the action fails when it is due.
    public override bool AllowsSetNullOnRequired(RelationMode mode) => mode == RelationMode.ForeignKeys;

    public override void CheckIndex(ModelSymbol model, IndexSymbol index, Action<Diagnostic> report) => PostgresIndexRules.Check(model, index, report);

    private static string? DecimalLimit(ImmutableArray<uint> arguments) => arguments switch
    {
        [var precision, var scale] when scale > precision => "the scale is larger than the precision",
        [var precision, _] when precision is 0 or > 1000 => "the precision must be from 1 to 1000",
        _ => null,
    };

    private static string? BitLimit(ImmutableArray<uint> arguments) => arguments is [0] ? "the length must be at least 1" : null;

    private static string? TimeLimit(ImmutableArray<uint> arguments) => arguments is [> 6] ? "the precision must be from 0 to 6" : null;
}
