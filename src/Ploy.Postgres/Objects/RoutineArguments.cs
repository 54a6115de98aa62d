using Ploy.Postgres.Scripts;

namespace Ploy.Postgres.Objects;

/// <summary>
/// The types by which a function or procedure is known, as <c>oidvectortypes</c> prints them, from the list of its arguments as written. Types of the user's
/// that stand in no namespace are taken to stand in <c>public</c>, where most do.
/// </summary>
internal static class RoutineArguments
{
    private static readonly Dictionary<string, string> Aliases = new(StringComparer.Ordinal)
    {
        ["int"] = "integer", ["int4"] = "integer", ["int2"] = "smallint", ["int8"] = "bigint", ["bool"] = "boolean", ["float4"] = "real",
        ["float8"] = "double precision", ["float"] = "double precision", ["decimal"] = "numeric", ["dec"] = "numeric", ["varchar"] = "character varying",
        ["char"] = "character", ["bpchar"] = "character", ["varbit"] = "bit varying", ["timestamp"] = "timestamp without time zone",
        ["timestamptz"] = "timestamp with time zone", ["time"] = "time without time zone", ["timetz"] = "time with time zone", ["char varying"] = "character varying",
    };

    private static readonly HashSet<string> BuiltIn = new(StringComparer.Ordinal)
    {
        "integer", "smallint", "bigint", "boolean", "real", "double precision", "numeric", "character varying", "character", "bit", "bit varying", "text", "bytea",
        "timestamp without time zone", "timestamp with time zone", "time without time zone", "time with time zone", "date", "interval", "json", "jsonb", "uuid",
        "xml", "money", "inet", "cidr", "macaddr", "macaddr8", "point", "line", "lseg", "box", "path", "polygon", "circle", "tsvector", "tsquery", "oid", "name",
        "regclass", "regproc", "regprocedure", "regtype", "regrole", "regnamespace", "int4range", "int8range", "numrange", "tsrange", "tstzrange", "daterange",
        "int4multirange", "int8multirange", "nummultirange", "tsmultirange", "tstzmultirange", "datemultirange", "record", "void", "trigger", "event_trigger",
        "anyelement", "anyarray", "anynonarray", "anyenum", "anyrange", "anymultirange", "anycompatible", "anycompatiblearray", "internal", "cstring", "pg_lsn",
    };

    private static readonly HashSet<string> Continued = new(StringComparer.Ordinal)
    {
        "double precision", "character varying", "char varying", "bit varying", "timestamp with", "timestamp without", "time with", "time without", "national character",
    };

    /// <summary>The types with commas between; null where the text does not begin with a list in parentheses.</summary>
    /// <param name="text">From the opening parenthesis on.</param>
    /// <param name="countsOut">Whether OUT arguments count, as they do for procedures.</param>
    public static string? Types(string text, bool countsOut)
    {
        var lexer = new PostgresLexer(text);
        var token = lexer.Next();
        if (!Is(text, token, "(")) return null;
        var types = new List<string>();
        var argument = new List<string>();
        var depth = 1;
        while (depth > 0)
        {
            token = lexer.Next();
            if (token.Kind == SqlTokenKind.End) return null;
            var word = text[token.Start..token.End];
            if (token.Kind == SqlTokenKind.Punctuation)
            {
                depth += word is "(" or "[" ? 1 : word is ")" or "]" ? -1 : 0;
                if (depth == 0 || depth == 1 && word == ",")
                {
                    if (TypeOf(argument, countsOut) is { } type) types.Add(type);
                    argument.Clear();
                    continue;
                }
            }

            argument.Add(token.Kind == SqlTokenKind.Word ? word.ToLowerInvariant() : word);
        }

        return string.Join(", ", types);
    }

    // Null for what does not count.
    private static string? TypeOf(List<string> argument, bool countsOut)
    {
        var end = argument.FindIndex(w => w is "default" or "=");
        var words = end < 0 ? argument : argument[..end];
        var at = 0;
        var mode = words is [var first, _, ..] && first is "in" or "out" or "inout" or "variadic" ? words[at++] : "in";
        if (words.Count == at || mode == "out" && !countsOut) return null;

        // A name stands before the type where more follows that does not go on with a type's own words.
        if (words.Count > at + 1 && IsName(words[at]) && words[at + 1] is not ("." or "[" or "(" or "array") && !Continued.Contains(words[at] + " " + words[at + 1])) at++;
        return Canonical(words[at..]);
    }

    private static string Canonical(List<string> words)
    {
        var isArray = words.Contains("[") || words.Contains("array");
        var plain = new List<string>();
        var depth = 0;
        foreach (var word in words)
        {
            if (word is "(" or "[") depth++;
            else if (word is ")" or "]") depth--;
            else if (depth == 0 && word != "array") plain.Add(word);
        }

        var name = plain.Contains(".") ? string.Concat(plain) : string.Join(' ', plain);
        if (name.StartsWith("pg_catalog.", StringComparison.Ordinal)) name = name["pg_catalog.".Length..];
        name = Aliases.GetValueOrDefault(name, name);
        if (!plain.Contains(".") && !BuiltIn.Contains(name)) name = "public." + name;
        return name + (isArray ? "[]" : "");
    }

    private static bool IsName(string word) => char.IsLetter(word[0]) || word[0] is '_' or '"';

    private static bool Is(string text, SqlToken token, string punctuation) => token.Kind == SqlTokenKind.Punctuation && text[token.Start..token.End] == punctuation;
}
