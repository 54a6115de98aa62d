using System.Collections.Immutable;
using Ploy.Language.Semantics;
using Ploy.Language.Syntax;

namespace Ploy.Client.Diagrams;

/// <summary>A schema as an entity-relationship diagram: models, their columns, their relations, and which file (domain) each comes from.</summary>
public sealed class ErDiagram
{
    private ErDiagram(ImmutableArray<string> domains, ImmutableArray<DiagramEntity> entities, ImmutableArray<DiagramRelation> relations) =>
        (Domains, Entities, Relations) = (domains, entities, relations);

    /// <summary>Domains by name, each a file; a domain's place is its colour.</summary>
    public ImmutableArray<string> Domains { get; }

    /// <summary>Models and views in schema order.</summary>
    public ImmutableArray<DiagramEntity> Entities { get; }

    /// <summary>Relations between them.</summary>
    public ImmutableArray<DiagramRelation> Relations { get; }

    /// <summary>Takes what a diagram shows out of a schema.</summary>
    public static ErDiagram Of(SchemaModel schema)
    {
        ArgumentNullException.ThrowIfNull(schema);
        var entities = schema.Models.Select(m => new DiagramEntity(m.Name, Domain(m), [.. m.ScalarFields.Select(f => Column(m, f))])).ToImmutableArray();
        return new ErDiagram(
            [.. entities.Select(e => e.Domain).Distinct().Order(StringComparer.Ordinal)], entities,
            [.. schema.Relations.Select(Relation).OfType<DiagramRelation>()]);
    }

    private static string Domain(Model model) => Path.GetFileNameWithoutExtension(model.Location.Source.Path);

    private static DiagramColumn Column(Model model, ScalarField field)
    {
        var type = field.Type switch
        {
            FieldType.Scalar scalar => scalar.Kind.ToString(),
            FieldType.Enum type1 => type1.Name,
            FieldType.Unsupported other => other.DatabaseType,
            _ => "",
        };
        var mark = field.Arity switch { FieldArity.List => "[]", FieldArity.Optional => "?", _ => "" };
        return new DiagramColumn(
            field.Name, type + mark,
            model.PrimaryKey?.Parts.Any(p => p.Field == field.Name) == true,
            model.RelationFields.Any(r => r.Fields.Contains(field.Name)),
            model.Indexes.Any(i => i.Kind == IndexKind.Unique && i.Parts is [{ } part] && part.Field == field.Name));
    }

    private static DiagramRelation? Relation(Relation relation) => relation switch
    {
        Relation.ForeignKey key => new DiagramRelation(
            key.Model, key.Target, key.Field.Name, key.IsOneToOne ? RelationShape.OneToOne : RelationShape.ManyToOne, key.Field.Arity == FieldArity.Optional, key.Field.Fields.FirstOrDefault()),
        Relation.ManyToMany many => new DiagramRelation(many.ModelA, many.ModelB, many.FieldA.Name, RelationShape.ManyToMany, false, null),
        _ => null,
    };
}

/// <summary>A model or view.</summary>
/// <param name="Name">Its name in the schema.</param>
/// <param name="Domain">The file it stands in, without folder and ending.</param>
/// <param name="Columns">Its columns in order.</param>
public sealed record DiagramEntity(string Name, string Domain, ImmutableArray<DiagramColumn> Columns);

/// <summary>A column.</summary>
/// <param name="Name">The field's name.</param>
/// <param name="Type">Its type with <c>?</c> or <c>[]</c>.</param>
/// <param name="IsKey">Whether it is part of the primary key.</param>
/// <param name="IsForeign">Whether it is part of a foreign key.</param>
/// <param name="IsUnique">Whether it is unique by itself.</param>
public sealed record DiagramColumn(string Name, string Type, bool IsKey, bool IsForeign, bool IsUnique);

/// <summary>How many are at each end.</summary>
public enum RelationShape
{
    /// <summary>Many of the first refer to one of the second.</summary>
    ManyToOne,

    /// <summary>One each.</summary>
    OneToOne,

    /// <summary>Many each, over a join table.</summary>
    ManyToMany,
}

/// <summary>A relation.</summary>
/// <param name="From">The model with the foreign key.</param>
/// <param name="To">The model referred to.</param>
/// <param name="Name">The field's name.</param>
/// <param name="Shape">How many are at each end.</param>
/// <param name="IsOptional">Whether the reference may be null.</param>
/// <param name="Column">The foreign key's first field; null for many-to-many.</param>
public sealed record DiagramRelation(string From, string To, string Name, RelationShape Shape, bool IsOptional, string? Column);

/// <summary>The colours of domains, readable under dark text; after the last they begin again.</summary>
internal static class DomainColors
{
    private static readonly (string Fill, string Line)[] Colors =
    [
        ("#dbeafe", "#2563eb"), ("#dcfce7", "#16a34a"), ("#fef3c7", "#d97706"), ("#fce7f3", "#db2777"), ("#ede9fe", "#7c3aed"),
        ("#cffafe", "#0891b2"), ("#fee2e2", "#dc2626"), ("#ecfccb", "#65a30d"), ("#ffedd5", "#ea580c"), ("#e2e8f0", "#475569"),
    ];

    public static (string Fill, string Line) Of(int domain) => Colors[domain % Colors.Length];
}
