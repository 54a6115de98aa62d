namespace Ploy.Language.Diagnostics;

/// <summary>Finds what a misspelt word may have meant.</summary>
internal static class Suggestion
{
    /// <summary>The candidate nearest to the word, at most two letters away (one, for short words) or differing in case alone; null where none is.</summary>
    public static string? For(string word, IEnumerable<string> candidates)
    {
        var (best, distance) = ((string?)null, word.Length < 4 ? 2 : 3);
        foreach (var candidate in candidates)
        {
            if (candidate == word) continue;
            var found = string.Equals(candidate, word, StringComparison.OrdinalIgnoreCase) ? 0 : Distance(candidate, word, distance);
            if (found < distance) (best, distance) = (candidate, found);
        }

        return best;
    }

    /// <summary>How many letters must be changed, added or taken away.</summary>
    private static int Distance(string first, string second, int limit)
    {
        if (Math.Abs(first.Length - second.Length) >= limit) return limit;
        var row = new int[second.Length + 1];
        for (var j = 0; j < row.Length; j++) row[j] = j;
        for (var i = 1; i <= first.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= second.Length; j++)
            {
                var above = row[j];
                row[j] = Math.Min(Math.Min(above, row[j - 1]) + 1, diagonal + (first[i - 1] == second[j - 1] ? 0 : 1));
                diagonal = above;
            }
        }

        return row[second.Length];
    }
}
