namespace Ploy.Core.Text;

/// <summary>Finds what a misspelt word may have meant.</summary>
public static class Suggestion
{
    /// <summary>Rows of names up to this length lie on the stack.</summary>
    private const int Short = 128;

    /// <summary>
    /// The candidate nearest to the word: at most two letters away, one for words of up to four letters, or differing in case alone.
    /// Null where none is. Takes time linear in the letters of the candidates.
    /// </summary>
    public static string? For(string word, IEnumerable<string> candidates)
    {
        ArgumentNullException.ThrowIfNull(word);
        ArgumentNullException.ThrowIfNull(candidates);
        var (best, distance) = ((string?)null, word.Length switch { 1 => 1, <= 4 => 2, _ => 3 });
        foreach (var candidate in candidates)
        {
            if (Math.Abs(candidate.Length - word.Length) >= distance || candidate == word) continue;
            var found = string.Equals(candidate, word, StringComparison.OrdinalIgnoreCase) ? 0 : Distance(candidate, word, distance);
            if (found < distance) (best, distance) = (candidate, found);
        }

        return best;
    }

    /// <summary>How many letters must be changed, added, taken away or swapped with their neighbour; the limit where it is no less.</summary>
    private static int Distance(ReadOnlySpan<char> first, ReadOnlySpan<char> second, int limit)
    {
        // What both begin and end with costs nothing.
        var same = first.CommonPrefixLength(second);
        first = first[same..];
        second = second[same..];
        while (first.Length > 0 && second.Length > 0 && first[^1] == second[^1])
        {
            first = first[..^1];
            second = second[..^1];
        }

        if (first.Length == 0 || second.Length == 0) return Math.Min(first.Length + second.Length, limit);

        var width = second.Length + 2;
        var rows = width > Short ? new int[3 * width] : stackalloc int[3 * width];
        var before = rows[..width];
        var previous = rows[width..(2 * width)];
        var current = rows[(2 * width)..];
        for (var j = 0; j < width; j++) previous[j] = Math.Min(j, limit);
        var leastBefore = 0;
        for (var i = 1; i <= first.Length; i++)
        {
            // Further from the diagonal it is the limit already.
            var (from, to) = (Math.Max(1, i - limit + 1), Math.Min(second.Length, i + limit - 1));
            var least = current[from - 1] = from == 1 ? Math.Min(i, limit) : limit;
            for (var j = from; j <= to; j++)
            {
                var changed = previous[j - 1] + (first[i - 1] == second[j - 1] ? 0 : 1);
                var found = Math.Min(changed, Math.Min(previous[j], current[j - 1]) + 1);
                if (i > 1 && j > 1 && first[i - 1] == second[j - 2] && first[i - 2] == second[j - 1]) found = Math.Min(found, before[j - 2] + 1);
                current[j] = Math.Min(found, limit);
                least = Math.Min(least, current[j]);
            }

            current[to + 1] = limit;
            if (least >= limit && leastBefore >= limit) return limit;
            leastBefore = least;
            var free = before;
            before = previous;
            previous = current;
            current = free;
        }

        return previous[second.Length];
    }
}

/// <summary>Finds what many misspelt words may have meant among the same names. Not thread-safe.</summary>
/// <param name="candidates">The names.</param>
public sealed class Suggestions(IEnumerable<string> candidates)
{
    /// <summary>So many names are compared in all: where a schema's half is missing, nobody needs a hint at each of ten thousand places.</summary>
    private const long MostCompared = 5_000_000;

    private readonly Dictionary<string, string?> _found = new(StringComparer.Ordinal);
    private readonly List<string> _candidates = [.. candidates];

    /// <summary>As <see cref="Suggestion.For"/>; null also behind the first five million comparisons.</summary>
    public string? For(string word)
    {
        if (_found.TryGetValue(word, out var known)) return known;
        if (_found.Count * (long)_candidates.Count >= MostCompared) return null;
        return _found[word] = Suggestion.For(word, _candidates);
    }
}
