using System.Diagnostics;
using Ploy.Relational.Model;

namespace Ploy.Relational.Planning;

/// <summary>Names a default in words that hold for every product.</summary>
internal static class DefaultText
{
    /// <summary>The default; <c>none</c> where there is none.</summary>
    public static string Describe(DefaultValue? value) => value switch
    {
        null => "none",
        DefaultValue.Literal literal => Describe(literal.Value),
        DefaultValue.Now => "now()",
        DefaultValue.NextValue => "autoincrement()",
        DefaultValue.Expression expression => expression.Sql.Text,
        DefaultValue.Unknown => "dbgenerated()",
        _ => throw new UnreachableException(),
    };

    private static string Describe(LiteralValue value) => value switch
    {
        LiteralValue.Text text => "'" + text.Value + "'",
        LiteralValue.EnumLabel label => label.Value,
        LiteralValue.Number number => number.Value,
        LiteralValue.Boolean boolean => boolean.Value ? "true" : "false",
        LiteralValue.Bytes bytes => "0x" + Convert.ToHexStringLower(bytes.Value.AsSpan()),
        LiteralValue.List list => "[" + string.Join(", ", list.Items.Select(Describe)) + "]",
        _ => throw new UnreachableException(),
    };
}
