using System.Globalization;
using System.Text.RegularExpressions;
using Ploy.Core;
using Ploy.Postgres.Introspection;
using Ploy.Relational.Model;
using Ploy.Relational.Pulling;

namespace Ploy.Postgres.Pulling;

/// <summary>
/// Reads a default as the server prints it under the search path of a user, and as narrowly as the engine does: what it does not take for a
/// literal stays an expression, although it may be one (<c>(1)::smallint</c>, a cast to a type whose name begins with <c>e_</c>).
/// </summary>
internal sealed partial class PulledDefaultReader
{
    private readonly TypeFamily _family;
    private readonly List<Token> _tokens;
    private int _place;

    private PulledDefaultReader(string text, TypeFamily family)
    {
        _family = family;
        _tokens = [.. Tokens().Matches(text).Where(m => !string.IsNullOrWhiteSpace(m.Value)).Select(m => new Token(m.Value))];
    }

    private bool IsAtEnd => _place >= _tokens.Count;

    private Token Current => IsAtEnd ? default : _tokens[_place];

    /// <summary>The default of a single value or a list; null for none.</summary>
    public static PulledDefault? Read(string printed, TypeFamily family, bool isList)
    {
        if (printed.TrimStart().StartsWith("NULL", StringComparison.Ordinal)) return null;
        var reader = new PulledDefaultReader(printed, family);
        var value = isList ? reader.ReadList() : reader.ReadOne() is { } one && reader.IsAtEnd ? one : null;
        return value ?? new PulledDefault.Expression(printed);
    }

    private PulledDefault? ReadOne() => _family switch
    {
        TypeFamily.String or TypeFamily.Json => ReadText() is { } text ? new PulledDefault.Text(text) : null,
        TypeFamily.Int or TypeFamily.BigInt => ReadWhole(),
        TypeFamily.Float or TypeFamily.Decimal => ReadNumber(),
        TypeFamily.Boolean => Current.IsWord ? Truth(Take().Text) : null,
        TypeFamily.DateTime => ReadNow(),
        TypeFamily.Enum => ReadLabel(),
        TypeFamily.Binary => ReadText() is { } hex && StringLiterals.Bytes(hex) is { } bytes ? new PulledDefault.Bytes(bytes) : null,
        _ => null,
    };

    private PulledDefault.Now? ReadNow()
    {
        if (!Current.IsWord || Take().Text.ToLowerInvariant() is not ("now" or "current_timestamp")) return null;
        if (Skip("(") && !Skip(")")) return null;
        return SkipCast() ? new PulledDefault.Now() : null;
    }

    private PulledDefault.Label? ReadLabel()
    {
        var label = Current.IsWord ? Take().Text : ReadText();
        return label is not null && SkipCast() ? new PulledDefault.Label(label) : null;
    }

    private PulledDefault.Constant? ReadWhole()
    {
        if (Current.IsText) return ReadText() is { } text ? Whole(text) : null;
        var sign = Skip("-") ? "-" : "";
        return Current.IsDigits ? Whole(sign + Take().Text) : null;
    }

    private PulledDefault.Constant? ReadNumber()
    {
        if (Current.IsText) return ReadText() is { } text && Plain().IsMatch(text) && SkipCast() ? new PulledDefault.Constant(text) : null;
        var isOpen = Skip("(");
        var number = Skip("-") ? "-" : "";
        if (!Current.IsDigits) return null;
        number += Take().Text;
        if (Skip("."))
        {
            if (!Current.IsDigits) return null;
            number += "." + Take().Text;
        }

        return (!isOpen || Skip(")")) && SkipCast() ? new PulledDefault.Constant(number) : null;
    }

    // '{a,b}' or ARRAY['a', 'b']; what stands behind it is a cast.
    private PulledDefault.List? ReadList()
    {
        if (Current.IsText) return ReadText() is { } text ? ReadLiteral(text) : null;
        Skip("(");
        if (!Current.IsWord || !Take().Text.Equals("array", StringComparison.OrdinalIgnoreCase) || !Skip("[")) return null;
        var items = new List<PulledDefault>();
        while (!Skip("]"))
        {
            if (items.Count > 0 && !Skip(",")) return null;
            if (ReadOne() is not { } item || item is PulledDefault.Now) return null;
            items.Add(item);
        }

        return new PulledDefault.List(items.ToEquatableArray());
    }

    private PulledDefault.List? ReadLiteral(string text)
    {
        if (ArrayLiterals.Parse(text) is not { } texts) return null;
        var items = new List<PulledDefault>();
        foreach (var item in texts)
        {
            PulledDefault? value = _family switch
            {
                TypeFamily.String or TypeFamily.Json => new PulledDefault.Text(item),
                TypeFamily.Int or TypeFamily.BigInt => Whole(item),
                TypeFamily.Float or TypeFamily.Decimal => Plain().IsMatch(item) ? new PulledDefault.Constant(item) : null,
                TypeFamily.Boolean => Truth(item),
                TypeFamily.Enum => new PulledDefault.Label(item),
                _ => null,
            };
            if (value is null) return null;
            items.Add(value);
        }

        return new PulledDefault.List(items.ToEquatableArray());
    }

    private string? ReadText()
    {
        if (!Current.IsText || StringLiterals.Unquote(Current.Text) is not { } text) return null;
        _place++;
        return SkipCast() ? text : null;
    }

    // ::character varying(3)[], ::billing."Mood"
    private bool SkipCast()
    {
        if (!Skip("::")) return true;
        while (Current.IsWord || Current.IsQuoted || Current.Text == ".") _place++;
        if (Skip("("))
        {
            while (!IsAtEnd && Current.Text != ")") _place++;
            if (!Skip(")")) return false;
        }

        return !Skip("[") || Skip("]");
    }

    private static PulledDefault.Constant? Whole(string text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? new PulledDefault.Constant(number.ToString(CultureInfo.InvariantCulture)) : null;

    private static PulledDefault.Constant? Truth(string text) => text.ToLowerInvariant() switch
    {
        "t" or "true" => new PulledDefault.Constant("true"),
        "f" or "false" => new PulledDefault.Constant("false"),
        _ => null,
    };

    private Token Take() => _tokens[_place++];

    private bool Skip(string text)
    {
        if (IsAtEnd || Current.Text != text) return false;
        _place++;
        return true;
    }

    [GeneratedRegex("^-?[0-9]+(\\.[0-9]+)?$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Plain();

    // A word that begins with an `e` goes on with a letter or digit, or is over: the engine looks for E'...' there.
    [GeneratedRegex(
        """[eE]'(\\.|''|[^'\\])*'|'(''|[^'])*'|"(""|[^"])*"|::|[0-9]+|[eE][A-Za-z0-9][A-Za-z0-9_-]*|[eE]|[A-Za-z][A-Za-z0-9_-]*|\s+|.""",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.Singleline)]
    private static partial Regex Tokens();

    private readonly record struct Token(string Text)
    {
        public bool IsText => Text is ['\'', ..] or ['e' or 'E', '\'', ..];

        public bool IsQuoted => Text is ['"', ..];

        public bool IsDigits => Text is [>= '0' and <= '9', ..];

        public bool IsWord => !IsText && Text is [(>= 'a' and <= 'z') or (>= 'A' and <= 'Z'), ..];
    }
}
