using Ploy.Core.Diagnostics;
using Ploy.Core.Text;

namespace Ploy.Language.Diagnostics;

/// <summary>Faults of schema files: code, text and help in one place, a part for each pass.</summary>
internal static partial class SchemaDiagnostics
{
    public static Diagnostic InvalidLine(SourceLocation at) => Error("PLOY1001", at,
        "This line is invalid: it does not begin with a keyword of the schema language.",
        "Begin a block with model, view, enum, type, datasource or generator, and close it with a brace on a line of its own.");

    public static Diagnostic InvalidBlock(SourceLocation at) => Error("PLOY1002", at,
        "This block is invalid: it does not begin with a keyword of the schema language.",
        "Begin it with model, view, enum, type, datasource or generator, and give it a name.");

    public static Diagnostic InvalidFieldLine(SourceLocation at) => Error("PLOY1003", at,
        "This line is not a valid field or attribute definition.", "Write `name Type @attribute`, all on one line.");

    public static Diagnostic InvalidEnumLine(SourceLocation at) => Error("PLOY1004", at,
        "This line is not an enum value definition.", "Write one value a line.");

    /// <summary>The fault of a line that looks like the head of a block but stands within one.</summary>
    public static Diagnostic BehindOpenBlock(Diagnostic fault, SourceLocation open, string block) => fault with
    {
        Help = $"Close `{block}` with a brace on a line of its own before this line.",
        Related = [new RelatedLocation(open, "the block that is still open here")],
    };

    public static Diagnostic InvalidConfigurationLine(SourceLocation at, string kind) => Error("PLOY1005", at,
        $"This line is not a valid definition within a {kind}.", "Write `key = value`.");

    public static Diagnostic MissingFieldType(SourceLocation at, string model) => Error("PLOY1006", at,
        $"This field of `{model}` lacks a name or a type.", "Write `name Type`.");

    public static Diagnostic LegacyColon(SourceLocation at) => Error("PLOY1007", at, "A field declaration needs no `:`.", "Remove the colon.");

    public static Diagnostic LegacyList(SourceLocation at, string type) => Error("PLOY1008", at,
        $"A list is written `{type}[]`, not `[{type}]`.", $"Write `{type}[]`.");

    public static Diagnostic LegacyRequired(SourceLocation at, string type) => Error("PLOY1009", at,
        "Fields are required by default; `!` is not needed.", $"Write `{type}`.");

    public static Diagnostic OptionalList(SourceLocation at, string type) => Error("PLOY1010", at,
        "Optional lists are not supported.", $"Write `{type}[]` or `{type}?`.");

    public static Diagnostic UnknownEscape(SourceLocation at) => Error("PLOY1011", at,
        "This escape sequence is unknown.", "Write a backslash as `\\\\`.");

    public static Diagnostic TypeAlias(SourceLocation at) => Error("PLOY1012", at,
        "This type definition is invalid: type aliases no longer exist.", "Repeat the type and attributes at each field.");

    private static Diagnostic Error(string code, SourceLocation at, string message, string? help) =>
        new() { Code = code, Severity = Severity.Error, Message = message, Location = at, Help = help };
}
