using System.Collections.Immutable;
using System.Text;

namespace Ploy.Testing.Fuzzing;

/// <summary>Texts of any length that would take more than linear time if something were read again and again.</summary>
public static class GrowthPatterns
{
    /// <summary>Each by a name, as a beginning, a part to repeat, and an end.</summary>
    public static ImmutableArray<(string Name, string Head, string Part, string Tail)> All { get; } =
    [
        ("models", "", "model A# {\n  id Int @id\n  name String? @default(\"x\") // c\n\n  @@index([name])\n}\n\n", ""),
        ("fields", "model A {\n  id Int @id\n", "  f# String? @db.VarChar(10) @map(\"x#\")\n", "}\n"),
        ("relations", "model A {\n  id Int @id\n}\n", "model B# {\n  id Int @id\n  a A @relation(\"r#\")\n}\n", ""),
        ("relations between two models", "model B {\n  id Int @id\n}\nmodel A {\n  id Int @id\n", "  b# B @relation(\"r#\")\n", "}\n"),
        ("keys of one target", "model B {\n  id Int?\n", "  u# Int? @unique\n  b# B @relation(\"r#\")\n", "}\n"),
        ("models without an end", "", "model A {\n", "  x Int }\n"),
        ("enums and models without an end", "", "enum A {\n  x\n\nmodel B {\n  x Int\n", "  x Int }\n"),
        ("blocks of unknown kinds", "", "foo {\n", "x }\n"),
        ("comments without an end", "", "/* x\n", ""),
        ("comments with one end that does not count", "model A {\n", "  x Int /* y\n", "*/ x\n}\n"),
        ("comments", "", "// x\n/// y\n/* z */\n", ""),
        ("trailing comments", "model A {\n", "  x# Int // y\n", "}\n"),
        ("strings without an end", "model A {\n", "  x Int @map(\"a\n", "}\n"),
        ("strings across lines", "model A {\n", "  x Int @map(\"a\\\n", "}\n"),
        ("one long line of quotes", "model A {\n  x Int @map(", "\"", ")\n}\n"),
        ("one long line of backslashes", "model A {\n  x Int @map(\"", "\\", "\")\n}\n"),
        ("parentheses", "model A {\n  x Int @default", "(", "\n}\n"),
        ("calls", "model A {\n  x Int @default(", "a(", "\n}\n"),
        ("closed calls", "model A {\n  x Int @default(1)", " @a(b(c(d(1))))", "\n}\n"),
        ("lists in lists", "model A {\n  x Int @default(", "[", "\n}\n"),
        ("objects in objects", "model A {\n  @@index([x], where: ", "{ a: ", "\n}\n"),
        ("named arguments without values", "model A {\n  x Int @default(", "a: ", ")\n}\n"),
        ("arguments", "model A {\n  x Int @default(", "a, ", "a)\n}\n"),
        ("named arguments", "model A {\n  x Int @default(", "a#: 1, ", "a: 1)\n}\n"),
        ("attributes", "model A {\n  x Int", " @a", "\n}\n"),
        ("dots", "model A {\n  x Int @a", ".b", "\n}\n"),
        ("blanks", "model A {\n  x Int", " ", "\n}\n"),
        ("one long name", "model A", "a", " {\n}\n"),
        ("one long word of another script", "model A", "日", " {\n}\n"),
        ("empty lines", "model A {\n", "\n", "}\n"),
        ("carriage returns", "model A {\n", "\r", "}\n"),
        ("braces", "", "}\n", ""),
        ("braces on one line", "", "}", ""),
        ("type aliases", "", "type A = Int @x ", ""),
        ("garbage", "", "?? \n", ""),
        ("marks", "", "@", ""),
        ("enum values", "enum E {\n", "  V# @map(\"v#\")\n", "}\n"),
        ("properties", "generator g {\n", "  p# = [\"a\", \"b\"]\n", "}\n"),
        ("doc comments of one field", "model A {\n", "  /// x\n", "  id Int @id\n}\n"),
        ("directives", "", "/// @ploy.check(\"c#\", \"x > 0\")\n", "model A {\n  id Int @id\n}\n"),
    ];

    /// <summary>The pattern repeated until it is about that long; each <c>#</c> is a number of its own.</summary>
    public static string Text((string Name, string Head, string Part, string Tail) pattern, int length)
    {
        var text = new StringBuilder(pattern.Head);
        for (var i = 0; text.Length < length; i++) text.Append(pattern.Part.Contains('#', StringComparison.Ordinal) ? pattern.Part.Replace("#", $"{i}", StringComparison.Ordinal) : pattern.Part);
        return text.Append(pattern.Tail).ToString();
    }
}
