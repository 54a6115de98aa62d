using System.Collections.Immutable;
using Ploy.Language.Semantics.Symbols;
using Ploy.Language.Syntax;

namespace Ploy.Language.Semantics.Passes.Attributes;

/// <summary><c>@db.X(...)</c>: the database's own type. What it means depends on the provider.</summary>
internal static class NativeTypeAttribute
{
    public static NativeTypeSymbol Read(AttributeSyntax attribute, FieldSymbol field)
    {
        var dot = attribute.Name.Text.IndexOf('.', StringComparison.Ordinal);
        return new NativeTypeSymbol(
            attribute.Name.Text[..dot],
            attribute.Name.Text[(dot + 1)..],
            attribute.Arguments is { Arguments: { IsEmpty: false } arguments } ? Values(field, arguments) : [],
            attribute);
    }

    private static ImmutableArray<string> Values(FieldSymbol field, ImmutableArray<ArgumentSyntax> arguments)
    {
        var values = ImmutableArray.CreateBuilder<string>(arguments.Length);
        foreach (var argument in arguments)
        {
            // Nearly all are numbers, whose text is at hand.
            if (argument.Value is NumberSyntax number) values.Add(number.Text);
            else if (argument.Value is { } value) values.Add(field.Model.Source[value.Span].ToString());
        }

        return values.DrainToImmutable();
    }
}
