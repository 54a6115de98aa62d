using System.Text;
using Ploy.Relational.Model;

namespace Ploy.Postgres.Rendering;

/// <summary>Writes defaults and the values in them.</summary>
internal static class PostgresValues
{
    /// <summary>The default's text; null where the type (SERIAL) or nobody (<c>dbgenerated()</c>) says it.</summary>
    /// <param name="value">The default.</param>
    /// <param name="type">The column's whole type as DDL writes it, for lists.</param>
    public static string? Default(DefaultValue value, string type) => value switch
    {
        DefaultValue.Literal literal => Literal(literal.Value, type),
        DefaultValue.Now => "CURRENT_TIMESTAMP",
        DefaultValue.Expression expression => expression.Sql.Text.Length == 0 ? null : expression.Sql.Text,
        _ => null,
    };

    private static string Literal(LiteralValue value, string type) => value switch
    {
        LiteralValue.Text text => PostgresNames.Literal(text.Value),
        LiteralValue.EnumLabel label => PostgresNames.Literal(label.Value),
        LiteralValue.Number number => number.Value,
        LiteralValue.Boolean boolean => boolean.Value ? "true" : "false",
        LiteralValue.Bytes bytes => "'\\x" + Convert.ToHexStringLower(bytes.Value.AsSpan()) + "'",
        LiteralValue.List list => List(list, type),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static string List(LiteralValue.List list, string type)
    {
        var text = new StringBuilder("ARRAY[");
        for (var i = 0; i < list.Items.Count; i++) text.Append(i == 0 ? "" : ", ").Append(Literal(list.Items[i], type));
        return text.Append("]::").Append(type).ToString();
    }
}
