using System.Collections.Immutable;
using Ploy.Language.Semantics;
using Ploy.Language.Syntax;

namespace Ploy.Design.Pull;

/// <summary>What the files say of a model or view already.</summary>
/// <param name="Model">Its meaning.</param>
/// <param name="Syntax">Its text.</param>
/// <param name="Position">Its place among all blocks of all files, from 0.</param>
internal sealed record PreviousModel(Model Model, ModelSyntax Syntax, int Position)
{
    private readonly Dictionary<string, ScalarField> _byColumn = FirstOf(Model.ScalarFields, f => f.ColumnName);
    private readonly Dictionary<string, FieldSyntax> _syntax = FirstOf(Syntax.Fields, f => f.Name.Text);

    /// <summary>The name in the language and that of <c>@@map</c>, written or not.</summary>
    public PulledName Name => new(Model.Name, Written(Syntax.Attributes, "map") is null ? null : Model.DatabaseName);

    /// <summary>The field of a column; null where there is none.</summary>
    public ScalarField? FieldOf(string column) => _byColumn.GetValueOrDefault(column);

    /// <summary>The field's name and that of <c>@map</c>, written or not.</summary>
    public PulledName NameOf(ScalarField field) => new(field.Name, Attribute(field, "map") is null ? null : field.ColumnName);

    /// <summary>An attribute of a field as written; null where it has none of that name.</summary>
    public AttributeSyntax? Attribute(ModelField field, string name) => Written(_syntax[field.Name].Attributes, name);

    private static AttributeSyntax? Written(ImmutableArray<AttributeSyntax> attributes, string name) => attributes.FirstOrDefault(a => a.Name.Text == name);

    private static Dictionary<string, T> FirstOf<T>(ImmutableArray<T> items, Func<T, string> key)
    {
        var found = new Dictionary<string, T>(StringComparer.Ordinal);
        foreach (var item in items) found.TryAdd(key(item), item);
        return found;
    }
}

/// <summary>What the files say of an enum already.</summary>
/// <param name="Enum">Its meaning.</param>
/// <param name="Syntax">Its text.</param>
/// <param name="Position">Its place among all blocks of all files, from 0.</param>
internal sealed record PreviousEnum(EnumModel Enum, EnumSyntax Syntax, int Position)
{
    /// <summary>The name in the language and that of <c>@@map</c>, written or not.</summary>
    public PulledName Name => new(Enum.Name, Syntax.Attributes.Any(a => a.Name.Text == "map") ? Enum.DatabaseName : null);

    /// <summary>The value of a label; null where there is none.</summary>
    public EnumValueModel? ValueOf(string label) => Enum.Values.FirstOrDefault(v => v.DatabaseName == label);

    /// <summary>The value's name and that of <c>@map</c>, written or not.</summary>
    public PulledName NameOf(EnumValueModel value) =>
        new(value.Name, Syntax.Values.First(v => v.Name.Text == value.Name).Attributes.Any(a => a.Name.Text == "map") ? value.DatabaseName : null);
}

/// <summary>The schema as it was before the pull, found by what it is called in the database.</summary>
internal sealed class PreviousSchema
{
    private readonly Dictionary<(string? Namespace, string Name), PreviousModel> _models = [];
    private readonly Dictionary<(string? Namespace, string Name), PreviousModel> _views = [];
    private readonly Dictionary<(string? Namespace, string Name), PreviousEnum> _enums = [];
    private readonly Dictionary<string, PreviousModel> _byName = new(StringComparer.Ordinal);

    /// <summary>Reads compiled files.</summary>
    public PreviousSchema(SchemaCompilation compilation, SchemaModel model)
    {
        (Compilation, Model) = (compilation, model);
        var position = 0;
        foreach (var tree in compilation.Trees)
        {
            foreach (var declaration in tree.Root.Declarations)
            {
                Add(declaration, position++);
                Files.TryAdd(declaration, tree.Source.Path);
            }
        }
    }

    /// <summary>The files.</summary>
    public SchemaCompilation Compilation { get; }

    /// <summary>Their meaning.</summary>
    public SchemaModel Model { get; }

    /// <summary>The path of the file that each block stands in.</summary>
    public Dictionary<DeclarationSyntax, string> Files { get; } = [];

    /// <summary>Enums in the order of the files.</summary>
    public IEnumerable<PreviousEnum> Enums => _enums.Values;

    /// <summary>The model of a table; null where there is none.</summary>
    public PreviousModel? ModelOf(Relational.Model.QualifiedName table) => Find(_models, table);

    /// <summary>The view of a database's view; null where there is none.</summary>
    public PreviousModel? ViewOf(Relational.Model.QualifiedName view) => Find(_views, view);

    /// <summary>The enum of a database's enum; null where there is none.</summary>
    public PreviousEnum? EnumOf(Relational.Model.QualifiedName type) => Find(_enums, type);

    /// <summary>The model or view of that name in the language; null where there is none.</summary>
    public PreviousModel? Find(string name) => _byName.GetValueOrDefault(name);

    private void Add(DeclarationSyntax declaration, int position)
    {
        if (declaration is ModelSyntax syntax && Model.FindModel(syntax.Name.Text) is { } model)
        {
            var previous = new PreviousModel(model, syntax, position);
            (model.IsView ? _views : _models).TryAdd((model.Namespace, model.DatabaseName), previous);
            _byName.TryAdd(model.Name, previous);
        }
        else if (declaration is EnumSyntax type && Model.FindEnum(type.Name.Text) is { } found)
        {
            _enums.TryAdd((found.Namespace, found.DatabaseName), new PreviousEnum(found, type, position));
        }
    }

    // A block without a namespace means the only one there is.
    private static T? Find<T>(Dictionary<(string? Namespace, string Name), T> items, Relational.Model.QualifiedName name)
        where T : class =>
        items.GetValueOrDefault((name.Namespace, name.Name)) ?? items.GetValueOrDefault((null, name.Name));
}
