namespace Ploy.Language.Semantics;

/// <summary>Words that a generated client cannot have as the name of a type.</summary>
public static class ReservedNames
{
    private static readonly HashSet<string> Words = new(StringComparer.Ordinal)
    {
        "PrismaClient", "async", "await", "break", "case", "catch", "class", "const", "continue", "debugger", "default", "delete", "do",
        "else", "enum", "export", "extends", "false", "finally", "for", "function", "if", "implements", "import", "in", "instanceof",
        "interface", "let", "new", "null", "package", "private", "protected", "public", "return", "super", "switch", "this", "throw",
        "true", "try", "typeof", "using", "var", "void", "while", "with", "yield",
    };

    /// <summary>Whether no model, view or enum may have that name.</summary>
    public static bool Contains(string name) => Words.Contains(name);
}
