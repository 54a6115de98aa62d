using System.Globalization;
using System.Text.RegularExpressions;
using Ploy.Relational.Sessions;

namespace Ploy.Postgres.Sessions;

/// <summary>
/// The comment before each statement of a migration, for those who read <c>pg_stat_activity</c>, the server's log or <c>pg_stat_statements</c>: before and
/// not behind, since the server shows only the first 1024 bytes of a long statement (https://www.postgresql.org/docs/current/runtime-config-statistics.html).
/// </summary>
internal static partial class StatementTag
{
    /// <summary>The text before the statement at that place of the script; empty without a tag. A folder's name cannot end the comment: it has no slash.</summary>
    public static string Before(ScriptTag? tag, int index) =>
        tag is null ? "" : string.Create(CultureInfo.InvariantCulture, $"/* ploy {tag.Migration} {tag.First + index}/{tag.Total} */ ");

    /// <summary>What a statement with a tag is; null for one without.</summary>
    public static (string Migration, int Statement, int Total)? Read(string statement) =>
        Tag().Match(statement) is { Success: true } match
        && int.TryParse(match.Groups[2].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var place) && int.TryParse(match.Groups[3].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var total)
            ? (match.Groups[1].Value, place, total)
            : null;

    [GeneratedRegex(@"^/\* ploy (.+?) ([0-9]+)/([0-9]+) \*/ ", RegexOptions.Singleline)]
    private static partial Regex Tag();
}
