using System.Collections.Frozen;

namespace Ploy.Language.Formatting.Completion;

/// <summary>The plural that the engine gives a name, found out by asking it: a list field that it adds must get the same name.</summary>
internal static class Plurals
{
    private const string Vowels = "aeiou";

    private static readonly FrozenDictionary<string, string> Irregular = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["die"] = "dice", ["eave"] = "eaves", ["foot"] = "feet", ["goose"] = "geese", ["man"] = "men",
        ["ox"] = "oxen", ["quiz"] = "quizzes", ["tooth"] = "teeth", ["woman"] = "women", ["yes"] = "yeses",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Words that have no plural; only whole names count.</summary>
    private static readonly FrozenSet<string> Uncountable = UncountableWords.All.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Endings, the first that fits first: behind one of the stems, one of the old endings becomes the new one.</summary>
    private static readonly Rule[] Rules =
    [
        new(["eaux"], [""], ""),
        new(["child"], ["ren", ""], "ren"),
        new(["pe"], ["rson", "ople"], "ople"),
        new(["m", "l"], ["ice", "ouse"], "ice"),
        new(["matr", "cod", "mur", "sil", "vert", "ind", "append"], ["ix", "ex"], "ices"),
        new(["x", "ch", "ss", "sh", "zz"], [""], "es"),
        new(["xes", "ches", "sses", "shes", "zzes"], [""], ""),
        new(EndsInLongEy, "ey", "ies"),
        new(w => EndsIn(w, "qu") || (w.Length > 0 && !(Vowels + "y").Contains(w[^1])), "y", "ies"),
        new(["ar", "l", "ea", "eo", "oa", "hoo"], ["f"], "ves"),
        new(["kni", "wi", "li"], ["fe"], "ves"),
        new([""], ["sis"], "ses"),
        new(["apheli", "hyperbat", "periheli", "asyndet", "noumen", "phenomen", "criteri", "organ", "prolegomen", "hedr", "automat"], ["a", "on"], "a"),
        new(["agend", "addend", "millenni", "dat", "extrem", "bacteri", "desiderat", "strat", "candelabr", "errat", "ov", "symposi", "curricul", "automat", "quor"], ["a", "um"], "a"),
        new(["her", "at", "gr"], ["o"], "oes"),
        new(["seraph", "cherub"], ["im", ""], "im"),
        new(["alumn", "alg", "vertebr"], ["a", "ae"], "ae"),
        new(["alumn", "syllab", "octop", "vir", "radi", "nucle", "fung", "cact", "stimul", "termin", "bacill", "foc", "uter", "loc", "strat"], ["us", "i"], "i"),
        new(EndsInForeignAs, "", ""),
        new(["emu", "enu"], ["s", ""], "s"),
        new(w => EndsIn(w, "alias", "tlas", "gas", "ris") || (EndsIn(w, "us") && w.Length > 2 && !"aou".Contains(w[^3])), "", "es"),
        new(["ax", "test"], ["is"], "es"),
        new(w => EndsIn(w, "ese") && w.Length > 3 && !Vowels.Contains(w[^4]), "", ""),
        new([""], ["s", ""], "s"),
    ];

    /// <summary>The plural of a name in camel case.</summary>
    public static string Of(string name)
    {
        if (Uncountable.Contains(name)) return name;
        if (Irregular.TryGetValue(name, out var plural)) return plural;
        foreach (var rule in Rules)
            if (rule.Apply(name) is { } result)
                return result;
        return name + "s";
    }

    private static bool EndsIn(string word, params ReadOnlySpan<string> endings)
    {
        foreach (var ending in endings)
            if (word.EndsWith(ending, StringComparison.Ordinal))
                return true;
        return false;
    }

    /// <summary>Money and valley, but not key, honey or journey.</summary>
    private static bool EndsInLongEy(string stem) =>
        stem.Length > 2 && stem[^1] is 'l' or 'n' && stem[^2] is 'i' or 'e' or 'o' && stem[^3] is not ('c' or 'h');

    /// <summary>Bias, atlas, canvas: words of other languages, or plurals already.</summary>
    private static bool EndsInForeignAs(string word) =>
        (EndsIn(word, "ias") && word.Length > 3 && word[^4] != 'l')
        || (EndsIn(word, "las") && word.Length > 3 && Vowels.Contains(word[^4]))
        || EndsIn(word, "eas", "mas", "jas", "zas", "ras", "iam", "uam");

    private sealed class Rule(Func<string, bool> fits, IReadOnlyList<string> endings, string plural)
    {
        public Rule(IReadOnlyList<string> stems, IReadOnlyList<string> endings, string plural)
            : this(word => EndsIn(word, [.. stems]), endings, plural)
        {
        }

        public Rule(Func<string, bool> fits, string ending, string plural)
            : this(fits, [ending], plural)
        {
        }

        public string? Apply(string word)
        {
            foreach (var ending in endings)
                if (word.EndsWith(ending, StringComparison.Ordinal) && fits(word[..^ending.Length]))
                    return word[..^ending.Length] + plural;
            return null;
        }
    }
}
