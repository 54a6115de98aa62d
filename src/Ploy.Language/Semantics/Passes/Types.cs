using Ploy.Core.Text;
using Ploy.Language.Diagnostics;
using Ploy.Language.Semantics.Symbols;

namespace Ploy.Language.Semantics.Passes;

/// <summary>Second pass: what each field's type is.</summary>
internal sealed class Types(SchemaSymbols symbols)
{
    /// <summary>The one instance of each, by its kind.</summary>
    private static readonly FieldType.Scalar[] Scalars = [.. Enum.GetValues<ScalarKind>().Select(kind => new FieldType.Scalar(kind))];

    private readonly List<FieldSymbol> _unknown = [];

    public static void Resolve(SchemaSymbols symbols, DiagnosticSink sink)
    {
        foreach (var type in symbols.Enums)
            if (type.Syntax.Values.IsEmpty)
                sink.Report(SchemaDiagnostics.EmptyEnum(new SourceLocation(type.Source, type.Syntax.Name.Span), type.Name));
        var models = symbols.Models;
        var unknown = Parts.Map(models.Count, models.Count, (from, to) =>
        {
            var types = new Types(symbols);
            for (var i = from; i < to; i++)
                foreach (var field in models[i].Fields)
                    types.Resolve(field);
            return types._unknown;
        });
        var last = new Types(symbols);
        foreach (var composite in symbols.Composites)
        {
            foreach (var field in composite.Fields)
            {
                last.Resolve(field);
                if (field.Target is { } target)
                    sink.Report(SchemaDiagnostics.RelationInComposite(composite.At(field.Syntax.Type.Span), composite.Name, field.Name, target.Name));
            }
        }

        Report([.. unknown.SelectMany(part => part), .. last._unknown], symbols, sink);
    }

    // Not by each part for itself: how far hints go must not depend on the number of processors.
    private static void Report(List<FieldSymbol> unknown, SchemaSymbols symbols, DiagnosticSink sink)
    {
        if (unknown.Count == 0) return;
        var suggestions = new Suggestions(Enum.GetNames<ScalarKind>().Concat(symbols.TypeNames));
        foreach (var field in unknown)
        {
            var type = field.Syntax.Type;
            sink.Report(SchemaDiagnostics.UnknownType(new SourceLocation(field.Model.Source, type.Span), type.Name, suggestions.For(type.Name)));
        }
    }

    private void Resolve(FieldSymbol field)
    {
        var syntax = field.Syntax.Type;
        if (syntax.Unsupported is { } unsupported)
        {
            field.Type = new FieldType.Unsupported(unsupported.Value);
            return;
        }

        if (ScalarOf(syntax.Name) is { } kind)
        {
            field.Type = Scalars[(int)kind];
            return;
        }

        field.Declared = symbols.FindType(syntax.Name);
        if (field.Enum is { } type) field.Type = type.Type;
        else if (field.Declared is null) _unknown.Add(field);
    }

    /// <summary>The scalar type of that name; null where it is none.</summary>
    public static ScalarKind? ScalarOf(string name) => name switch
    {
        nameof(ScalarKind.String) => ScalarKind.String,
        nameof(ScalarKind.Boolean) => ScalarKind.Boolean,
        nameof(ScalarKind.Int) => ScalarKind.Int,
        nameof(ScalarKind.BigInt) => ScalarKind.BigInt,
        nameof(ScalarKind.Float) => ScalarKind.Float,
        nameof(ScalarKind.Decimal) => ScalarKind.Decimal,
        nameof(ScalarKind.DateTime) => ScalarKind.DateTime,
        nameof(ScalarKind.Json) => ScalarKind.Json,
        nameof(ScalarKind.Bytes) => ScalarKind.Bytes,
        _ => null,
    };
}
