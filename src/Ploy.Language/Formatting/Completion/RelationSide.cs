using Ploy.Language.Semantics;
using Ploy.Language.Syntax;

namespace Ploy.Language.Formatting.Completion;

/// <summary>A model, with the file that it stands in.</summary>
/// <param name="File">The file's place among the files.</param>
/// <param name="Syntax">The block.</param>
internal sealed record ModelPlace(int File, ModelSyntax Syntax)
{
    public string Name => Syntax.Name.Text;
}

/// <summary>A field whose type is a model.</summary>
/// <param name="Model">The model with the field.</param>
/// <param name="Field">The field.</param>
/// <param name="Target">The model that it names.</param>
internal sealed record RelationSide(ModelPlace Model, FieldSyntax Field, ModelPlace Target)
{
    /// <summary>Its <c>@relation</c>; null without one.</summary>
    public AttributeSyntax? Attribute { get; } = Field.Attributes.Find("relation");

    /// <summary>The relation's name as written; null without one.</summary>
    public string? RelationName => Attribute?.Text("name", isDefault: true);

    /// <summary>Whether <c>fields:</c> is there.</summary>
    public bool HasFields => Attribute?.Argument("fields") is not null;

    /// <summary>Whether <c>references:</c> is there.</summary>
    public bool HasReferences => Attribute?.Argument("references") is not null;

    /// <summary>Whether this side comes after the other by the names of models, then fields.</summary>
    public bool ComesAfter(RelationSide other)
    {
        var models = string.CompareOrdinal(Model.Name, other.Model.Name);
        return models > 0 || (models == 0 && string.CompareOrdinal(Field.Name.Text, other.Field.Name.Text) > 0);
    }
}
