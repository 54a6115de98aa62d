using Ploy.Core;
using Ploy.Relational.Model;

namespace Ploy.Sqlite.Rendering;

/// <summary>
/// The engine writes a default of JSON as it stands, without quotes. SQLite takes some of that for something else: <c>[]</c> is a name in brackets, which gives an empty text,
/// <c>"a"</c> is the text without its quotes, <c>true</c> is 1. Between two files that is kept; what SQLite refuses (<c>{}</c>) or has no value for (<c>null</c>) is not.
/// </summary>
internal static class BareJson
{
    /// <summary>The schema with those defaults as expressions.</summary>
    public static DatabaseSchema Of(DatabaseSchema schema) =>
        schema.Tables.Any(t => t.Columns.Any(IsBare)) ? schema with { Tables = schema.Tables.Select(Of).ToEquatableArray() } : schema;

    private static Table Of(Table table) => table.Columns.Any(IsBare) ? table with { Columns = table.Columns.Select(c => IsBare(c) ? Of(c) : c).ToEquatableArray() } : table;

    private static Column Of(Column column) => column with { Default = new DefaultValue.Expression(new SqlExpression(Text(column)!)) }; // it is bare

    private static bool IsBare(Column column) => Text(column) is { } json && IsTaken(json);

    private static string? Text(Column column) =>
        column is { Type.Family: TypeFamily.Json, Default: DefaultValue.Literal { Value: LiteralValue.Text { Value: { Length: > 0 } json } } } ? json : null;

    // A name ends at the first bracket or quote that closes it (https://www.sqlite.org/lang_keywords.html).
    private static bool IsTaken(string json) => json is "true" or "false" || json[0] switch
    {
        '[' => json.IndexOf(']', StringComparison.Ordinal) == json.Length - 1,
        '"' => json.IndexOf('"', 1) == json.Length - 1,
        _ => false,
    };
}
