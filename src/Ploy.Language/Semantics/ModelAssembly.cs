using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Ploy.Core;
using Ploy.Language.Semantics.Passes;
using Ploy.Language.Semantics.Passes.Relations;
using Ploy.Language.Semantics.Symbols;

namespace Ploy.Language.Semantics;

/// <summary>Makes the model of what the passes found, once they found no fault.</summary>
internal static class ModelAssembly
{
    public static SchemaModel Assemble(
        SchemaSymbols symbols, ImmutableArray<RelationSymbol> relations, Datasource? datasource, ImmutableArray<Generator> generators, PreviewFeatureSet features) =>
        new(new Lazy<SchemaModel.Assembled>(() => Assemble(symbols, relations)))
        {
            Datasource = datasource,
            Generators = generators,
            ModelCount = symbols.Models.Count,
            EnumCount = symbols.Enums.Count,
            PreviewFeatures = features.Names,
        };

    private static SchemaModel.Assembled Assemble(SchemaSymbols symbols, ImmutableArray<RelationSymbol> relations)
    {
        var models = new Model[symbols.Models.Count];
        Parts.Run(models.Length, (from, to) =>
        {
            for (var i = from; i < to; i++) models[i] = Model(symbols.Models[i]);
        });
        return new SchemaModel.Assembled(ImmutableCollectionsMarshal.AsImmutableArray(models), [.. symbols.Enums.Select(Enumeration)], ImmutableArray.CreateRange(relations, Relation));
    }

    private static EnumModel Enumeration(EnumSymbol type) => new()
    {
        Name = type.Name,
        DatabaseName = type.DatabaseName,
        Namespace = type.Namespace?.Text,
        Values = ImmutableArray.CreateRange(type.Syntax.Values, static (v, type) => new EnumValueModel(v.Name.Text, type.LabelOf(v), v.Documentation), type),
        Documentation = type.Syntax.Documentation,
        Location = type.Location,
    };

    private static Model Model(ModelSymbol model) => new()
    {
        Name = model.Name,
        DatabaseName = model.DatabaseName,
        Namespace = model.Namespace?.Text,
        IsView = model.IsView,
        IsIgnored = model.IsIgnored,
        Fields = ImmutableArray.CreateRange(model.Fields, static f => f.Target is { } target ? RelationField(f, target) : (ModelField)Column(f)),
        PrimaryKey = model.PrimaryKey is { } key ? Key(key) : null,
        Indexes = [.. model.Indexes.Select(Index)],
        Documentation = model.Syntax.Documentation,
        Location = model.Location,
    };

    private static ScalarField Column(FieldSymbol field) => new()
    {
        Name = field.Name,
        Arity = field.Arity,
        IsIgnored = field.IsIgnored,
        Documentation = field.Syntax.Documentation,
        Location = field.Location,
        ColumnName = field.ColumnName,
        Type = field.Type!, // A model of a schema without faults has no field without a type.
        NativeType = field.NativeType is { } native ? new NativeTypeModel(native.Name, EquatableArray.ToEquatableArray(native.Arguments)) : null,
        Default = field.Default?.Model,
        IsUpdatedAt = field.IsUpdatedAt,
    };

    private static RelationField RelationField(FieldSymbol field, ModelSymbol target) => field.Assembled = new RelationField
    {
        Name = field.Name,
        Arity = field.Arity,
        IsIgnored = field.IsIgnored || field.Model.IsIgnored || target.IsIgnored,
        Documentation = field.Syntax.Documentation,
        Location = field.Location,
        Target = target.Name,
        RelationName = field.Relation?.Name ?? RelationPairing.DefaultName(field.Model.Name, target.Name),
        IsNamed = field.Relation?.Name is not null,
        Fields = Names(field.Relation?.Fields),
        References = Names(field.Relation?.References),
        OnDelete = field.Relation?.OnDelete?.Action,
        OnUpdate = field.Relation?.OnUpdate?.Action,
        DatabaseName = field.Relation?.ConstraintName?.Text,
    };

    private static ImmutableArray<string> Names(ImmutableArray<FieldSymbol>? fields) =>
        fields is { } some ? ImmutableArray.CreateRange(some, static f => f.Name) : [];

    private static KeyModel Key(KeySymbol key) => new()
    {
        Parts = ImmutableArray.CreateRange(key.Parts, static p => p.Options),
        DatabaseName = key.DatabaseName?.Text,
        ClientName = key.ClientName?.Text,
        IsOnField = key.IsOnField,
    };

    private static IndexModel Index(IndexSymbol index) => new()
    {
        Kind = index.Kind,
        Parts = ImmutableArray.CreateRange(index.Parts, static p => p.Options),
        DatabaseName = index.DatabaseName?.Text,
        ClientName = index.ClientName?.Text,
        Method = index.Method?.Text,
        Predicate = index.Predicate?.Text,
        IsOnField = index.IsOnField,
    };

    /// <summary>Of a schema without faults both fields are there, and the first has the foreign key.</summary>
    private static Relation Relation(RelationSymbol relation)
    {
        var (forward, back) = (relation.Forward!.Assembled!, relation.Back!.Assembled!);
        if (relation.Cardinality == Cardinality.ManyToMany)
            return new Relation.ManyToMany { Name = forward.RelationName, ModelA = relation.Model.Name, FieldA = forward, ModelB = relation.Target.Name, FieldB = back };
        return new Relation.ForeignKey
        {
            Name = forward.RelationName,
            Model = relation.Model.Name,
            Field = forward,
            Target = relation.Target.Name,
            BackField = back,
            IsOneToOne = relation.Cardinality == Cardinality.OneToOne,
        };
    }
}
