using Ploy.Core.Text;
using Ploy.Language.Diagnostics;
using Ploy.Language.Semantics.Passes.Attributes;
using Ploy.Language.Semantics.Passes.Relations;
using Ploy.Language.Semantics.Symbols;

namespace Ploy.Language.Semantics.Passes.Rules;

/// <summary>
/// Last pass: what only a schema whose every part makes sense by itself can be asked. It does not run where an earlier pass
/// found errors, as most of what it would say would follow from them.
/// </summary>
internal sealed class SchemaRules(RuleContext context)
{
    public void Check()
    {
        foreach (var composite in context.Symbols.Composites)
            context.Report(SchemaDiagnostics.NoCompositeTypes(composite.Location, composite.Name));
        var models = context.Symbols.Models;
        Parts.Run(models.Count, context.Sink, (own, from, to) =>
        {
            for (var i = from; i < to; i++)
                foreach (var field in models[i].Fields)
                    DefaultAttribute.CheckFunction(field, own);
        });
        if (context.Datasource is { ExtensionsAt: { } extensions } && !context.Features.Extensions)
            context.Report(SchemaDiagnostics.NeedsPreviewFeature(extensions, "The property `extensions`", "postgresqlExtensions"));
        TableNames();
        if (!Models()) return;
        new EnumRules(context).Check();
        Relations();
    }

    // Some rules speak only where no error was found before, so that several can look at once only where there is none.
    private void Relations()
    {
        var all = context.Relations;
        var cycles = ReferentialCycles.Of(context);
        var found = context.HasErrors ? [] : Parts.Map(all.Length, all.Length, (from, to) =>
        {
            var sink = new DiagnosticSink();
            Check(context.With(sink), from, to);
            return sink;
        });
        if (found.Length == 0 || Array.Exists(found, s => s.HasErrors)) Check(context, 0, all.Length);
        else foreach (var sink in found) context.Sink.AddAll(sink);

        void Check(RuleContext context, int from, int to)
        {
            var relations = new RelationRules(context, cycles);
            foreach (var relation in context.Relations.AsSpan()[from..to]) relations.Check(relation);
        }
    }

    /// <summary>Views come last, which matters where the check ends early.</summary>
    private IEnumerable<ModelSymbol> InOrder => context.Symbols.Models.Where(m => !m.IsView).Concat(context.Symbols.Models.Where(m => m.IsView));

    /// <summary>False where relations are ambiguous: whatever else is said of them would be a guess.</summary>
    private bool Models()
    {
        ModelSymbol[] models = [.. InOrder];
        var parts = Parts.Map(models.Length, models.Length, (from, to) =>
        {
            var sink = new DiagnosticSink();
            return (IsClear: Check(context.With(sink), models.AsSpan(from, to - from)), Found: sink);
        });
        foreach (var (isClear, found) in parts)
        {
            context.Sink.AddAll(found);
            if (!isClear) return false;
        }

        return true;
    }

    private static bool Check(RuleContext context, ReadOnlySpan<ModelSymbol> models)
    {
        var (keys, columns, indexes) = (new KeyRules(context), new ColumnRules(context), new IndexRules(context));
        var (views, relationFields) = (new ViewRules(context), new RelationFieldRules(context));
        foreach (var model in models)
        {
            if (model.IsView) views.Check(model);
            else keys.Check(model);
            NamespaceRules.Check(context, model.Kind, model.Name, model.Namespace, model.Location);
            columns.Check(model);
            if (!relationFields.Check(model)) return false;
            if (!model.IsView) indexes.Check(model);
        }

        return true;
    }

    private void TableNames()
    {
        var tables = new Dictionary<(string? Namespace, string Name), ModelSymbol>(context.Symbols.Models.Count);
        foreach (var model in InOrder)
        {
            var key = (model.Namespace?.Text, model.DatabaseName);
            if (tables.TryAdd(key, model)) continue;
            var (mapped, other) = model.MappedName is null ? (tables[key], model) : (model, tables[key]);
            context.Report(SchemaDiagnostics.DuplicateTable(AtMap(mapped), model.DatabaseName, mapped.Name, other.Name));
            tables[key] = model;
        }
    }

    private static Core.Text.SourceLocation AtMap(ModelSymbol model) =>
        model.At(model.Syntax.Attributes.FirstOrDefault(a => a.Name.Text == "map")?.Span ?? model.Syntax.Name.Span);
}

/// <summary><c>@@schema</c> of a table or enum against the namespaces of the datasource.</summary>
internal static class NamespaceRules
{
    public static void Check(RuleContext context, string kind, string name, PlacedText? space, Core.Text.SourceLocation declaration)
    {
        if (context is not { Provider: { } provider, Datasource: { } datasource }) return;
        if (space is not null && !provider.HasNamespaces)
        {
            context.Report(SchemaDiagnostics.NoNamespaces(space.Location, provider.Title, $"`@@schema` of the {kind} `{name}`"));
        }
        else if (space is not null && !datasource.Namespaces.Contains(space.Text))
        {
            context.Report(SchemaDiagnostics.UnknownNamespace(space.Location, space.Text, datasource.Name, Suggestion.For(space.Text, datasource.Namespaces)));
        }
        else if (space is null && provider.HasNamespaces && !datasource.Namespaces.IsEmpty)
        {
            context.Report(SchemaDiagnostics.MissingNamespace(declaration, kind, name));
        }
    }
}
