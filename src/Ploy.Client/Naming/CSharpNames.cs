using System.Text;

namespace Ploy.Client.Naming;

/// <summary>Turns names of the schema into C# names.</summary>
internal static class CSharpNames
{
    private static readonly HashSet<string> Keywords =
    [
        "abstract", "as", "base", "bool", "break", "byte", "case", "catch", "char", "checked", "class", "const", "continue", "decimal",
        "default", "delegate", "do", "double", "else", "enum", "event", "explicit", "extern", "false", "finally", "fixed", "float", "for",
        "foreach", "goto", "if", "implicit", "in", "int", "interface", "internal", "is", "lock", "long", "namespace", "new", "null",
        "object", "operator", "out", "override", "params", "private", "protected", "public", "readonly", "ref", "return", "sbyte",
        "sealed", "short", "sizeof", "stackalloc", "static", "string", "struct", "switch", "this", "throw", "true", "try", "typeof",
        "uint", "ulong", "unchecked", "unsafe", "ushort", "using", "virtual", "void", "volatile", "while", "record", "required",
        "file", "scoped", "field", "var", "dynamic", "await", "async", "nameof", "partial", "where", "yield", "value",
    ];

    /// <summary>
    /// PascalCase: parts at underscores and other signs begin with a capital; a name wholly in capitals is lowered
    /// (<c>IN_PROGRESS</c> → <c>InProgress</c>), but one of up to three letters without underscores stays (<c>NFT</c>).
    /// </summary>
    public static string Pascal(string name)
    {
        var shout = !name.Any(char.IsLower) && (name.Contains('_', StringComparison.Ordinal) || name.Count(char.IsLetter) > 3);
        var text = new StringBuilder(name.Length);
        var atStart = true;
        foreach (var rune in name.EnumerateRunes())
        {
            if (!Rune.IsLetterOrDigit(rune))
            {
                atStart = true;
                continue;
            }

            var part = atStart ? Rune.ToUpperInvariant(rune) : shout ? Rune.ToLowerInvariant(rune) : rune;
            // Identifiers outside the basic plane are not allowed in C#.
            if (part.IsBmp) text.Append((char)part.Value);
            atStart = false;
        }

        if (text.Length == 0) text.Append("Unnamed");
        if (char.IsDigit(text[0])) text.Insert(0, '_');
        return text.ToString();
    }

    /// <summary>As an identifier: keywords get their <c>@</c>.</summary>
    public static string Identifier(string name) => Keywords.Contains(name) ? "@" + name : name;

    /// <summary>The usual English plural, for sets.</summary>
    public static string Plural(string name)
    {
        if (name.EndsWith('s') && name.Length > 1 && !name.EndsWith("ss", StringComparison.Ordinal) && !name.EndsWith("us", StringComparison.Ordinal)) return name;
        if (EndsWithAny(name, "s", "x", "z", "ch", "sh")) return name + "es";
        if (name.EndsWith('y') && name.Length > 1 && !"aeiouAEIOU".Contains(name[^2], StringComparison.Ordinal)) return name[..^1] + "ies";
        return name + "s";
    }

    /// <summary>A string literal, every sign that is not plain ASCII escaped.</summary>
    public static string Literal(string value)
    {
        var text = new StringBuilder(value.Length + 2).Append('"');
        foreach (var c in value)
        {
            text.Append(c switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                < ' ' or > '~' => $"\\u{(int)c:X4}",
                _ => c.ToString(),
            });
        }

        return text.Append('"').ToString();
    }

    private static bool EndsWithAny(string name, params ReadOnlySpan<string> ends)
    {
        foreach (var end in ends)
            if (name.EndsWith(end, StringComparison.Ordinal))
                return true;
        return false;
    }
}

/// <summary>Names already given in one scope.</summary>
internal sealed class NameScope
{
    private readonly HashSet<string> _taken;

    public NameScope(params IEnumerable<string> reserved) => _taken = new HashSet<string>(reserved, StringComparer.Ordinal);

    /// <summary>The name, or the name with the suffix, or that with a number: the first that is free.</summary>
    public string Take(string name, string suffix)
    {
        if (_taken.Add(name)) return name;
        if (_taken.Add(name + suffix)) return name + suffix;
        for (var i = 2; ; i++)
            if (_taken.Add(name + suffix + i))
                return name + suffix + i;
    }
}
