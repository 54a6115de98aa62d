using Ploy.Core.Diagnostics;
using Ploy.Core.Text;

namespace Ploy.Language.Diagnostics;

internal static partial class SchemaDiagnostics
{
    public static Diagnostic UnknownType(SourceLocation at, string name, string? similar) => Error("PLOY1201", at,
        $"Type `{name}` is not a scalar, and no model, enum or type has that name.", DidYouMean(similar));

    public static Diagnostic EmptyEnum(SourceLocation at, string name) => Error("PLOY1202", at,
        $"The enum `{name}` has no values.", "Give it at least one value, or remove it.");

    public static Diagnostic RelationInComposite(SourceLocation at, string type, string field, string model) => Error("PLOY1203", at,
        $"The field `{field}` of the type `{type}` refers to the model `{model}`, but a composite type cannot be part of a relation.", null);

    private static string? DidYouMean(string? similar) => similar is null ? null : $"Did you mean `{similar}`?";
}
