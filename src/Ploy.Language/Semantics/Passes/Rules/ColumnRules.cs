using Ploy.Core.Text;
using Ploy.Language.Diagnostics;
using Ploy.Language.Semantics.Symbols;
using Ploy.Language.Syntax;

namespace Ploy.Language.Semantics.Passes.Rules;

/// <summary>Columns: what the provider can hold, native types, defaults.</summary>
internal sealed class ColumnRules(RuleContext context)
{
    public void Check(ModelSymbol model)
    {
        var hasClientNames = model.HasClientNames;
        foreach (var field in model.Fields)
        {
            if (!field.IsColumn) continue;
            if (field.IsList && context.Provider is { HasLists: false } provider)
                context.Report(SchemaDiagnostics.NoLists(field.Location, provider.Title, model.Kind, model.Name, field.Name));
            if (hasClientNames) ClientName(model, field);
            NativeType(field);
            Default(field);
            Unsupported(field);
        }
    }

    /// <summary>No field is called as a key of its model.</summary>
    public void ClientName(ModelSymbol model, FieldSymbol field)
    {
        foreach (var index in model.IndexesByClientName[field.Name])
            context.Report(SchemaDiagnostics.ClientNameIsField(model.Location, index.Title, model.Kind, model.Name, field.Name));
        if (model.PrimaryKey is { ClientName: { } name } key && name.Text == field.Name)
            context.Report(SchemaDiagnostics.ClientNameIsField(model.Location, key.Title, model.Kind, model.Name, field.Name));
    }

    private void NativeType(FieldSymbol field)
    {
        if (context is not { Provider: { } provider, Datasource: { } datasource } || field.NativeType is not { } native) return;
        var at = field.Model.At(native.Attribute);
        if (native.Scope != datasource.Name) context.Report(SchemaDiagnostics.NativeTypeScope(at, native.Scope, datasource.Name, native.Name));
        if (!provider.NativeTypes.TryGetValue(native.Name, out var rule))
        {
            context.Report(provider.NativeTypes.Count == 0
                ? SchemaDiagnostics.NoNativeTypes(at, provider.Title, native.Name)
                : SchemaDiagnostics.UnknownNativeType(at, provider.Title, native.Name, Suggestion.For(native.Name, provider.NativeTypes.Keys)));
        }
        else if (native.Arguments.Length > rule.Arguments)
        {
            context.Report(SchemaDiagnostics.NativeTypeArguments(at, native.Name, rule.Arguments, native.Arguments.Length));
        }
        else if (field.Scalar != rule.Scalar)
        {
            context.Report(SchemaDiagnostics.NativeTypeOfOtherType(at, native.Name, rule.Scalar.ToString(), field.Name, field.Syntax.Type.Name));
        }
        else if (rule.Parse(native.Arguments) is not { } numbers)
        {
            context.Report(SchemaDiagnostics.NativeTypeArgumentForm(at, native.Name, rule.Arguments));
        }
        else if (rule.Limit?.Invoke(numbers) is { } problem)
        {
            context.Report(SchemaDiagnostics.NativeTypeLimit(at, native.Name, problem));
        }
    }

    private void Default(FieldSymbol field)
    {
        if (field.Default is not { } value) return;
        if (value.ConstraintName is not null && context.Provider is { } provider)
            context.Report(SchemaDiagnostics.NoNamedDefaults(field.Model.At(value.Attribute), provider.Title, field.Name));
        if (field.Scalar is not { } kind) return;
        if (value.Value is not ArraySyntax array) Literal(field, kind, value.Value);
        else
            foreach (var element in array.Elements)
                Literal(field, kind, element);
    }

    private void Literal(FieldSymbol field, ScalarKind kind, ExpressionSyntax literal)
    {
        if (Literals.Problem(kind, literal) is { } expected)
            context.Report(SchemaDiagnostics.InvalidLiteral(field.Model.At(literal), Literals.Show(literal), expected));
    }

    /// <summary>A type that the language knows is not left to <c>Unsupported</c>.</summary>
    private void Unsupported(FieldSymbol field)
    {
        if (field.Type is not FieldType.Unsupported { DatabaseType: var type } || context.Provider is not { } provider) return;
        var open = type.IndexOf('(', StringComparison.Ordinal);
        var close = open < 0 ? -1 : type.IndexOf(')', open);
        var name = (open < 0 ? type : type[..open]).Trim();
        if (!provider.NativeTypes.TryGetValue(name, out var rule)) return;
        // What stands in parentheses behind a type that takes nothing does not make it another type.
        var isKnown = rule.Arguments == 0 || rule.Parse(close < 0 ? [] : [.. type[(open + 1)..close].Split(',').Select(a => a.Trim())]) is not null;
        if (isKnown)
            context.Report(SchemaDiagnostics.SupportedType(field.Location, field.Name, type, rule.Scalar.ToString(), name));
    }
}
