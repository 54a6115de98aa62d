using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Ploy.Migrations.Files;

/// <summary>Names of migration folders: the time in UTC, an underscore, and what the user called it, as words in lower case.</summary>
public static partial class MigrationNames
{
    /// <summary>The longest slug in characters; the engine cuts there.</summary>
    public const int MaxSlugLength = 200;

    private static readonly Dictionary<char, string> Letters = ReadLetters(
        "ae äæǽ Ae Ä AE ÆǼ oe öœ Oe Ö OE Œ ue ü Ue Ü ss ß th þ TH Þ a àáâãåāăąạảấầẩẫậắằẳẵặ A ÀÁÂÃÅĀĂĄẠẢẤẦẨẪẬẮẰẲẴẶ c çćĉċč C ÇĆĈĊČ d ďđð D ĎĐÐ e èéêëēĕėęěẹẻẽếềểễệ "
        + "E ÈÉÊËĒĔĖĘĚẸẺẼẾỀỂỄỆ g ĝğġģ G ĜĞĠĢ h ĥħ H ĤĦ i ìíîïĩīĭįıỉị I ÌÍÎÏĨĪĬĮİỈỊ j ĵ J Ĵ k ķ K Ķ l ĺļľŀł L ĹĻĽĿŁ n ñńņňŉ N ÑŃŅŇ o òóôõøōŏőơọỏốồổỗộớờởỡợ "
        + "O ÒÓÔÕØŌŎŐƠỌỎỐỒỔỖỘỚỜỞỠỢ r ŕŗř R ŔŖŘ s śŝşšș S ŚŜŞŠȘ t ţťŧț T ŢŤŦȚ u ùúûũūŭůűųưụủứừửữự U ÙÚÛŨŪŬŮŰŲƯỤỦỨỪỬỮỰ w ŵ W Ŵ y ýÿŷỳỵỷỹ Y ÝŸŶỲỴỶỸ z źżž Z ŹŻŽ "
        + "a аα A АΑ b бβ B БΒ v в V В g гґγ G ГҐΓ d дδ D ДΔ e еэε E ЕЭΕ yo ё Yo Ё zh ж Zh Ж z зζ Z ЗΖ i иіηιί I ИІΗΙ y й Y Й k кκ K КΚ l лλ L ЛΛ m мμ M МΜ n нν N НΝ "
        + "o оοωόώ O ОΟΩ p пπ P ПΠ r рρ R РΡ s сσς S СΣ t тτ T ТΤ u у U У f фφ F ФΦ kh х Kh Х ts ц Ts Ц ch ч Ch Ч sh ш Sh Ш sch щ Sch Щ y ыυ Y ЫΥ yu ю Yu Ю ya я Ya Я yi ї Yi Ї ye є Ye Є "
        + "a ά e έ i ή y ύ 8 θ 3 ξ x χ ps ψ");

    /// <summary>The folder's name.</summary>
    /// <param name="time">When it is made; its UTC seconds count.</param>
    /// <param name="name">What the user calls it; blank gives the bare time.</param>
    public static string Create(DateTimeOffset time, string name)
    {
        var stamp = time.ToUniversalTime().ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture);
        return Slug(name) is { Length: > 0 } slug ? $"{stamp}_{slug}" : stamp;
    }

    /// <summary>
    /// The time for a migration that sorts behind all others: now, or the second after the newest, which may have been made in this very
    /// second or by a clock that is ahead.
    /// </summary>
    /// <param name="now">The time.</param>
    /// <param name="last">The last migration's name; null where there is none.</param>
    public static DateTimeOffset TimeAfter(DateTimeOffset now, string? last)
    {
        if (last is not { Length: >= 14 }
            || !DateTimeOffset.TryParseExact(last[..14], "yyyyMMddHHmmss", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var stamp))
            return now;
        return now < stamp.AddSeconds(1) ? stamp.AddSeconds(1) : now;
    }

    /// <summary>
    /// Words in lower case, joined by underscores: letters to ASCII, <c>someDraft</c> split into words, all else a separator, cut at
    /// <see cref="MaxSlugLength"/>.
    /// </summary>
    public static string Slug(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var text = new StringBuilder();
        foreach (var c in name)
        {
            if (c == '&') text.Append(" and ");
            else if (c == '♥') text.Append(" love ");
            else if (Letters.TryGetValue(c, out var letters)) text.Append(letters);
            else text.Append(c);
        }

        var words = LettersAndDigits().Replace(text.ToString(), "$1 $2");
        words = LowerAndCapitals().Replace(words, "$1 $2");
        words = LowerAndUpper().Replace(words, "$1 $2");
        words = CapitalsAndWord().Replace(words, "$1 $2");
        var slug = Separators().Replace(words.ToLowerInvariant(), "_").Trim('_');
        return slug.Length <= MaxSlugLength ? slug : slug[..MaxSlugLength];
    }

    private static Dictionary<char, string> ReadLetters(string table)
    {
        var letters = new Dictionary<char, string>();
        var words = table.Split(' ');
        for (var i = 0; i + 1 < words.Length; i += 2)
            foreach (var c in words[i + 1])
                letters[c] = words[i];
        return letters;
    }

    [GeneratedRegex("([A-Z]{2,})([0-9]+)")]
    private static partial Regex LettersAndDigits();

    [GeneratedRegex("([a-z0-9]+)([A-Z]{2,})")]
    private static partial Regex LowerAndCapitals();

    [GeneratedRegex("([a-z0-9])([A-Z])")]
    private static partial Regex LowerAndUpper();

    [GeneratedRegex("([A-Z]+)([A-Z][a-z0-9]+)")]
    private static partial Regex CapitalsAndWord();

    [GeneratedRegex("[^a-z0-9]+")]
    private static partial Regex Separators();
}
