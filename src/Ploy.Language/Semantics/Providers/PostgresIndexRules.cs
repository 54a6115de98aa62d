using Ploy.Core.Diagnostics;
using Ploy.Language.Diagnostics;
using Ploy.Language.Semantics.Symbols;

namespace Ploy.Language.Semantics.Providers;

/// <summary>Which columns PostgreSQL's index methods can hold, and with which operator classes.</summary>
internal static class PostgresIndexRules
{
    public static void Check(ModelSymbol model, IndexSymbol index, Action<Diagnostic> report)
    {
        foreach (var part in index.Parts)
        {
            if (NativeTypeOf(part.Field) != "Xml") continue;
            report(SchemaDiagnostics.UnindexableType(part.Field.Location, index.Title, part.Field.Name, "Xml"));
            break;
        }

        foreach (var part in index.Parts)
            if (part.Options.RawOperatorClass is null)
                Check(model, index, part, report);
        if (index is { Method.Text: "SpGist", Parts.Length: not 1 })
            report(SchemaDiagnostics.SeveralColumnsInSpGist(index.Method.Location, index.Parts.Length));
    }

    private static void Check(ModelSymbol model, IndexSymbol index, PartSymbol part, Action<Diagnostic> report)
    {
        var (field, method, at) = (part.Field, index.Method?.Text ?? "BTree", model.At(index.Attribute));
        var operators = part.Options.OperatorClass is { } name ? OperatorClass.Find(name) : null;
        if (operators is not null && !operators.Methods.Contains(method))
            report(SchemaDiagnostics.OperatorClassOfOtherMethod(at, operators.Name, method, operators.Methods));
        else if (operators is not null && !Fits(operators, field))
            report(SchemaDiagnostics.OperatorClassOfOtherType(at, operators.Name, field.Name, TypeOf(field)));
        else if (operators is null && !HasDefault(method, field))
            report(SchemaDiagnostics.NoDefaultOperatorClass(at, method, field.Name, TypeOf(field)));
    }

    private static bool Fits(OperatorClass operators, FieldSymbol field)
    {
        if (operators.IsForLists) return field.IsList;
        return NativeTypeOf(field) is { } native ? operators.NativeTypes.Contains(native) : operators.Scalar is { } scalar && field.Scalar == scalar;
    }

    /// <summary>Whether a column can stand in an index without naming an operator class.</summary>
    private static bool HasDefault(string method, FieldSymbol field)
    {
        var native = NativeTypeOf(field);
        if (native is null && field.Type is FieldType.Unsupported) return true;
        return (method, native) switch
        {
            ("BTree" or "Hash", _) => true,
            ("Gin", _) when field.IsList => true,
            ("Gin", null) => field.Scalar == ScalarKind.Json,
            ("Gin", _) => native == "JsonB",
            ("Gist", null) => field.Scalar == ScalarKind.String,
            ("Gist", _) => false,
            ("SpGist", null) => field.Scalar == ScalarKind.String,
            ("SpGist", _) => native is "Inet" or "Text" or "VarChar" or "Char",
            ("Brin", null) => field.Scalar is ScalarKind.String or ScalarKind.Bytes or ScalarKind.DateTime or ScalarKind.Float or ScalarKind.Int or ScalarKind.BigInt or ScalarKind.Decimal,
            _ => native is not ("Boolean" or "Citext" or "Json" or "JsonB" or "Money" or "Xml"),
        };
    }

    private static string? NativeTypeOf(FieldSymbol field) => field.NativeType is { } native && PostgresRules.Instance.NativeTypes.ContainsKey(native.Name) ? native.Name : null;

    private static string TypeOf(FieldSymbol field) => NativeTypeOf(field) ?? field.Syntax.Type.Name + (field.IsList ? "[]" : "");
}
