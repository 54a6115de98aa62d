using System.Globalization;
using Ploy.Core;
using Ploy.Core.Text;
using Ploy.Language.Diagnostics;
using Ploy.Language.Semantics.Symbols;
using Ploy.Language.Syntax;

namespace Ploy.Language.Semantics.Passes.Attributes;

/// <summary><c>@default(...)</c>. Whether a text is a valid date, number or JSON is checked later, when all else is right.</summary>
internal readonly struct DefaultAttribute
{
    private static readonly DefaultModel.Now Now = new();
    private static readonly DefaultModel.AutoIncrement AutoIncrement = new();

    private static readonly string[] Functions = ["autoincrement", "now", "cuid", "uuid", "ulid", "nanoid", "dbgenerated"];

    private readonly AttributeArguments _arguments;
    private readonly FieldSymbol _field;

    private DefaultAttribute(AttributeArguments arguments, FieldSymbol field) => (_arguments, _field) = (arguments, field);

    public static void Read(AttributeSet attributes, FieldSymbol field)
    {
        if (attributes.Take("default") is not { } arguments) return;
        if (arguments.Main("value") is { } value)
        {
            var name = arguments.NonEmptyText("map");
            var reader = new DefaultAttribute(arguments, field);
            if (reader.Value(value, name is not null) is { } model) field.Default = new DefaultSymbol(model, value, arguments.Syntax, name?.Text);
            else if (value is CallSyntax call && IsUnknown(call)) field.Default = new DefaultSymbol(null, value, arguments.Syntax, name?.Text);
        }
        else
        {
            arguments.NonEmptyText("map");
        }

        arguments.End();
    }

    /// <summary>Reports a function that no provider has; the engine says so only of schemas that are right otherwise.</summary>
    public static void CheckFunction(FieldSymbol field, DiagnosticSink sink)
    {
        if (field.Default is { Model: null, Value: CallSyntax call })
            sink.Report(SchemaDiagnostics.UnknownFunction(field.Model.At(call), call.Name.Text, Suggestion.For(call.Name.Text, Functions)));
    }

    private static bool IsUnknown(CallSyntax call) => !Functions.AsSpan().Contains(call.Name.Text);

    private DefaultModel? Value(ExpressionSyntax value, bool isNamed)
    {
        if (value is CallSyntax { Name.Text: "dbgenerated" } generated) return DatabaseGenerated(generated);
        switch (_field.Type)
        {
            case FieldType.Enum:
                return Literals(value);
            case FieldType.Scalar scalar when value is CallSyntax call:
                return Function(scalar.Kind, call, isNamed);
            case FieldType.Scalar:
                return Literals(value);
            case FieldType.Unsupported:
                return Fault(SchemaDiagnostics.DefaultOfUnsupported(_arguments.At(value), _field.Name));
            default:
                return Fault(SchemaDiagnostics.DefaultOfComposite(_arguments.At(value), _field.Name, _field.Syntax.Type.Name));
        }
    }

    private DefaultModel? Literals(ExpressionSyntax value)
    {
        if (!_field.IsList)
        {
            if (value is ArraySyntax) return Fault(SchemaDiagnostics.ListDefaultOfSingle(_arguments.At(value), _field.Name));
            return Literal(value) is { } single ? new DefaultModel.Value(single) : null;
        }

        if (value is not ArraySyntax array) return Fault(SchemaDiagnostics.SingleDefaultOfList(_arguments.At(value), _field.Name));
        var items = new List<LiteralModel>(array.Elements.Length);
        foreach (var element in array.Elements)
            if (Literal(element) is { } item)
                items.Add(item);
        return items.Count < array.Elements.Length ? null : new DefaultModel.Value(new LiteralModel.List(EquatableArray.ToEquatableArray(items)));
    }

    private LiteralModel? Literal(ExpressionSyntax value) => _field.Type is FieldType.Enum ? EnumValue(value) : Scalar(value);

    private LiteralModel.EnumValue? EnumValue(ExpressionSyntax value)
    {
        if (value is ConstantSyntax word && _field.Enum!.HasValue(word.Text)) return new LiteralModel.EnumValue(word.Text);
        _arguments.Report(SchemaDiagnostics.NotAnEnumValue(
            _arguments.At(value), _arguments.Show(value), _field.Enum!.Name, Suggestion.For(_arguments.Show(value).Trim('"'), _field.Enum.ValueNames)));
        return null;
    }

    private LiteralModel? Scalar(ExpressionSyntax value)
    {
        LiteralModel? found = (_field.Scalar, value) switch
        {
            (ScalarKind.String or ScalarKind.Json or ScalarKind.Bytes or ScalarKind.DateTime or ScalarKind.Decimal, StringSyntax text) => new LiteralModel.Text(text.Value),
            (ScalarKind.Int or ScalarKind.BigInt or ScalarKind.Float or ScalarKind.Decimal, NumberSyntax number) => new LiteralModel.Number(number.Text),
            (ScalarKind.Boolean, ConstantSyntax { Text: "true" or "false" } word) => new LiteralModel.Boolean(word.Text == "true"),
            _ => null,
        };
        if (found is null) _arguments.Report(SchemaDiagnostics.DefaultOfOtherType(_arguments.At(value), _arguments.Show(value), _field.Name, _field.Syntax.Type.Name));
        return found;
    }

    private DefaultModel? Function(ScalarKind kind, CallSyntax call, bool isNamed)
    {
        var name = call.Name.Text;
        if (name == "autoincrement" && isNamed) return Fault(SchemaDiagnostics.NamedAutoIncrement(_arguments.Location, _field.Name));
        switch (name, kind)
        {
            case ("autoincrement", ScalarKind.Int or ScalarKind.BigInt):
                return WithoutArguments(call) ? AutoIncrement : null;
            case ("now", ScalarKind.DateTime):
                return WithoutArguments(call) ? Now : null;
            case ("ulid", ScalarKind.String):
                return WithoutArguments(call) ? new DefaultModel.ClientGenerated(name, null) : null;
            case ("cuid", ScalarKind.String):
                return Client(call, "1 or 2", n => n is 1 or 2);
            case ("uuid", ScalarKind.String):
                return Client(call, "4 or 7", n => n is 4 or 7);
            case ("nanoid", ScalarKind.String):
                return Client(call, "a number from 2 to 255", n => n is >= 2 and <= 255);
            case ("auto", _):
                // A function of document databases: without arguments it is as good as unknown.
                if (!call.Arguments.Arguments.IsEmpty) Fault(SchemaDiagnostics.UnknownFunction(_arguments.At(call), name, null));
                return null;
            default:
                return IsUnknown(call) ? null : Fault(SchemaDiagnostics.FunctionOfOtherType(_arguments.At(call), name, _field.Name, _field.Syntax.Type.Name));
        }
    }

    private DefaultModel.DatabaseGenerated? DatabaseGenerated(CallSyntax call)
    {
        switch (call.Arguments.Arguments)
        {
            case []: return new DefaultModel.DatabaseGenerated(null);
            case [{ Value: StringSyntax { Value.Length: > 0 } text }]: return new DefaultModel.DatabaseGenerated(text.Value);
            default:
                _arguments.Report(SchemaDiagnostics.FunctionArguments(_arguments.At(call), "dbgenerated", "one text that is not empty"));
                return null;
        }
    }

    private DefaultModel.ClientGenerated? Client(CallSyntax call, string expected, Func<int, bool> isValid)
    {
        switch (call.Arguments.Arguments)
        {
            case []: return new DefaultModel.ClientGenerated(call.Name.Text, null);
            case [{ Value: NumberSyntax { Text: var text } }] when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && isValid(number):
                return new DefaultModel.ClientGenerated(call.Name.Text, number);
            default:
                _arguments.Report(SchemaDiagnostics.FunctionArguments(_arguments.At(call), call.Name.Text, expected));
                return null;
        }
    }

    private bool WithoutArguments(CallSyntax call)
    {
        if (call.Arguments.Arguments.IsEmpty) return true;
        _arguments.Report(SchemaDiagnostics.FunctionArguments(_arguments.At(call), call.Name.Text, null));
        return false;
    }

    private DefaultModel? Fault(Core.Diagnostics.Diagnostic diagnostic)
    {
        _arguments.Report(diagnostic);
        return null;
    }
}
