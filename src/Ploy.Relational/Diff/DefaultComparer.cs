using System.Text.Json;
using Ploy.Relational.Model;

namespace Ploy.Relational.Diff;

/// <summary>Says whether two columns' defaults are the same, as far as the engine can tell.</summary>
internal static class DefaultComparer
{
    public static bool Match(Column before, Column after)
    {
        if (before.Default is null && after.Default is null) return true;
        if (before.Printed.SameDefault(after.Printed)) return true;
        if (IsListAgainstExpression(before, after) || IsListAgainstExpression(after, before)) return true;
        if (before.Default is DefaultValue.Literal first && after.Default is DefaultValue.Literal second)
            return LiteralsMatch(before, first.Value, after, second.Value);

        // The engine cannot compare a literal point in time with anything; where the column was or becomes something else, it sees that later.
        if (before.Type.Family == after.Type.Family && (IsTimeLiteral(before) && after.Default is not null || IsTimeLiteral(after) && before.Default is not null)) return true;

        return KindsMatch(before.Default, after.Default);
    }

    private static bool KindsMatch(DefaultValue? before, DefaultValue? after) => after switch
    {
        null => before is null or DefaultValue.NextValue,
        DefaultValue.Unknown or DefaultValue.NextValue => true,
        DefaultValue.Now => before is DefaultValue.Now,
        DefaultValue.Expression expression => before is DefaultValue.Expression other && ExpressionsMatch(other.Sql, expression.Sql),
        _ => false,
    };

    private static bool ExpressionsMatch(SqlExpression before, SqlExpression after) =>
        before.Equals(after) || AsciiEqualIgnoreCase(before.Text, after.Text);

    private static bool AsciiEqualIgnoreCase(string first, string second) =>
        System.Text.Ascii.EqualsIgnoreCase(first, second) || first == second;

    private static bool IsListAgainstExpression(Column list, Column expression) =>
        list.Default is DefaultValue.Literal { Value: LiteralValue.List }
        && expression.Default is DefaultValue.Expression or DefaultValue.Unknown
        && (list.Type.Family == TypeFamily.DateTime || expression.Type.Family == TypeFamily.DateTime);

    private static bool IsTimeLiteral(Column column) =>
        column.Type.Family == TypeFamily.DateTime && column.Default is DefaultValue.Literal { Value: LiteralValue.Text };

    private static bool LiteralsMatch(Column before, LiteralValue first, Column after, LiteralValue second)
    {
        if (first is LiteralValue.List firstList && second is LiteralValue.List secondList)
        {
            if (firstList.Items.Count != secondList.Items.Count) return false;
            // In lists alone, a number of an Int is another than the same one of a BigInt.
            if (firstList.Items.Count > 0 && IsWhole(before) && IsWhole(after) && before.Type.Family != after.Type.Family) return false;
            for (var i = 0; i < firstList.Items.Count; i++)
                if (!ScalarsMatch(before, firstList.Items[i], after, secondList.Items[i]))
                    return false;
            return true;
        }

        return ScalarsMatch(before, first, after, second);
    }

    private static bool ScalarsMatch(Column before, LiteralValue first, Column after, LiteralValue second)
    {
        if (TextOf(first) is { } firstText && TextOf(second) is { } secondText)
        {
            if (firstText == secondText) return true;
            if (before.Type.Family == TypeFamily.Json || after.Type.Family == TypeFamily.Json) return JsonMatches(firstText, secondText);
        }

        var isTime = before.Type.Family == TypeFamily.DateTime && after.Type.Family == TypeFamily.DateTime && (first is LiteralValue.Text || second is LiteralValue.Text);
        return isTime || (first is LiteralValue.Number one && second is LiteralValue.Number other ? one.IsSame(other) && IsWhole(before) == IsWhole(after) : first == second);
    }

    // To the engine a whole number is never a decimal one: `0` of an Int is set anew where the column becomes a Decimal.
    private static bool IsWhole(Column column) => column.Type.Family is TypeFamily.Int or TypeFamily.BigInt;

    private static string? TextOf(LiteralValue value) => value switch
    {
        LiteralValue.Text text => text.Value,
        LiteralValue.EnumLabel label => label.Value,
        _ => null,
    };

    /// <summary>Whether both are the same JSON; text that is no JSON matches everything, as in the engine.</summary>
    private static bool JsonMatches(string first, string second)
    {
        try
        {
            using var firstJson = JsonDocument.Parse(first);
            using var secondJson = JsonDocument.Parse(second);
            return JsonElement.DeepEquals(firstJson.RootElement, secondJson.RootElement);
        }
        catch (JsonException)
        {
            return true;
        }
    }
}
