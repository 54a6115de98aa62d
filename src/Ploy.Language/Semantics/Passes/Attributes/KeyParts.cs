using System.Collections.Immutable;
using Ploy.Core.Text;
using Ploy.Language.Diagnostics;
using Ploy.Language.Semantics.Symbols;
using Ploy.Language.Syntax;

namespace Ploy.Language.Semantics.Passes.Attributes;

/// <summary>Reads lists of fields: with options in keys and indexes, without in relations.</summary>
internal static class KeyParts
{
    /// <summary>The parts of a key or index; null and a report where any is wrong.</summary>
    /// <param name="arguments">The attribute.</param>
    /// <param name="model">The model it stands in.</param>
    /// <param name="followsComposites">Whether a path may lead into a composite type.</param>
    public static ImmutableArray<PartSymbol>? Read(AttributeArguments arguments, ModelSymbol model, bool followsComposites)
    {
        if (arguments.Main("fields") is not { } value) return null;
        var elements = AttributeArguments.Elements(value);
        var options = new KeyPart[elements.Length];
        var isComplete = true;
        for (var i = 0; i < elements.Length; i++)
        {
            if (elements[i] is ConstantSyntax word) options[i] = new KeyPart { Field = word.Text };
            else if (elements[i] is CallSyntax call) options[i] = Options(arguments, call);
            else
            {
                arguments.Mismatch(elements[i], "the name of a field");
                isComplete = false;
            }
        }

        return isComplete ? Resolve(arguments, model, followsComposites, elements, options) : null;
    }

    /// <summary>The fields of <c>fields:</c> or <c>references:</c>; empty, and a report, where any is wrong.</summary>
    public static ImmutableArray<FieldSymbol> ReadNames(AttributeArguments arguments, ModelSymbol model, string argument, ExpressionSyntax value)
    {
        var elements = AttributeArguments.Elements(value);
        var found = ImmutableArray.CreateBuilder<FieldSymbol>(elements.Length);
        var isComplete = true;
        foreach (var element in elements)
        {
            if (arguments.Word(element) is not { } word) isComplete = false;
            else if (model.Find(word.Text) is not { } field)
            {
                arguments.Report(SchemaDiagnostics.UnknownRelationField(arguments.At(word), argument, model.Kind, model.Name, word.Text, Similar(model, word.Text)));
                isComplete = false;
            }
            else if (!field.IsColumn)
            {
                arguments.Report(SchemaDiagnostics.RelationFieldNotColumn(arguments.At(word), argument, model.Name, word.Text));
                isComplete = false;
            }
            else if (found.Contains(field))
            {
                arguments.Report(SchemaDiagnostics.RepeatedPart(arguments.At(word), arguments.Title, word.Text));
                isComplete = false;
            }
            else
            {
                found.Add(field);
            }
        }

        return isComplete ? found.MoveToImmutable() : [];
    }

    /// <summary>The options that stand in the attribute of a field (<c>@unique(sort: Desc)</c>).</summary>
    public static PartSymbol OfField(AttributeArguments arguments, FieldSymbol field)
    {
        var length = arguments.Integer("length");
        var sort = arguments.Word("sort") is { } word ? Sort(arguments, word) : null;
        return new PartSymbol(field, new KeyPart { Field = field.Name, Sort = sort, Length = length is null ? null : (int)Math.Clamp(length.Value, 0, int.MaxValue) });
    }

    private static ImmutableArray<PartSymbol>? Resolve(
        AttributeArguments arguments, ModelSymbol model, bool followsComposites, ImmutableArray<ExpressionSyntax> elements, KeyPart[] options)
    {
        var found = ImmutableArray.CreateBuilder<PartSymbol>(options.Length);
        var seen = options.Length > FewNames.Most ? new HashSet<string>(StringComparer.Ordinal) : null;
        var isComplete = true;
        for (var i = 0; i < options.Length; i++)
        {
            var (syntax, part) = (elements[i], options[i]);
            if (Find(model, part.Field, followsComposites) is not { } field)
            {
                arguments.Report(SchemaDiagnostics.UnknownPart(arguments.At(syntax), arguments.Title, model.Kind, model.Name, part.Field, Similar(model, part.Field)));
                isComplete = false;
            }
            else if (!field.IsColumn)
            {
                var columns = field.Relation?.Fields is { Length: > 0 } fields ? string.Join(", ", fields.Select(f => f.Name)) : null;
                arguments.Report(SchemaDiagnostics.PartNotColumn(arguments.At(syntax), arguments.Title, part.Field, columns));
                isComplete = false;
            }
            else if (seen is not null ? !seen.Add(part.Field) : Contains(found, part.Field))
            {
                arguments.Report(SchemaDiagnostics.RepeatedPart(arguments.At(syntax), arguments.Title, part.Field));
                isComplete = false;
            }
            else
            {
                found.Add(new PartSymbol(field, part));
            }
        }

        return isComplete ? found.MoveToImmutable() : null;
    }

    private static bool Contains(ImmutableArray<PartSymbol>.Builder parts, string field)
    {
        for (var i = 0; i < parts.Count; i++)
            if (parts[i].Options.Field == field)
                return true;
        return false;
    }

    private static FieldSymbol? Find(ModelSymbol model, string path, bool followsComposites)
    {
        if (model.Find(path) is { } direct) return direct;
        var names = path.Split('.');
        if (names.Length == 1 || !followsComposites) return null;
        var field = model.Find(names[0]);
        foreach (var name in names.Skip(1)) field = field?.Composite?.Find(name);
        return field;
    }

    private static KeyPart Options(AttributeArguments arguments, CallSyntax call)
    {
        var part = new KeyPart { Field = call.Name.Text };
        // Of an option that stands twice the first counts, and options of other names are let pass, as the engine has it.
        if (Option(call, "sort") is { } sort && arguments.Word(sort) is { } word) part = part with { Sort = Sort(arguments, word) };
        if (Option(call, "length") is { } length && arguments.Integer(length) is >= 0 and var number)
            part = part with { Length = (int)Math.Min(number, int.MaxValue) };
        return Option(call, "ops") is { } operators ? WithOperators(arguments, part, operators) : part;
    }

    private static KeyPart WithOperators(AttributeArguments arguments, KeyPart part, ExpressionSyntax value)
    {
        switch (value)
        {
            case ConstantSyntax word:
                if (OperatorClass.Find(word.Text) is { } known) return part with { OperatorClass = known.Name };
                arguments.Report(SchemaDiagnostics.UnknownOperatorClass(arguments.At(word), word.Text, Suggestion.For(word.Text, OperatorClass.Names)));
                return part;
            case CallSyntax { Name.Text: "raw", Arguments.Arguments: [{ Value: StringSyntax raw }] }:
                return part with { RawOperatorClass = raw.Value };
            default:
                arguments.Mismatch(value, "an operator class, or `raw(\"...\")`");
                return part;
        }
    }

    private static ExpressionSyntax? Option(CallSyntax call, string name)
    {
        foreach (var argument in call.Arguments.Arguments)
            if (argument.Name?.Text == name)
                return argument.Value;
        return null;
    }

    private static SortOrder? Sort(AttributeArguments arguments, ConstantSyntax word)
    {
        switch (word.Text)
        {
            case "Asc": return SortOrder.Ascending;
            case "Desc": return SortOrder.Descending;
            default:
                arguments.Mismatch(word, "`Asc` or `Desc`");
                return null;
        }
    }

    private static string? Similar(ModelSymbol model, string name) => Suggestion.For(name, model.Columns.Select(f => f.Name));
}
