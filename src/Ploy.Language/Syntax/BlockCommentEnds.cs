namespace Ploy.Language.Syntax;

/// <summary>Finds where block comments end; asking for places in rising order takes time linear in the text, unclosed comments included.</summary>
internal sealed class BlockCommentEnds(string text)
{
    /// <summary>From here on up to <see cref="_mark"/> no mark stands; null before the first question.</summary>
    private int? _from;

    /// <summary>Where the mark after <see cref="_from"/> stands; the text's length where there is none.</summary>
    private int _mark;

    /// <summary>Where the comment that begins at a place ends; null where nothing closes it, so that it is none.</summary>
    public int? Find(int start)
    {
        var from = start + 2;
        if (_from is not { } known || from < known || from > _mark)
        {
            var mark = from >= text.Length ? -1 : text.IndexOf("*/", from, StringComparison.Ordinal);
            (_from, _mark) = (from, mark < 0 ? text.Length : mark);
        }

        return _mark == text.Length ? null : _mark + 2;
    }
}
