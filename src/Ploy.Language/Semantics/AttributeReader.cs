using System.Collections.Immutable;
using Ploy.Language.Syntax;

namespace Ploy.Language.Semantics;

/// <summary>Looks into attributes of schemas that may have faults, for those who only want to see what is there, such as the formatter.</summary>
internal static class AttributeReader
{
    public static AttributeSyntax? Find(this ImmutableArray<AttributeSyntax> attributes, string name)
    {
        foreach (var attribute in attributes)
            if (attribute.Name.Text == name)
                return attribute;
        return null;
    }

    /// <summary>The argument of that name, or the first unnamed one where it is the default argument.</summary>
    public static ExpressionSyntax? Argument(this AttributeSyntax attribute, string name, bool isDefault = false)
    {
        foreach (var argument in attribute.Arguments?.Arguments ?? [])
            if (argument.Name?.Text == name || (isDefault && argument.Name is null))
                return argument.Value;
        return null;
    }

    public static string? Text(this AttributeSyntax attribute, string name, bool isDefault = false) =>
        (attribute.Argument(name, isDefault) as StringSyntax)?.Value;

    /// <summary>The words of a list, or the one that stands without brackets; what is no word is left out.</summary>
    public static ImmutableArray<string> Words(ExpressionSyntax? value) => value switch
    {
        ArraySyntax array => [.. array.Elements.OfType<ConstantSyntax>().Select(c => c.Text)],
        ConstantSyntax word => [word.Text],
        _ => [],
    };

    /// <summary>The fields of a key or index, without their options.</summary>
    public static ImmutableArray<string> PartNames(ExpressionSyntax? value) => value switch
    {
        ArraySyntax array => [.. array.Elements.SelectMany(e => PartNames(e))],
        ConstantSyntax word => [word.Text],
        CallSyntax call => [call.Name.Text],
        _ => [],
    };
}
