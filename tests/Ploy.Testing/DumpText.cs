using System.Text.RegularExpressions;

namespace Ploy.Testing;

/// <summary>Makes two dumps comparable.</summary>
public static partial class DumpText
{
    /// <summary>
    /// Drops comments, settings and blank lines of <c>pg_dump --schema-only</c> and sorts the columns of every table: a column added
    /// later stands last, which is no difference.
    /// </summary>
    public static string Normalize(string dump)
    {
        var result = new List<string>();
        List<string>? columns = null;
        foreach (var line in dump.Split('\n').Where(IsMeaningful))
        {
            if (columns is not null && line.StartsWith(')'))
            {
                result.AddRange(columns.Order(StringComparer.Ordinal));
                columns = null;
            }

            if (columns is not null)
                columns.Add(line.TrimEnd(','));
            else
                result.Add(line);
            if (line.StartsWith("CREATE TABLE ", StringComparison.Ordinal) && line.EndsWith('('))
                columns = [];
        }

        return string.Join('\n', result);
    }

    /// <summary>
    /// A dump without what the engine's own scripts leave behind, or otherwise than in a database made at once: labels that are added to an enum
    /// stand last; neither namespaces nor extensions are dropped; sequences of counting columns keep their name and type, or stay when the column
    /// counts no more. Statements are sorted.
    /// </summary>
    /// <param name="dump">What <see cref="TemporaryDatabase.DumpAsync"/> gives; the statements of SQLite do not change.</param>
    public static string WithoutLeftovers(string dump)
    {
        var (statements, lines) = (new List<string>(), new List<string>());
        foreach (var line in dump.Split('\n'))
        {
            lines.Add(line);
            if (!line.EndsWith(';')) continue;
            if (lines[0].StartsWith("CREATE TYPE ", StringComparison.Ordinal) && lines[0].EndsWith(" AS ENUM (", StringComparison.Ordinal))
                lines = [lines[0], .. lines[1..^1].Select(label => label.TrimEnd(',')).Order(StringComparer.Ordinal), lines[^1]];
            if (!LeftoverKinds.Any(kind => lines[0].StartsWith(kind, StringComparison.Ordinal)))
                statements.Add(SequenceName().Replace(string.Join('\n', lines), "nextval()"));
            lines.Clear();
        }

        // A list of the server's catalogue has a line for each thing.
        if (lines.Count > 0) statements.Add(SequenceName().Replace(string.Join('\n', lines.Where(l => !CatalogueSequence().IsMatch(l))), "nextval()"));
        return string.Join('\n', statements.Order(StringComparer.Ordinal));
    }

    private static readonly string[] LeftoverKinds = ["CREATE SCHEMA ", "CREATE EXTENSION ", "COMMENT ON EXTENSION ", "CREATE SEQUENCE ", "ALTER SEQUENCE "];

    [GeneratedRegex("^(?:sequence .*|relation .* S)$")]
    private static partial Regex CatalogueSequence();

    [GeneratedRegex("nextval\\('.*?'::regclass\\)")]
    private static partial Regex SequenceName();

    private static bool IsMeaningful(string line) =>
        line.Length > 0
        && !line.StartsWith("--", StringComparison.Ordinal)
        && !line.StartsWith("SET ", StringComparison.Ordinal)
        && !line.StartsWith("SELECT pg_catalog.set_config", StringComparison.Ordinal)
        // Since the releases of August 2025 a dump carries a random word to guard against injection.
        && !line.StartsWith("\\restrict", StringComparison.Ordinal)
        && !line.StartsWith("\\unrestrict", StringComparison.Ordinal);
}
