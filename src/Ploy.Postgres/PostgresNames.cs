namespace Ploy.Postgres;

/// <summary>Names and literals in this project's own statements.</summary>
internal static class PostgresNames
{
    /// <summary>The identifier in quotes, those inside doubled.</summary>
    public static string Quote(string name) => "\"" + name.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";

    /// <summary>A name in its namespace, both quoted.</summary>
    public static string Quote(string? space, string name) => space is null ? Quote(name) : Quote(space) + "." + Quote(name);

    /// <summary>A string literal; right because every session sets <c>standard_conforming_strings</c>.</summary>
    public static string Literal(string text) => "'" + text.Replace("'", "''", StringComparison.Ordinal) + "'";
}
