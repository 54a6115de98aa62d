using Ploy.Language.Semantics.Symbols;

namespace Ploy.Language.Semantics.Passes.Attributes;

/// <summary><c>@@schema("...")</c>: the namespace of a table or enum.</summary>
internal static class SchemaAttribute
{
    /// <summary>The namespace; null, and a report, where it is missing or no text.</summary>
    public static PlacedText? Read(AttributeArguments arguments)
    {
        var name = arguments.MainText("map");
        arguments.End();
        return name;
    }
}
