using Ploy.Language.Syntax;

namespace Ploy.Language.Formatting;

/// <summary>The order of attributes on a field or at the end of a block; all others follow as written.</summary>
internal static class AttributeOrder
{
    private static readonly string[] Names = ["id", "unique", "default", "updatedAt", "index", "fulltext", "map", "relation", "ignore"];

    public static int Of(AttributeSyntax attribute) => (uint)Array.IndexOf(Names, attribute.Name.Text) is var place && place < Names.Length ? (int)place : Names.Length;
}
