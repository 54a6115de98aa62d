using System.Collections.Immutable;
using Ploy.Core.Text;
using Ploy.Language.Syntax;

namespace Ploy.Language.Semantics;

/// <summary>Builds the model of files that have no faults.</summary>
internal sealed class ModelBuilder(ImmutableArray<SyntaxTree> trees)
{
    private readonly Dictionary<string, ModelSyntax> _models = new(StringComparer.Ordinal);
    private readonly Dictionary<string, EnumSyntax> _enums = new(StringComparer.Ordinal);

    public SchemaModel Build()
    {
        foreach (var declaration in trees.SelectMany(t => t.Root.Declarations))
        {
            if (declaration is ModelSyntax { Kind: not ModelKind.CompositeType } model) _models.TryAdd(model.Name.Text, model);
            if (declaration is EnumSyntax type) _enums.TryAdd(type.Name.Text, type);
        }

        var models = All<ModelSyntax>().Where(p => p.Node.Kind != ModelKind.CompositeType).Select(p => Model(p.Source, p.Node)).ToImmutableArray();
        var generators = All<ConfigurationSyntax>().Where(p => p.Node.Kind == ConfigurationKind.Generator).ToList();
        return new SchemaModel
        {
            Datasource = All<ConfigurationSyntax>().Where(p => p.Node.Kind == ConfigurationKind.Datasource)
                .Select(p => ConfigurationReader.Datasource(p.Source, p.Node)).FirstOrDefault(),
            Generators = [.. generators.Select(p => ConfigurationReader.Generator(p.Source, p.Node))],
            Models = models,
            Enums = [.. All<EnumSyntax>().Select(p => Enumeration(p.Source, p.Node))],
            Relations = RelationResolver.Resolve(models),
            PreviewFeatures = [.. generators.SelectMany(p => p.Node.Properties).Where(p => p.Name.Text == "previewFeatures")
                .SelectMany(p => ConfigurationReader.Strings(p.Value)).Distinct()],
        };
    }

    private IEnumerable<(SourceText Source, T Node)> All<T>()
        where T : DeclarationSyntax => trees.SelectMany(t => t.Root.Declarations.OfType<T>().Select(d => (t.Source, d)));

    private static EnumModel Enumeration(SourceText source, EnumSyntax type) => new()
    {
        Name = type.Name.Text,
        DatabaseName = type.Attributes.Find("map")?.Text("name", isDefault: true) ?? type.Name.Text,
        Namespace = type.Attributes.Find("schema")?.Text("map", isDefault: true),
        Values = [.. type.Values.Select(v => new EnumValueModel(
            v.Name.Text, v.Attributes.Find("map")?.Text("name", isDefault: true) ?? v.Name.Text, v.Documentation))],
        Documentation = type.Documentation,
        Location = new SourceLocation(source, type.Span),
    };

    private Model Model(SourceText source, ModelSyntax syntax)
    {
        var fields = syntax.Fields.Select(f => Field(source, syntax, f)).ToImmutableArray();
        var columns = fields.OfType<ScalarField>().ToDictionary(f => f.Name, f => f.ColumnName);
        return new Model
        {
            Name = syntax.Name.Text,
            DatabaseName = syntax.Attributes.Find("map")?.Text("name", isDefault: true) ?? syntax.Name.Text,
            Namespace = syntax.Attributes.Find("schema")?.Text("map", isDefault: true),
            IsView = syntax.Kind == ModelKind.View,
            IsIgnored = syntax.Attributes.Find("ignore") is not null,
            Fields = fields,
            PrimaryKey = PrimaryKey(syntax),
            Indexes = [.. Indexes(syntax, name => columns.GetValueOrDefault(name, name))],
            Documentation = syntax.Documentation,
            Location = new SourceLocation(source, syntax.Span),
        };
    }

    private ModelField Field(SourceText source, ModelSyntax model, FieldSyntax syntax)
    {
        var isIgnored = syntax.Attributes.Find("ignore") is not null;
        var location = new SourceLocation(source, syntax.Span);
        if (syntax.Type.Unsupported is null && _models.TryGetValue(syntax.Type.Name, out var target))
        {
            var relation = syntax.Attributes.Find("relation");
            var name = relation?.Text("name", isDefault: true);
            return new RelationField
            {
                Name = syntax.Name.Text,
                Arity = syntax.Arity,
                IsIgnored = isIgnored || model.Attributes.Find("ignore") is not null || target.Attributes.Find("ignore") is not null,
                Documentation = syntax.Documentation,
                Location = location,
                Target = syntax.Type.Name,
                RelationName = name ?? RelationResolver.DefaultName(model.Name.Text, syntax.Type.Name),
                IsNamed = name is not null,
                Fields = AttributeReader.Words(relation?.Argument("fields")),
                References = AttributeReader.Words(relation?.Argument("references")),
                OnDelete = AttributeReader.Action(relation?.Argument("onDelete")),
                OnUpdate = AttributeReader.Action(relation?.Argument("onUpdate")),
                DatabaseName = relation?.Text("map"),
            };
        }

        var native = syntax.Attributes.FirstOrDefault(a => a.Name.Text.Contains('.', StringComparison.Ordinal));
        return new ScalarField
        {
            Name = syntax.Name.Text,
            Arity = syntax.Arity,
            IsIgnored = isIgnored,
            Documentation = syntax.Documentation,
            Location = location,
            ColumnName = syntax.Attributes.Find("map")?.Text("name", isDefault: true) ?? syntax.Name.Text,
            Type = TypeOf(syntax),
            NativeType = native is null ? null : new NativeTypeModel(native.Name.Text[(native.Name.Text.IndexOf('.', StringComparison.Ordinal) + 1)..],
                Core.EquatableArray.ToEquatableArray((native.Arguments?.Arguments ?? []).Select(a => a.Value).OfType<NumberSyntax>().Select(n => n.Text))),
            Default = AttributeReader.Default(syntax.Attributes.Find("default")?.Argument("value", isDefault: true)),
            IsUpdatedAt = syntax.Attributes.Find("updatedAt") is not null,
        };
    }

    private FieldType TypeOf(FieldSyntax syntax) => syntax.Type.Unsupported is { } unsupported ? new FieldType.Unsupported(unsupported.Value)
        : _enums.ContainsKey(syntax.Type.Name) ? new FieldType.Enum(syntax.Type.Name)
        : new FieldType.Scalar(Enum.TryParse<ScalarKind>(syntax.Type.Name, out var kind) ? kind : ScalarKind.String);

    private static KeyModel? PrimaryKey(ModelSyntax syntax)
    {
        if (syntax.Attributes.Find("id") is { } block)
        {
            return new KeyModel
            {
                Parts = AttributeReader.Parts(block.Argument("fields", isDefault: true)),
                DatabaseName = block.Text("map"),
                ClientName = block.Text("name"),
            };
        }

        foreach (var field in syntax.Fields)
            if (field.Attributes.Find("id") is { } attribute)
                return new KeyModel { Parts = [AttributeReader.Part(field.Name.Text, attribute.Arguments?.Arguments ?? [])], DatabaseName = attribute.Text("map"), IsOnField = true };
        return null;
    }

    /// <summary>The engine takes all attributes of one kind before those of the next.</summary>
    private static IndexKind? KindOf(AttributeSyntax attribute) => attribute.Name.Text switch
    {
        "index" => IndexKind.Normal,
        "unique" => IndexKind.Unique,
        "fulltext" => IndexKind.FullText,
        _ => null,
    };

    private static IEnumerable<IndexModel> Indexes(ModelSyntax syntax, Func<string, string> columnOf)
    {
        foreach (var field in syntax.Fields)
            if (field.Attributes.Find("unique") is { } attribute)
                yield return new IndexModel
                {
                    Kind = IndexKind.Unique,
                    Parts = [AttributeReader.Part(field.Name.Text, attribute.Arguments?.Arguments ?? [])],
                    DatabaseName = attribute.Text("map"),
                    Predicate = AttributeReader.Predicate(attribute.Argument("where"), columnOf),
                    IsOnField = true,
                };
        foreach (var attribute in syntax.Attributes.Where(a => KindOf(a) is not null).OrderBy(KindOf))
        {
            var kind = KindOf(attribute)!.Value;
            yield return new IndexModel
            {
                Kind = kind,
                Parts = AttributeReader.Parts(attribute.Argument("fields", isDefault: true)),
                // Before it was called map, an index's name in the database was its name.
                DatabaseName = attribute.Text("map") ?? (kind == IndexKind.Unique ? null : attribute.Text("name")),
                ClientName = attribute.Text("name"),
                Method = (attribute.Argument("type") as ConstantSyntax)?.Text,
                Predicate = AttributeReader.Predicate(attribute.Argument("where"), columnOf),
            };
        }
    }
}

/// <summary>Pairs relation fields.</summary>
internal static class RelationResolver
{
    /// <summary>Both names in order.</summary>
    public static string DefaultName(string first, string second) =>
        string.CompareOrdinal(first, second) <= 0 ? $"{first}To{second}" : $"{second}To{first}";

    public static ImmutableArray<Relation> Resolve(ImmutableArray<Model> models)
    {
        var relations = ImmutableArray.CreateBuilder<Relation>();
        var fields = models.SelectMany(m => m.RelationFields.Select(f => (Model: m.Name, Field: f))).ToLookup(p => (p.Model, p.Field.Target, p.Field.RelationName));
        foreach (var model in models)
        {
            foreach (var field in model.RelationFields)
            {
                var back = fields[(field.Target, model.Name, field.RelationName)].Select(p => p.Field).FirstOrDefault(f => !ReferenceEquals(f, field));
                if (Relation(model.Name, field, back) is { } relation) relations.Add(relation);
            }
        }

        return relations.ToImmutable();
    }

    /// <summary>The relation, at the one of its fields by which the engine orders it; null at the other.</summary>
    private static Relation? Relation(string model, RelationField field, RelationField? back)
    {
        if (field.Fields.Length > 0)
        {
            return new Relation.ForeignKey
            {
                Name = field.RelationName,
                Model = model,
                Field = field,
                Target = field.Target,
                BackField = back,
                IsOneToOne = back is { Arity: not FieldArity.List },
            };
        }

        if (back is null || field.Arity != FieldArity.List || back.Arity != FieldArity.List) return null;
        var order = string.CompareOrdinal(model, field.Target);
        if (order > 0 || (order == 0 && string.CompareOrdinal(field.Name, back.Name) > 0)) return null;
        return new Relation.ManyToMany { Name = field.RelationName, ModelA = model, FieldA = field, ModelB = field.Target, FieldB = back };
    }
}
