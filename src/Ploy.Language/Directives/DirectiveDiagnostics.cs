using Ploy.Core.Diagnostics;
using Ploy.Core.Text;

namespace Ploy.Language.Directives;

/// <summary>Faults of <c>@ploy.…</c> lines: code, text and help in one place.</summary>
internal static class DirectiveDiagnostics
{
    public static Diagnostic Malformed(SourceLocation at, string problem) =>
        Error("PLOY1601", at, problem, "Write it as `/// @ploy.name(\"text\", option: value)` on one line.");

    public static Diagnostic Unknown(SourceLocation at, string name, string? similar) => Error("PLOY1602", at,
        $"There is no directive `@ploy.{name}`.",
        similar is null ? "See docs/directives.md for those there are." : $"Did you mean `@ploy.{similar}`?");

    public static Diagnostic Misplaced(SourceLocation at, string name, string target) => Error("PLOY1603", at,
        $"`@ploy.{name}` cannot stand here.", $"Put it into the doc comment of a {target}.");

    public static Diagnostic WrongArgument(SourceLocation at, string name, string problem) => Error("PLOY1604", at,
        $"`@ploy.{name}`: {problem}", "See docs/directives.md for its arguments.");

    public static Diagnostic UnknownField(SourceLocation at, string name, string model, string field) => Error("PLOY1605", at,
        $"`@ploy.{name}`: the model `{model}` has no field `{field}` that is a column.", null);

    public static Diagnostic Duplicate(SourceLocation at, string what, SourceLocation first) =>
        Error("PLOY1606", at, $"{what} is there already.", "Give it another name, or remove one of the two.") with
        {
            Related = [new RelatedLocation(first, "the first")],
        };

    public static Diagnostic Conflict(SourceLocation at, string problem) => Error("PLOY1607", at, problem, null);

    public static Diagnostic NotOnProvider(SourceLocation at, string name, string provider) => Error("PLOY1608", at,
        $"`@ploy.{name}` cannot be used on {provider}.", "Remove the line.");

    private static Diagnostic Error(string code, SourceLocation at, string message, string? help) =>
        new() { Code = code, Severity = Severity.Error, Message = message, Location = at, Help = help };
}
