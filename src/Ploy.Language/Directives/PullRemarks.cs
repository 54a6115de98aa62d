namespace Ploy.Language.Directives;

/// <summary>
/// The lines that a pull, the engine's or ours, writes into doc comments: what the language cannot say of a table, or why a field is commented out.
/// They are words of the tool, no description: a comment in the database never holds them, or every pull would be followed by a migration.
/// </summary>
public static class PullRemarks
{
    /// <summary>Above a field or value that cannot have its name.</summary>
    public const string InvalidName = "This field was commented out because of an invalid name. Please provide a valid one that matches [a-zA-Z][a-zA-Z0-9_]*";

    /// <summary>Above a model whose table has no column.</summary>
    public const string NoColumns = "We could not retrieve columns for the underlying table. Either it has none or you are missing rights to see them. Please check your privileges.";

    /// <summary>The same, on databases without row-level security.</summary>
    public const string NoRights = "We could not retrieve columns for the underlying table. You probably have no rights to see them. Please check your privileges.";

    /// <summary>Above a model whose rows nothing identifies.</summary>
    public const string NoIdentifier = "The underlying table does not contain a valid unique identifier and can therefore currently not be handled by Prisma Client.";

    /// <summary>What the page that explains a remark begins with.</summary>
    public const string Pages = "https://pris.ly/d/";

    private const string Renamed = " during introspection, because the original name '";

    /// <summary>Above a model or view that could not have its table's name.</summary>
    public static string RenamedFrom(string kind, string name, string map) => $"This {kind} has been renamed to '{name}'{Renamed}{map}' is reserved.";

    /// <summary>Whether a line, without blanks around it, is such a remark.</summary>
    public static bool Is(string line) =>
        line is InvalidName or NoColumns or NoRights or NoIdentifier
        || line.StartsWith("This ", StringComparison.Ordinal) && (line.Contains(Pages, StringComparison.Ordinal) || line.Contains(Renamed, StringComparison.Ordinal));
}
