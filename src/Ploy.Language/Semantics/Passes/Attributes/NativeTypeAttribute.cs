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
            [.. (attribute.Arguments?.Arguments ?? []).Where(a => a.Value is not null).Select(a => field.Model.Source[a.Value!.Span].ToString())],
            attribute);
    }
}
