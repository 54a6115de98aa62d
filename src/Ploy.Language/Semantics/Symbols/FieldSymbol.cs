using System.Collections.Immutable;
using Ploy.Core.Text;
using Ploy.Language.Syntax;

namespace Ploy.Language.Semantics.Symbols;

/// <summary>A field while the passes find out what it means.</summary>
internal sealed class FieldSymbol(ModelSymbol model, FieldSyntax syntax)
{
    public ModelSymbol Model { get; } = model;

    public FieldSyntax Syntax { get; } = syntax;

    public string Name => Syntax.Name.Text;

    public FieldArity Arity => Syntax.Arity;

    public bool IsList => Arity == FieldArity.List;

    public bool IsRequired => Arity == FieldArity.Required;

    /// <summary>The column's type; null for relations, composite types and types that do not exist.</summary>
    public FieldType? Type { get; set; }

    /// <summary>The built-in type; null for any other.</summary>
    public ScalarKind? Scalar => (Type as FieldType.Scalar)?.Kind;

    /// <summary>The block that is the type, an <see cref="EnumSymbol"/> or a <see cref="ModelSymbol"/>; null for any other type.</summary>
    public object? Declared { get; set; }

    /// <summary>The enum that is the type; null for any other type.</summary>
    public EnumSymbol? Enum => Declared as EnumSymbol;

    /// <summary>The composite type that is the type; null for any other type.</summary>
    public ModelSymbol? Composite => Declared is ModelSymbol { IsComposite: true } composite ? composite : null;

    /// <summary>The model or view that is the type; null for any other type.</summary>
    public ModelSymbol? Target => Declared is ModelSymbol { IsComposite: false } model ? model : null;

    /// <summary>Whether it stands for values in its own table, as far as other attributes are concerned.</summary>
    public bool IsColumn => Type is not null || Composite is not null;

    public bool IsIgnored { get; set; }

    public bool IsUpdatedAt { get; set; }

    public string? MappedName { get; set; }

    public string ColumnName => MappedName ?? Name;

    /// <summary><c>@default</c>; null where absent or wrong.</summary>
    public DefaultSymbol? Default { get; set; }

    /// <summary><c>@db.X</c>; null where absent.</summary>
    public NativeTypeSymbol? NativeType { get; set; }

    /// <summary>What <c>@relation</c> says; null where absent.</summary>
    public RelationAttributeSymbol? Relation { get; set; }

    /// <summary>What became of a relation field in the model; null before that.</summary>
    public RelationField? Assembled { get; set; }

    public SourceLocation Location => Model.At(Syntax.Span);

    /// <summary>The place of an argument of <c>@relation</c>; the field where it is absent.</summary>
    public SourceLocation AtRelationArgument(string name)
    {
        foreach (var argument in Relation?.Attribute.Arguments?.Arguments ?? [])
            if (argument.Name?.Text == name)
                return Model.At(argument);
        return Location;
    }
}

/// <summary>What <c>@default</c> says.</summary>
/// <param name="Model">Its meaning.</param>
/// <param name="Value">The value as written.</param>
/// <param name="Attribute">The attribute.</param>
/// <param name="ConstraintName"><c>map:</c>; null where absent.</param>
internal sealed record DefaultSymbol(DefaultModel? Model, ExpressionSyntax Value, AttributeSyntax Attribute, string? ConstraintName);

/// <summary>A native type as written.</summary>
/// <param name="Scope">What stands before the dot.</param>
/// <param name="Name">What stands behind it.</param>
/// <param name="Arguments">The arguments as written.</param>
/// <param name="Attribute">The attribute.</param>
internal sealed record NativeTypeSymbol(string Scope, string Name, ImmutableArray<string> Arguments, AttributeSyntax Attribute);

/// <summary>A text and where it stands.</summary>
internal sealed record PlacedText(string Text, SourceLocation Location);

/// <summary>A referential action and where it stands.</summary>
internal sealed record PlacedAction(ReferentialAction Action, SourceLocation Location);

/// <summary>What <c>@relation</c> says.</summary>
internal sealed record RelationAttributeSymbol(AttributeSyntax Attribute)
{
    public string? Name { get; init; }

    /// <summary><c>fields:</c>; null where absent, empty where wrong.</summary>
    public ImmutableArray<FieldSymbol>? Fields { get; init; }

    /// <summary><c>references:</c>; null where absent, empty where wrong.</summary>
    public ImmutableArray<FieldSymbol>? References { get; init; }

    public PlacedAction? OnDelete { get; init; }

    public PlacedAction? OnUpdate { get; init; }

    public PlacedText? ConstraintName { get; init; }
}
