using System.Text;
using Ploy.Core.Diagnostics;
using Ploy.Language.Diagnostics;
using Ploy.Language.Semantics.Symbols;

namespace Ploy.Language.Semantics.Passes.Rules;

/// <summary>Indexes and unique constraints.</summary>
internal sealed class IndexRules(RuleContext context)
{
    private readonly Action<Diagnostic> _report = context.Report;

    public void Check(ModelSymbol model)
    {
        foreach (var index in model.Indexes)
        {
            context.Provider?.CheckIndex(model, index, _report);
            Check(model, index);
        }
    }

    private void Check(ModelSymbol model, IndexSymbol index)
    {
        var at = model.At(index.Attribute);
        if (index.Parts.IsEmpty) context.Report(SchemaDiagnostics.EmptyKey(at, index.Title));
        if (context.Names.ClashOfIndex(model, index) is { } scope)
            context.Report(SchemaDiagnostics.DuplicateConstraintName(index.DatabaseName?.Location ?? at, context.Names.OfIndex(model, index), scope));
        if (index.Kind == IndexKind.Unique && index.Parts.Length > 1 && ClientNames.Clash(model, index.Parts) is { } field)
            context.Report(SchemaDiagnostics.KeyNameIsField(at, index.Title, field));
        if (index.ClientName is { } client && ClientNames.CountOf(model, client.Text) > 1)
            context.Report(SchemaDiagnostics.DuplicateClientName(client.Location, model.Kind, model.Name, client.Text));
        if (index.Method?.Text == "Hash" && index.Parts.Any(p => p.Options.Sort is not null)) context.Report(SchemaDiagnostics.SortedHash(at));
        if (index.Kind != IndexKind.Normal && index.Parts.Any(p => (p.Options.OperatorClass ?? p.Options.RawOperatorClass) is not null))
            context.Report(SchemaDiagnostics.OperatorClassOutsideIndex(at, index.Title));
        if (index.Predicate is { } predicate && !context.Features.PartialIndexes)
            context.Report(SchemaDiagnostics.NeedsPreviewFeature(predicate.Location, "A partial index (`where:`)", "partialIndexes"));
        if (context.Provider is not { } provider) return;
        if (index.Method is { } method && !provider.HasIndexMethod(method.Text)) context.Report(SchemaDiagnostics.NoIndexMethod(method.Location, provider.Title, method.Text));
        if (index.Parts.Any(p => p.Options.Length is not null)) context.Report(SchemaDiagnostics.NoLengths(at, provider.Title, index.Title));
        if (index.Kind == IndexKind.FullText) context.Report(SchemaDiagnostics.NoFullText(at, provider.Title));
        if (index.IsClustered is not null) context.Report(SchemaDiagnostics.NoClustering(at, provider.Title, index.Title));
        if (index.DatabaseName is { } name && Encoding.UTF8.GetByteCount(name.Text) > provider.LongestName)
            context.Report(SchemaDiagnostics.NameTooLong(name.Location, name.Text, provider.Title, provider.LongestName));
    }
}
