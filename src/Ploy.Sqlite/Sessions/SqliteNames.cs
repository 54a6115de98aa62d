namespace Ploy.Sqlite.Sessions;

/// <summary>Writes names and texts in SQL.</summary>
internal static class SqliteNames
{
    /// <summary>The identifier in double quotes.</summary>
    public static string Quote(string identifier) => $"\"{identifier.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    /// <summary>The text as a literal. SQLite has no escapes in it but the doubled quote.</summary>
    public static string Literal(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}
