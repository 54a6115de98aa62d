using System.Globalization;
using Ploy.Core;
using Ploy.Postgres.Scripts;
using Ploy.Relational.Model;

namespace Ploy.Postgres.Introspection;

/// <summary>
/// Reads a default as the server prints it (<c>pg_get_expr</c>): literals with any casts and parentheses around them, arrays of either
/// form, the current time, the next value of a sequence. Anything else stays an expression.
/// </summary>
internal static class DefaultParser
{
    /// <summary>The default's meaning for a column of that family; never fails.</summary>
    public static DefaultValue Parse(string printed, TypeFamily family, bool isList)
    {
        var parsed = family == TypeFamily.Unsupported ? null : new Reader(printed, family, isList).Read();
        return parsed ?? new DefaultValue.Expression(new SqlExpression(printed, printed));
    }

    private sealed class Reader
    {
        private readonly string _text;
        private readonly TypeFamily _family;
        private readonly bool _isList;
        private readonly PostgresLexer _lexer;
        private SqlToken _token;

        public Reader(string text, TypeFamily family, bool isList)
        {
            (_text, _family, _isList) = (text, family, isList);
            _lexer = new PostgresLexer(text);
            _token = _lexer.Next();
        }

        public DefaultValue? Read()
        {
            if (!_isList && _family == TypeFamily.DateTime && _text is "now()" or "CURRENT_TIMESTAMP") return new DefaultValue.Now();
            if (!_isList && _family is TypeFamily.Int or TypeFamily.BigInt && Is("nextval")) return ReadSequence();
            if (!_isList && _family is TypeFamily.DateTime or TypeFamily.Uuid) return null; // to the engine these are expressions, whose text with its cast stays
            var raw = ReadValue(0);
            return raw is not null && _token.Kind == SqlTokenKind.End && ToLiteral(raw) is { } literal ? new DefaultValue.Literal(literal) : null;
        }

        // nextval('public.t_id_seq'::regclass)
        private DefaultValue.NextValue? ReadSequence()
        {
            Advance();
            if (!Take('(') || _token.Kind != SqlTokenKind.Text || StringLiterals.Unquote(Current) is not { } name) return null;
            Advance();
            SkipCasts();
            return Take(')') && _token.Kind == SqlTokenKind.End ? new DefaultValue.NextValue(NameOf(name)) : null;
        }

        // The depth is bounded, for a default may be as deep as its author likes.
        private Raw? ReadValue(int depth)
        {
            if (depth > 16) return null;
            Raw? value = null;
            if (Take('('))
            {
                value = ReadValue(depth + 1);
                if (value is null || !Take(')')) return null;
            }
            else if (Take('-'))
            {
                value = ReadValue(depth + 1) is { Text: { } digits } && !digits.StartsWith('-') ? new Raw("-" + digits, null) : null;
            }
            else if (Is("ARRAY"))
            {
                Advance();
                value = ReadArray(depth + 1);
            }
            else if (_token.Kind is SqlTokenKind.Text or SqlTokenKind.Number || Is("true") || Is("false"))
            {
                value = _token.Kind == SqlTokenKind.Text ? StringLiterals.Unquote(Current) is { } text ? new Raw(text, null) : null : new Raw(Current.ToString(), null);
                Advance();
            }

            if (value is not null) SkipCasts();
            return value;
        }

        private Raw? ReadArray(int depth)
        {
            if (!Take('[')) return null;
            var items = new List<Raw>();
            if (Take(']')) return new Raw(null, items);
            do
            {
                if (ReadValue(depth) is not { Items: null } item) return null;
                items.Add(item);
            }
            while (Take(','));
            return Take(']') ? new Raw(null, items) : null;
        }

        // ::character varying(3)[] and the like: names, an argument list, brackets.
        private void SkipCasts()
        {
            while (IsPunctuation(':'))
            {
                Advance();
                if (!Take(':')) return;
                while ((_token.Kind is SqlTokenKind.Word or SqlTokenKind.QuotedName || IsPunctuation('.')) && !Is("COLLATE")) Advance();
                if (Take('('))
                {
                    while (_token.Kind == SqlTokenKind.Number || IsPunctuation(',')) Advance();
                    Take(')');
                    while (_token.Kind == SqlTokenKind.Word) Advance();
                }

                while (Take('[')) Take(']');
            }
        }

        private LiteralValue? ToLiteral(Raw raw)
        {
            if (!_isList) return raw.Text is { } text ? One(text) : null;
            var texts = raw.Items?.Select(i => i.Text!).ToList() ?? ArrayLiterals.Parse(raw.Text!); // items are never arrays themselves
            if (texts is null) return null;
            var items = new List<LiteralValue>();
            foreach (var item in texts)
            {
                if (One(item) is not { } literal) return null;
                items.Add(literal);
            }

            return new LiteralValue.List(items.ToEquatableArray());
        }

        private LiteralValue? One(string text) => _family switch
        {
            TypeFamily.Int or TypeFamily.BigInt or TypeFamily.Float or TypeFamily.Decimal => NumberLiterals.Plain(text) is { } number ? new LiteralValue.Number(number) : null,
            TypeFamily.Boolean => text switch
            {
                "true" or "t" => new LiteralValue.Boolean(true),
                "false" or "f" => new LiteralValue.Boolean(false),
                _ => null,
            },
            TypeFamily.Binary => StringLiterals.Bytes(text) is { } bytes ? new LiteralValue.Bytes(bytes) : null,
            TypeFamily.Enum => new LiteralValue.EnumLabel(text),
            TypeFamily.String or TypeFamily.Json or TypeFamily.Uuid or TypeFamily.DateTime => new LiteralValue.Text(text),
            _ => null,
        };

        private static QualifiedName NameOf(string printed)
        {
            var lexer = new PostgresLexer(printed);
            var parts = new List<string>();
            for (var token = lexer.Next(); token.Kind != SqlTokenKind.End; token = lexer.Next())
                if (token.Kind is SqlTokenKind.Word or SqlTokenKind.QuotedName)
                    parts.Add(token.Kind == SqlTokenKind.Word ? printed[token.Start..token.End] : printed[(token.Start + 1)..(token.End - 1)].Replace("\"\"", "\"", StringComparison.Ordinal));
            return parts.Count > 1 ? new QualifiedName(parts[^2], parts[^1]) : new QualifiedName(null, parts.Count == 0 ? printed : parts[0]);
        }

        private ReadOnlySpan<char> Current => _text.AsSpan(_token.Start, _token.End - _token.Start);

        private void Advance() => _token = _lexer.Next();

        private bool Is(string word) => _token.Kind == SqlTokenKind.Word && Current.Equals(word, StringComparison.OrdinalIgnoreCase);

        private bool IsPunctuation(char c) => _token.Kind == SqlTokenKind.Punctuation && _text[_token.Start] == c;

        private bool Take(char c)
        {
            if (!IsPunctuation(c)) return false;
            Advance();
            return true;
        }
    }

    /// <summary>A literal before its meaning: the text, or the items of an array.</summary>
    private sealed record Raw(string? Text, List<Raw>? Items);
}

/// <summary>Numbers in plain digits.</summary>
internal static class NumberLiterals
{
    /// <summary>Without plus, needless leading zeros and exponent, with the zeros behind the point as they are; null where the text is no finite number.</summary>
    public static string? Plain(string text)
    {
        if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)) return null;
        var negative = text.StartsWith('-');
        var digits = text.TrimStart('-', '+');
        if (digits.AsSpan().IndexOfAnyExceptInRange('0', '9') is var odd and >= 0 && digits[odd] != '.')
            return double.IsFinite(value) ? value.ToString(CultureInfo.InvariantCulture) : null;
        digits = digits.TrimStart('0').TrimEnd('.');
        if (digits.Length == 0 || digits[0] == '.') digits = "0" + digits;
        return negative && digits != "0" ? "-" + digits : digits;
    }
}
