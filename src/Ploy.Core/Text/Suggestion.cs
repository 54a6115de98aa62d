namespace Ploy.Core.Text;

/// <summary>Finds what a misspelt word may have meant.</summary>
public static class Suggestion
{
    /// <summary>
    /// The candidate nearest to the word: at most two letters away, one for words of up to four letters, or differing in case alone.
    /// Null where none is.
    /// </summary>
    public static string? For(string word, IEnumerable<string> candidates)
    {
        ArgumentNullException.ThrowIfNull(word);
        ArgumentNullException.ThrowIfNull(candidates);
        var (best, distance) = ((string?)null, word.Length switch { 1 => 1, <= 4 => 2, _ => 3 });
        foreach (var candidate in candidates)
        {
            if (candidate == word) continue;
            var found = string.Equals(candidate, word, StringComparison.OrdinalIgnoreCase) ? 0 : Distance(candidate, word, distance);
            if (found < distance) (best, distance) = (candidate, found);
        }

        return best;
    }

    /// <summary>How many letters must be changed, added, taken away or swapped with their neighbour; the limit where it is no less.</summary>
    private static int Distance(string first, string second, int limit)
    {
        if (Math.Abs(first.Length - second.Length) >= limit) return limit;
        var distances = new int[first.Length + 1, second.Length + 1];
        for (var i = 0; i <= first.Length; i++)
        {
            for (var j = 0; j <= second.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    distances[i, j] = i + j;
                    continue;
                }

                var changed = distances[i - 1, j - 1] + (first[i - 1] == second[j - 1] ? 0 : 1);
                distances[i, j] = Math.Min(changed, Math.Min(distances[i - 1, j], distances[i, j - 1]) + 1);
                if (i > 1 && j > 1 && first[i - 1] == second[j - 2] && first[i - 2] == second[j - 1])
                    distances[i, j] = Math.Min(distances[i, j], distances[i - 2, j - 2] + 1);
            }
        }

        return Math.Min(distances[first.Length, second.Length], limit);
    }
}
