using Ploy.Relational.Model;

namespace Ploy.Client.Emit;

/// <summary>Literals that only the database's language can say, such as lists and JSON.</summary>
internal static class SqlLiteral
{
    public static string Of(LiteralValue value, ClientColumn column, bool isPostgres) => value switch
    {
        LiteralValue.List list when isPostgres =>
            $"ARRAY[{string.Join(", ", list.Items.ToImmutableArray().Select(i => Of(i, column, isPostgres)))}]::{column.Type.StoreType ?? "text[]"}",
        LiteralValue.Boolean boolean => boolean.Value ? "true" : "false",
        LiteralValue.Number number => number.Value,
        LiteralValue.Text text => Quote(text.Value),
        LiteralValue.EnumLabel label => Quote(label.Value),
        LiteralValue.Bytes bytes when isPostgres => $"'\\x{Convert.ToHexStringLower(bytes.Value.AsSpan())}'",
        LiteralValue.Bytes bytes => $"x'{Convert.ToHexStringLower(bytes.Value.AsSpan())}'",
        LiteralValue.List list => Quote(string.Join(",", list.Items.ToImmutableArray().Select(i => Of(i, column, isPostgres)))),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static string Quote(string text) => "'" + text.Replace("'", "''", StringComparison.Ordinal) + "'";
}
