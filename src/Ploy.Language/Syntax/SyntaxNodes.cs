using System.Collections.Immutable;
using System.Diagnostics;
using Ploy.Core.Text;

namespace Ploy.Language.Syntax;

/// <summary>
/// A part of a schema file. Immutable; two nodes are equal only where they are the same node. A large schema is a million of them, so that nodes
/// do not keep what follows from their other parts.
/// </summary>
public abstract class SyntaxNode(TextSpan span)
{
    /// <summary>Where the node stands, without blanks and comments around it.</summary>
    public TextSpan Span { get; } = span;
}

/// <summary>A name as written.</summary>
/// <param name="Span">Where its characters stand.</param>
/// <param name="Text">The characters; may hold dots where a path is allowed (<c>db.VarChar</c>).</param>
public readonly record struct NameSyntax(TextSpan Span, string Text)
{
    /// <summary>The name with which a node begins.</summary>
    internal static NameSyntax Leading(SyntaxNode node, string text) => new(new TextSpan(node.Span.Start, text.Length), text);

    /// <summary>Its text, which is kept of a name that begins its node.</summary>
    internal static string TextOf(NameSyntax name, TextSpan node)
    {
        Debug.Assert(name.Span.Start == node.Start && name.Span.Length == name.Text.Length, "a node begins elsewhere than its name");
        return name.Text;
    }

    /// <inheritdoc />
    public override string ToString() => Text;
}

/// <summary>One file.</summary>
public sealed class DocumentSyntax(TextSpan span, ImmutableArray<Piece> pieces) : SyntaxNode(span)
{
    /// <summary>Blocks, comments, empty lines and bad lines in the order of the file.</summary>
    public ImmutableArray<Piece> Pieces { get; } = pieces;

    /// <summary>All blocks in the order of the file.</summary>
    public ImmutableArray<DeclarationSyntax> Declarations { get; } = pieces.Nodes<DeclarationSyntax>();
}

/// <summary>A top-level block.</summary>
public abstract class DeclarationSyntax(TextSpan span, NameSyntax name, string? documentation, ImmutableArray<Piece> pieces) : SyntaxNode(span)
{
    /// <summary>What stands between the braces, comments, empty lines and bad lines included; empty for a block of an unknown kind.</summary>
    public ImmutableArray<Piece> Pieces { get; } = pieces;

    /// <summary>The block's name.</summary>
    public NameSyntax Name { get; } = name;

    /// <summary>The <c>///</c> lines before the block joined by line feeds, without the slashes; null without any.</summary>
    public string? Documentation { get; } = documentation;
}

/// <summary>Which keyword began a <see cref="ModelSyntax"/>.</summary>
public enum ModelKind
{
    /// <summary><c>model</c></summary>
    Model,

    /// <summary><c>view</c></summary>
    View,

    /// <summary><c>type</c>, a composite type, which our providers reject.</summary>
    CompositeType,
}

internal static class ModelKinds
{
    /// <summary>The keyword, which is the word for it in sentences.</summary>
    public static string Word(this ModelKind kind) => kind switch { ModelKind.Model => "model", ModelKind.View => "view", _ => "type" };
}

/// <summary>A <c>model</c>, <c>view</c> or composite <c>type</c>.</summary>
public sealed class ModelSyntax(
    TextSpan span, NameSyntax name, string? documentation, ModelKind kind, ImmutableArray<Piece> pieces)
    : DeclarationSyntax(span, name, documentation, pieces)
{
    /// <summary>The keyword.</summary>
    public ModelKind Kind { get; } = kind;

    /// <summary>Fields in the order of the file; those without a type, which are reported, are left out.</summary>
    public ImmutableArray<FieldSyntax> Fields { get; } = pieces.Nodes<FieldSyntax>(f => f is { Type.IsMissing: false, IsOldForm: false });

    /// <summary>Block attributes (<c>@@id</c> and so on) in the order of the file.</summary>
    public ImmutableArray<AttributeSyntax> Attributes { get; } = pieces.Nodes<AttributeSyntax>();
}

/// <summary>An <c>enum</c>.</summary>
public sealed class EnumSyntax(TextSpan span, NameSyntax name, string? documentation, ImmutableArray<Piece> pieces)
    : DeclarationSyntax(span, name, documentation, pieces)
{
    /// <summary>The values in order.</summary>
    public ImmutableArray<EnumValueSyntax> Values { get; } = pieces.Nodes<EnumValueSyntax>();

    /// <summary>Block attributes.</summary>
    public ImmutableArray<AttributeSyntax> Attributes { get; } = pieces.Nodes<AttributeSyntax>();
}

/// <summary>One value of an enum.</summary>
public sealed class EnumValueSyntax(TextSpan span, NameSyntax name, string? documentation, ImmutableArray<AttributeSyntax> attributes) : SyntaxNode(span)
{
    /// <summary>The value's name.</summary>
    public NameSyntax Name { get; } = name;

    /// <summary>As <see cref="DeclarationSyntax.Documentation"/>.</summary>
    public string? Documentation { get; } = documentation;

    /// <summary>Attributes (<c>@map</c>).</summary>
    public ImmutableArray<AttributeSyntax> Attributes { get; } = attributes;
}

/// <summary>Which keyword began a <see cref="ConfigurationSyntax"/>.</summary>
public enum ConfigurationKind
{
    /// <summary><c>datasource</c></summary>
    Datasource,

    /// <summary><c>generator</c></summary>
    Generator,
}

/// <summary>A <c>datasource</c> or <c>generator</c>.</summary>
public sealed class ConfigurationSyntax(
    TextSpan span, NameSyntax name, string? documentation, ConfigurationKind kind, ImmutableArray<Piece> pieces)
    : DeclarationSyntax(span, name, documentation, pieces)
{
    /// <summary>The keyword.</summary>
    public ConfigurationKind Kind { get; } = kind;

    /// <summary>The <c>key = value</c> lines.</summary>
    public ImmutableArray<PropertySyntax> Properties { get; } = pieces.Nodes<PropertySyntax>();
}

/// <summary>A <c>key = value</c> line of a configuration block.</summary>
public sealed class PropertySyntax(TextSpan span, NameSyntax name, ExpressionSyntax? value) : SyntaxNode(span)
{
    /// <summary>The key.</summary>
    public NameSyntax Name { get; } = name;

    /// <summary>The value; null where it is missing.</summary>
    public ExpressionSyntax? Value { get; } = value;
}

/// <summary>A block that is none of the known kinds; already reported.</summary>
public sealed class BadDeclarationSyntax(TextSpan span, NameSyntax name) : DeclarationSyntax(span, name, null, []);

/// <summary>How many values a field holds.</summary>
public enum FieldArity
{
    /// <summary>Exactly one.</summary>
    Required,

    /// <summary>One or none: <c>?</c>.</summary>
    Optional,

    /// <summary>Any number: <c>[]</c>.</summary>
    List,
}

/// <summary>A field of a model, view or composite type.</summary>
public sealed class FieldSyntax(
    TextSpan span, NameSyntax name, string? documentation, FieldTypeSyntax type, FieldArity arity, ImmutableArray<AttributeSyntax> attributes)
    : SyntaxNode(span)
{
    private readonly string _name = NameSyntax.TextOf(name, span);

    /// <summary>The field's name.</summary>
    public NameSyntax Name => NameSyntax.Leading(this, _name);

    /// <summary>The <c>///</c> lines before the field and behind it on its line; null without any.</summary>
    public string? Documentation { get; } = documentation;

    /// <summary>The type as written.</summary>
    public FieldTypeSyntax Type { get; } = type;

    /// <summary>Required, optional or list.</summary>
    public FieldArity Arity { get; } = arity;

    /// <summary>Whether it is a list with a question mark, which is an error.</summary>
    public bool IsOptionalList { get; init; }

    /// <summary>Whether it is written in a form that is gone (<c>a: Int</c>, <c>a [Int]</c>, <c>a Int!</c>, <c>a Int[]?</c>), which is an error.</summary>
    public bool IsOldForm { get; init; }

    /// <summary>Attributes in order.</summary>
    public ImmutableArray<AttributeSyntax> Attributes { get; } = attributes;
}

/// <summary>A field's type: a name, or <c>Unsupported("...")</c>.</summary>
/// <param name="Span">Where it stands, without <c>?</c> and <c>[]</c>.</param>
/// <param name="Name">The name as written; <c>Unsupported</c> for that form.</param>
/// <param name="Unsupported">The database's type inside <c>Unsupported("...")</c>; null for a name.</param>
public readonly record struct FieldTypeSyntax(TextSpan Span, string Name, StringSyntax? Unsupported)
{
    /// <summary>Whether nothing was written where the type should stand; then there is no name either.</summary>
    public bool IsMissing => Name is null;
}

/// <summary>An attribute; the span begins at its <c>@</c>.</summary>
public sealed class AttributeSyntax(TextSpan span, NameSyntax name, ArgumentListSyntax? arguments) : SyntaxNode(span)
{
    /// <summary>The name without <c>@</c>: <c>id</c>, <c>db.VarChar</c>.</summary>
    public NameSyntax Name { get; } = name;

    /// <summary>What stands in parentheses; null where there are none.</summary>
    public ArgumentListSyntax? Arguments { get; } = arguments;
}

/// <summary>Arguments in parentheses, of an attribute or a call.</summary>
public sealed class ArgumentListSyntax(TextSpan span, ImmutableArray<ArgumentSyntax> arguments, TextSpan? trailingComma) : SyntaxNode(span)
{
    private readonly int _trailingComma = trailingComma?.Start ?? -1;

    /// <summary>The arguments in order.</summary>
    public ImmutableArray<ArgumentSyntax> Arguments { get; } = arguments;

    /// <summary>Where a comma stands behind the last argument, which is an error; null without one.</summary>
    public TextSpan? TrailingComma => _trailingComma < 0 ? null : new TextSpan(_trailingComma, 1);
}

/// <summary>One argument.</summary>
public sealed class ArgumentSyntax(TextSpan span, NameSyntax? name, ExpressionSyntax? value) : SyntaxNode(span)
{
    private readonly string? _name = name is { } written ? NameSyntax.TextOf(written, span) : null;

    /// <summary>The name before the colon; null for a positional argument.</summary>
    public NameSyntax? Name => _name is null ? null : NameSyntax.Leading(this, _name);

    /// <summary>The value; null where it is missing (<c>name:</c>).</summary>
    public ExpressionSyntax? Value { get; } = value;
}

/// <summary>A value.</summary>
public abstract class ExpressionSyntax(TextSpan span) : SyntaxNode(span);

/// <summary>A string; the span holds the quotes.</summary>
public sealed class StringSyntax(TextSpan span, string value) : ExpressionSyntax(span)
{
    /// <summary>The text with its escapes resolved.</summary>
    public string Value { get; } = value;
}

/// <summary>A number as written.</summary>
public sealed class NumberSyntax(TextSpan span, string text) : ExpressionSyntax(span)
{
    /// <summary>The characters, sign and fraction included.</summary>
    public string Text { get; } = text;
}

/// <summary>A bare word: <c>true</c>, <c>Cascade</c>, a field or enum value, a path (<c>address.city</c>).</summary>
public sealed class ConstantSyntax(TextSpan span, string text) : ExpressionSyntax(span)
{
    /// <summary>The word.</summary>
    public string Text { get; } = text;
}

/// <summary>A call: <c>now()</c>, <c>dbgenerated("x")</c>, <c>createdAt(sort: Desc)</c>.</summary>
public sealed class CallSyntax(TextSpan span, NameSyntax name, ArgumentListSyntax arguments) : ExpressionSyntax(span)
{
    private readonly string _name = NameSyntax.TextOf(name, span);

    /// <summary>The function's name; may be a path.</summary>
    public NameSyntax Name => NameSyntax.Leading(this, _name);

    /// <summary>The arguments.</summary>
    public ArgumentListSyntax Arguments { get; } = arguments;
}

/// <summary>A list: <c>[a, b]</c>.</summary>
public sealed class ArraySyntax(TextSpan span, ImmutableArray<ExpressionSyntax> elements) : ExpressionSyntax(span)
{
    /// <summary>The elements in order.</summary>
    public ImmutableArray<ExpressionSyntax> Elements { get; } = elements;
}

/// <summary>An object, as a partial index's <c>where</c> takes it: <c>{ deletedAt: null }</c>.</summary>
public sealed class ObjectSyntax(TextSpan span, ImmutableArray<ArgumentSyntax> members) : ExpressionSyntax(span)
{
    /// <summary>Members in order; each has a name.</summary>
    public ImmutableArray<ArgumentSyntax> Members { get; } = members;
}
