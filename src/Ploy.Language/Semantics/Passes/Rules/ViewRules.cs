using Ploy.Language.Diagnostics;
using Ploy.Language.Semantics.Symbols;

namespace Ploy.Language.Semantics.Passes.Rules;

/// <summary>Views: their unique keys only tell a client what identifies a row; nothing in the database stands behind them.</summary>
internal sealed class ViewRules(RuleContext context)
{
    public void Check(ModelSymbol view)
    {
        if (!context.Features.Views) context.Report(SchemaDiagnostics.NeedsPreviewFeature(view.Location, $"The view `{view.Name}`", "views"));
        if (view.PrimaryKey is { } key) context.Report(SchemaDiagnostics.KeyOfView(view.At(key.Attribute), view.Name, key.Title));
        foreach (var index in view.Indexes) Check(view, index);
    }

    private void Check(ModelSymbol view, IndexSymbol index)
    {
        var at = view.At(index.Attribute);
        if (index.Kind != IndexKind.Unique) context.Report(SchemaDiagnostics.KeyOfView(at, view.Name, index.Title));
        if (index.Kind == IndexKind.Unique && index.Parts.Length > 1 && ClientNames.Clash(view, index.Parts) is { } field)
            context.Report(SchemaDiagnostics.KeyNameIsField(at, index.Title, field));
        if (index.DatabaseName is not null) context.Report(SchemaDiagnostics.OptionOfViewKey(at, view.Name, index.Title, "map"));
        if (index.IsClustered is not null) context.Report(SchemaDiagnostics.OptionOfViewKey(at, view.Name, index.Title, "clustered"));
        foreach (var option in index.Parts.SelectMany(p => Options(p.Options)).Distinct())
            context.Report(SchemaDiagnostics.OptionOfViewKey(at, view.Name, index.Title, option));
    }

    private static IEnumerable<string> Options(KeyPart part)
    {
        if (part.Sort is not null) yield return "sort";
        if (part.Length is not null) yield return "length";
        if ((part.OperatorClass ?? part.RawOperatorClass) is not null) yield return "ops";
    }
}
