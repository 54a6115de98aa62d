namespace Ploy.Testing;

/// <summary>Makes two dumps comparable.</summary>
public static class DumpText
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

    private static bool IsMeaningful(string line) =>
        line.Length > 0
        && !line.StartsWith("--", StringComparison.Ordinal)
        && !line.StartsWith("SET ", StringComparison.Ordinal)
        && !line.StartsWith("SELECT pg_catalog.set_config", StringComparison.Ordinal)
        // Since the releases of August 2025 a dump carries a random word to guard against injection.
        && !line.StartsWith("\\restrict", StringComparison.Ordinal)
        && !line.StartsWith("\\unrestrict", StringComparison.Ordinal);
}
