using System.Collections.Immutable;
using Ploy.Language.Semantics;
using Ploy.Language.Syntax;

namespace Ploy.Language.Formatting.Completion;

/// <summary>What identifies a model's rows, read from its attributes.</summary>
internal static class UniqueKeys
{
    /// <summary>Whether a unique constraint holds exactly the fields of the side's <c>fields:</c>, in that order.</summary>
    public static bool AreUnique(RelationSide side) =>
        side.HasFields && AttributeReader.Words(side.Attribute!.Argument("fields")) is var fields && Uniques(side.Model.Syntax).Any(key => key.SequenceEqual(fields, StringComparer.Ordinal));

    /// <summary>The primary key, then unique constraints; as lists of field names.</summary>
    public static IEnumerable<ImmutableArray<string>> Of(ModelSyntax model)
    {
        foreach (var field in model.Fields.Where(f => f.Attributes.Find("id") is not null)) yield return [field.Name.Text];
        foreach (var attribute in model.Attributes.Where(a => a.Name.Text == "id")) yield return Fields(attribute);
        foreach (var key in Uniques(model)) yield return key;
    }

    /// <summary>The first key without optional fields and without types that only the database knows; empty where there is none.</summary>
    public static ImmutableArray<string> Strict(ModelSyntax model) =>
        Of(model).FirstOrDefault(key => key.All(name => model.Fields.FirstOrDefault(f => f.Name.Text == name) is { Arity: not FieldArity.Optional, Type.Unsupported: null }), []);

    private static IEnumerable<ImmutableArray<string>> Uniques(ModelSyntax model)
    {
        foreach (var field in model.Fields.Where(f => f.Attributes.Find("unique") is not null)) yield return [field.Name.Text];
        foreach (var attribute in model.Attributes.Where(a => a.Name.Text == "unique")) yield return Fields(attribute);
    }

    private static ImmutableArray<string> Fields(AttributeSyntax attribute) => AttributeReader.PartNames(attribute.Argument("fields", isDefault: true));
}
