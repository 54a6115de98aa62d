using Ploy.Language.Diagnostics;
using Ploy.Language.Semantics.Symbols;

namespace Ploy.Language.Semantics.Passes.Attributes;

/// <summary><c>@ignore</c> and <c>@@ignore</c>: in the database, but not in a client.</summary>
internal static class IgnoreAttribute
{
    public static void ReadColumn(AttributeSet attributes, FieldSymbol field)
    {
        if (attributes.Take("ignore") is not { } arguments) return;
        if (field.Type is FieldType.Unsupported) arguments.Report(SchemaDiagnostics.IgnoredUnsupported(arguments.Location, field.Name));
        else field.IsIgnored = true;
        arguments.End();
    }

    /// <summary>Expects the fields to be read.</summary>
    public static void ReadBlock(AttributeSet attributes, ModelSymbol model)
    {
        if (attributes.Take("ignore") is not { } arguments) return;
        foreach (var field in model.Columns)
            if (field is { IsIgnored: true })
                arguments.Report(SchemaDiagnostics.IgnoredTwice(field.Location, model.Kind, model.Name, field.Name));
        model.IsIgnored = true;
        arguments.End();
    }
}
