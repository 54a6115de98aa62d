using System.Text;
using Ploy.Core.Text;
using Ploy.Language.Syntax;

namespace Ploy.Testing.Fuzzing;

/// <summary>Spoils schema text: tokens and lines go, come twice or change places; odd characters, deep nesting and huge lines come in.</summary>
public sealed class SchemaTextMutator(Random random)
{
    private static readonly string[] Pieces =
    [
        "{", "}", "(", ")", "[", "]", "@", "@@", "@id", "@relation(", "\"", "\\", "\"\\", "/*", "*/", "//", "///", "\n", "\r\n", "\r", "\t", " ", "\u00a0", "\u3000",
        "\0", "\u0001", "\ufeff", "\ud83d", "\ude00", "😀", "é", "日", "model ", "type ", "view ", "enum ", "datasource ", "generator ", "Unsupported(\"", "[]", "[]?", "?", "!",
        ":", "=", ",", ".", "-", "-1", "0.5", "99999999999999999999", "fields: ", "references: ", "@db.", "@default(", "dbgenerated(\"", "@@index([", "@@unique(", "@@map(\"",
        "true", "null", "env(\"", "where: { ", "raw(\"", "/// @ploy.", "/// @ploy.check(\"a\", \"b\")", "\u2028", "\u0085",
    ];

    /// <summary>The text with one to eight changes.</summary>
    public string Mutate(string text)
    {
        for (var i = 1 + random.Next(random.Next(8) + 1); i > 0; i--) text = Change(text);
        return text;
    }

    private string Change(string text) => random.Next(12) switch
    {
        0 or 1 => Tokens(text, (tokens, at) => tokens.RemoveAt(at)),
        2 => Tokens(text, (tokens, at) => tokens.Insert(at, tokens[at])),
        3 => Tokens(text, (tokens, at) => Swap(tokens, at)),
        4 => Lines(text, (lines, at) => lines.RemoveAt(at)),
        5 => Lines(text, (lines, at) => lines.Insert(random.Next(lines.Count), lines[at])),
        6 => Lines(text, (lines, at) => Swap(lines, at)),
        7 or 8 => Insert(text, Pieces[random.Next(Pieces.Length)]),
        9 => Insert(text, new string((char)random.Next(0x20, random.Next(4) == 0 ? 0x10000 : 0x80), 1)),
        10 => random.Next(50) == 0 ? Insert(text, Nesting()) : Cut(text),
        _ => random.Next(50) == 0 ? Insert(text, Long()) : Cut(text),
    };

    private static string Tokens(string text, Action<List<string>, int> change, Random random)
    {
        var tokens = SyntaxTree.Parse(SourceText.From("", text)).Tokens.Select(t => text.Substring(t.Span.Start, t.Span.Length)).ToList();
        if (tokens.Count > 0) change(tokens, random.Next(tokens.Count));
        return string.Concat(tokens);
    }

    private string Tokens(string text, Action<List<string>, int> change) => Tokens(text, change, random);

    private string Lines(string text, Action<List<string>, int> change)
    {
        var lines = text.Split('\n').ToList();
        change(lines, random.Next(lines.Count));
        return string.Join('\n', lines);
    }

    private void Swap(List<string> parts, int at)
    {
        var other = random.Next(parts.Count);
        (parts[at], parts[other]) = (parts[other], parts[at]);
    }

    private string Insert(string text, string piece) => text.Insert(random.Next(text.Length + 1), piece);

    private string Cut(string text)
    {
        if (text.Length == 0) return text;
        var start = random.Next(text.Length);
        return text.Remove(start, random.Next(Math.Min(text.Length - start, 40) + 1));
    }

    private string Nesting()
    {
        var (open, close) = random.Next(5) switch { 0 => ("(", ")"), 1 => ("[", "]"), 2 => ("a(", ")"), 3 => ("{ a: ", " }"), _ => ("a: [", "]") };
        var depth = 1 << random.Next(15);
        var text = new StringBuilder().Insert(0, open, depth);
        if (random.Next(2) == 0) text.Append('x').Insert(text.Length, close, depth);
        return random.Next(2) == 0 ? "@default(" + text : text.ToString();
    }

    private string Long() => new StringBuilder().Insert(0, Pieces[random.Next(Pieces.Length)], 1 << random.Next(14)).ToString();
}
