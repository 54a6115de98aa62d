using Ploy.Language.Diagnostics;
using Ploy.Language.Semantics.Symbols;

namespace Ploy.Language.Semantics.Passes.Attributes;

/// <summary><c>@updatedAt</c>: the client writes the time of each change.</summary>
internal static class UpdatedAtAttribute
{
    public static void Read(AttributeSet attributes, FieldSymbol field)
    {
        if (attributes.Take("updatedAt") is not { } arguments) return;
        if (field.Scalar != ScalarKind.DateTime) arguments.Report(SchemaDiagnostics.UpdatedAtNotDateTime(arguments.Location, field.Name, field.Syntax.Type.Name));
        if (field.IsList) arguments.Report(SchemaDiagnostics.UpdatedAtList(arguments.Location, field.Name));
        field.IsUpdatedAt = true;
        arguments.End();
    }
}
