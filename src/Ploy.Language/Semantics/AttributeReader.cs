using System.Collections.Immutable;
using Ploy.Language.Syntax;

namespace Ploy.Language.Semantics;

/// <summary>Reads what attributes say.</summary>
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

    public static ImmutableArray<string> Words(ExpressionSyntax? value) => value switch
    {
        ArraySyntax array => [.. array.Elements.OfType<ConstantSyntax>().Select(c => c.Text)],
        ConstantSyntax word => [word.Text],
        _ => [],
    };

    public static ReferentialAction? Action(ExpressionSyntax? value) =>
        value is ConstantSyntax { Text: var word } && Enum.TryParse<ReferentialAction>(word, out var action) ? action : null;

    public static ImmutableArray<KeyPart> Parts(ExpressionSyntax? value) =>
        value is ArraySyntax array ? [.. array.Elements.Select(Part).OfType<KeyPart>()] : value is null ? [] : [.. new[] { Part(value) }.OfType<KeyPart>()];

    /// <summary>A part whose options stand in the attribute itself (<c>@unique(sort: Desc)</c>).</summary>
    public static KeyPart Part(string field, IEnumerable<ArgumentSyntax> arguments)
    {
        var part = new KeyPart { Field = field };
        foreach (var argument in arguments)
        {
            part = (argument.Name?.Text, argument.Value) switch
            {
                ("sort", ConstantSyntax { Text: "Desc" }) => part with { Sort = SortOrder.Descending },
                ("sort", ConstantSyntax) => part with { Sort = SortOrder.Ascending },
                ("length", NumberSyntax { Text: var text }) when int.TryParse(text, out var length) => part with { Length = length },
                ("ops", ConstantSyntax { Text: var ops }) => part with { OperatorClass = ops },
                ("ops", CallSyntax { Name.Text: "raw", Arguments.Arguments: [{ Value: StringSyntax raw }] }) => part with { RawOperatorClass = raw.Value },
                _ => part,
            };
        }

        return part;
    }

    public static DefaultModel? Default(ExpressionSyntax? value) => value switch
    {
        CallSyntax call => Function(call),
        null => null,
        _ when Literal(value) is { } literal => new DefaultModel.Value(literal),
        _ => null,
    };

    /// <summary>The predicate as the engine writes it.</summary>
    public static string? Predicate(ExpressionSyntax? value, Func<string, string> columnOf) => value switch
    {
        CallSyntax { Name.Text: "raw", Arguments.Arguments: [{ Value: StringSyntax raw }] } => raw.Value,
        ObjectSyntax condition => string.Join(" AND ", condition.Members.Select(m => Condition(columnOf(m.Name!.Text), m.Value!))),
        _ => null,
    };

    private static string Condition(string column, ExpressionSyntax value) => value switch
    {
        ObjectSyntax { Members: [{ Name.Text: "not", Value: ConstantSyntax { Text: "null" } }] } => $"\"{column}\" IS NOT NULL",
        ObjectSyntax { Members: [{ Name.Text: "not", Value: { } not }] } => $"\"{column}\" != {Constant(not)}",
        ConstantSyntax { Text: "null" } => $"\"{column}\" IS NULL",
        _ => $"\"{column}\" = {Constant(value)}",
    };

    private static string Constant(ExpressionSyntax value) => value switch
    {
        StringSyntax text => "'" + text.Value.Replace("'", "''", StringComparison.Ordinal) + "'",
        NumberSyntax number => number.Text,
        ConstantSyntax word => word.Text,
        _ => "",
    };

    private static KeyPart? Part(ExpressionSyntax value) => value switch
    {
        ConstantSyntax word => new KeyPart { Field = word.Text },
        CallSyntax call => Part(call.Name.Text, call.Arguments.Arguments),
        _ => null,
    };

    private static DefaultModel? Function(CallSyntax call)
    {
        var first = call.Arguments.Arguments.FirstOrDefault()?.Value;
        return call.Name.Text switch
        {
            "autoincrement" => new DefaultModel.AutoIncrement(),
            "now" => new DefaultModel.Now(),
            "dbgenerated" => new DefaultModel.DatabaseGenerated((first as StringSyntax)?.Value),
            "cuid" or "uuid" or "ulid" or "nanoid" => new DefaultModel.ClientGenerated(
                call.Name.Text, first is NumberSyntax { Text: var text } && int.TryParse(text, out var number) ? number : null),
            _ => null,
        };
    }

    private static LiteralModel? Literal(ExpressionSyntax value) => value switch
    {
        StringSyntax text => new LiteralModel.Text(text.Value),
        NumberSyntax number => new LiteralModel.Number(number.Text),
        ConstantSyntax { Text: "true" } => new LiteralModel.Boolean(true),
        ConstantSyntax { Text: "false" } => new LiteralModel.Boolean(false),
        ConstantSyntax word => new LiteralModel.EnumValue(word.Text),
        ArraySyntax array => new LiteralModel.List(Core.EquatableArray.ToEquatableArray(array.Elements.Select(Literal).OfType<LiteralModel>())),
        _ => null,
    };
}
