using System.Collections.Immutable;
using Ploy.Core.Text;
using Ploy.Language.Diagnostics;
using Ploy.Language.Semantics.Symbols;

namespace Ploy.Language.Semantics.Passes.Attributes;

/// <summary><c>@relation(...)</c> on a field whose type is a model.</summary>
internal static class RelationAttribute
{
    public static RelationAttributeSymbol Read(AttributeArguments arguments, FieldSymbol field)
    {
        var fields = Fields(arguments, field.Model, "fields");
        var references = Fields(arguments, field.Target!, "references");
        var name = arguments.OptionalMain("name") is { } value ? arguments.Text(value) : null;
        if (name is { Text.Length: 0 }) arguments.Report(SchemaDiagnostics.EmptyText(name.Location, arguments.Title, "name"));
        var relation = new RelationAttributeSymbol(arguments.Syntax)
        {
            Name = name is { Text.Length: > 0 } ? name.Text : null,
            Fields = fields,
            References = references,
            OnDelete = Action(arguments, "onDelete"),
            OnUpdate = Action(arguments, "onUpdate"),
            ConstraintName = arguments.NonEmptyText("map"),
        };
        arguments.End();
        return relation;
    }

    private static ImmutableArray<FieldSymbol>? Fields(AttributeArguments arguments, ModelSymbol model, string name) =>
        arguments.Optional(name) is { } value ? KeyParts.ReadNames(arguments, model, name, value) : null;

    private static PlacedAction? Action(AttributeArguments arguments, string name)
    {
        if (arguments.Word(name) is not { } word) return null;
        if (ActionOf(word.Text) is { } action) return new PlacedAction(action, arguments.At(word));
        arguments.Report(SchemaDiagnostics.UnknownAction(arguments.At(word), word.Text, Suggestion.For(word.Text, Enum.GetNames<ReferentialAction>())));
        return null;
    }

    private static ReferentialAction? ActionOf(string word) => word switch
    {
        nameof(ReferentialAction.Cascade) => ReferentialAction.Cascade,
        nameof(ReferentialAction.Restrict) => ReferentialAction.Restrict,
        nameof(ReferentialAction.NoAction) => ReferentialAction.NoAction,
        nameof(ReferentialAction.SetNull) => ReferentialAction.SetNull,
        nameof(ReferentialAction.SetDefault) => ReferentialAction.SetDefault,
        _ => null,
    };
}
