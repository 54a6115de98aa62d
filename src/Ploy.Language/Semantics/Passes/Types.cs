using Ploy.Core.Text;
using Ploy.Language.Diagnostics;
using Ploy.Language.Semantics.Symbols;

namespace Ploy.Language.Semantics.Passes;

/// <summary>Second pass: what each field's type is.</summary>
internal sealed class Types(SchemaSymbols symbols, DiagnosticSink sink)
{
    /// <summary>The one instance of each, by its kind.</summary>
    private static readonly FieldType.Scalar[] Scalars = [.. Enum.GetValues<ScalarKind>().Select(kind => new FieldType.Scalar(kind))];

    public static void Resolve(SchemaSymbols symbols, DiagnosticSink sink)
    {
        foreach (var type in symbols.Enums)
            if (type.Syntax.Values.IsEmpty)
                sink.Report(SchemaDiagnostics.EmptyEnum(new SourceLocation(type.Source, type.Syntax.Name.Span), type.Name));
        Parts.Run(symbols.Models.Count, sink, (own, from, to) =>
        {
            var types = new Types(symbols, own);
            for (var i = from; i < to; i++)
                foreach (var field in symbols.Models[i].Fields)
                    types.Resolve(field);
        });
        var last = new Types(symbols, sink);
        foreach (var composite in symbols.Composites)
        {
            foreach (var field in composite.Fields)
            {
                last.Resolve(field);
                if (field.Target is { } target)
                    sink.Report(SchemaDiagnostics.RelationInComposite(composite.At(field.Syntax.Type.Span), composite.Name, field.Name, target.Name));
            }
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

        switch (symbols.FindType(syntax.Name))
        {
            case ModelSymbol { IsComposite: true } composite:
                field.Composite = composite;
                break;
            case ModelSymbol model:
                field.Target = model;
                break;
            case EnumSymbol type:
                field.Enum = type;
                field.Type = type.Type;
                break;
            default:
                sink.Report(SchemaDiagnostics.UnknownType(new SourceLocation(field.Model.Source, syntax.Span), syntax.Name,
                    Suggestion.For(syntax.Name, Enum.GetNames<ScalarKind>().Concat(symbols.TypeNames))));
                break;
        }
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
