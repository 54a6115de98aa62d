namespace Ploy.Language.Semantics.Passes.Attributes;

/// <summary><c>@map("...")</c> and <c>@@map("...")</c>: the name in the database.</summary>
internal static class MapAttribute
{
    /// <summary>The name; null, and a report, where it is missing or no text.</summary>
    public static string? Read(AttributeArguments arguments)
    {
        var name = arguments.MainText("name");
        arguments.End();
        return name?.Text;
    }
}
