using Ploy.Core.Text;
using Ploy.Language.Diagnostics;
using Ploy.Language.Semantics.Symbols;
using Ploy.Language.Syntax;

namespace Ploy.Language.Semantics.Passes.Attributes;

/// <summary><c>where:</c> of a partial index: <c>raw("...")</c>, or an object of fields and their values.</summary>
internal sealed class IndexPredicate
{
    private readonly AttributeArguments _arguments;
    private readonly ModelSymbol _model;
    private bool _isComplete = true;

    private IndexPredicate(AttributeArguments arguments, ModelSymbol model) => (_arguments, _model) = (arguments, model);

    /// <summary>The predicate in SQL, without parentheses around it; null where there is none or it is wrong. Expects the fields' <c>@map</c> to be read where they stand before.</summary>
    public static PlacedText? Read(AttributeArguments arguments, ModelSymbol model)
    {
        if (arguments.Optional("where") is not { } value) return null;
        var reader = new IndexPredicate(arguments, model);
        return reader.Read(value) is { } sql && reader._isComplete ? new PlacedText(sql, arguments.At(value)) : null;
    }

    private string? Read(ExpressionSyntax value)
    {
        switch (value)
        {
            case CallSyntax { Name.Text: "raw", Arguments.Arguments: [{ Value: StringSyntax raw }, ..] }:
                return raw.Value.Length > 0 ? raw.Value : Fault(SchemaDiagnostics.EmptyText(_arguments.At(raw), _arguments.Title, "where"));
            case ObjectSyntax { Members.IsEmpty: true }:
                return Fault(SchemaDiagnostics.EmptyPredicate(_arguments.At(value)));
            case ObjectSyntax condition:
                // Read to the end, so that each member's fault is told.
                var conditions = condition.Members.Select(Condition).ToList();
                return string.Join(" AND ", conditions);
            default:
                _arguments.Mismatch(value, "`raw(\"...\")` or an object such as `{ active: true }`");
                _isComplete = false;
                return null;
        }
    }

    private string? Condition(ArgumentSyntax member)
    {
        var name = member.Name!.Value.Text;
        if (_model.Find(name) is not { } field)
        {
            return Fault(SchemaDiagnostics.UnknownPart(
                _arguments.At(member), _arguments.Title, _model.Kind, _model.Name, name, Suggestion.For(name, _model.Columns.Select(f => f.Name))));
        }

        if (!field.IsColumn) return Fault(SchemaDiagnostics.PartNotColumn(_arguments.At(member), _arguments.Title, name, null));
        var (isNegated, value) = (false, member.Value!);
        if (value is ObjectSyntax inner)
        {
            if (inner.Members is not [{ Name.Text: "not", Value: { } negated }]) return Fault(SchemaDiagnostics.WrongCondition(_arguments.At(value), _arguments.Show(value)));
            (isNegated, value) = (true, negated);
        }

        var column = $"\"{field.ColumnName}\"";
        if (value is ConstantSyntax { Text: "null" }) return column + (isNegated ? " IS NOT NULL" : " IS NULL");
        if (field.Type is FieldType.Unsupported) return Fault(SchemaDiagnostics.UnsupportedInPredicate(_arguments.At(member), name));
        return Literal(field, value) is { } literal ? column + (isNegated ? " != " : " = ") + literal : null;
    }

    private string? Literal(FieldSymbol field, ExpressionSyntax value)
    {
        var (literal, fits) = value switch
        {
            StringSyntax text => ("'" + text.Value.Replace("'", "''", StringComparison.Ordinal) + "'",
                field.Type is FieldType.Enum || field.Scalar is ScalarKind.String or ScalarKind.DateTime),
            NumberSyntax number => (number.Text, field.Scalar is ScalarKind.Int or ScalarKind.BigInt or ScalarKind.Float or ScalarKind.Decimal),
            ConstantSyntax { Text: "true" or "false" } word => (word.Text, field.Scalar is ScalarKind.Boolean),
            _ => (null, false),
        };
        if (literal is null) return Fault(SchemaDiagnostics.WrongCondition(_arguments.At(value), _arguments.Show(value)));
        return fits ? literal : Fault(SchemaDiagnostics.ConditionOfOtherType(_arguments.At(value), field.Name, field.Syntax.Type.Name, literal));
    }

    private string? Fault(Core.Diagnostics.Diagnostic diagnostic)
    {
        _isComplete = false;
        _arguments.Report(diagnostic);
        return null;
    }
}
