using System.Runtime.InteropServices;
using Ploy.Language.Diagnostics;
using Ploy.Language.Semantics.Symbols;

namespace Ploy.Language.Semantics.Passes.Attributes;

/// <summary>Third pass: what the attributes say, each read on its own by the one who knows it.</summary>
/// <param name="sink">Takes the faults.</param>
internal sealed class AttributePass(DiagnosticSink sink)
{
    private static readonly string[] OfColumns = ["id", "default", "map", "unique"];

    private readonly AttributeSet _attributes = new(sink);

    /// <summary>Reads all attributes.</summary>
    /// <param name="symbols">What the files declare.</param>
    /// <param name="sink">Takes the faults.</param>
    public static void Read(SchemaSymbols symbols, DiagnosticSink sink)
    {
        var models = symbols.Models;
        // Relations first: hints about other attributes name their columns.
        Parts.Run(models.Count, sink, (own, from, to) => new AttributePass(own).ReadRelations(CollectionsMarshal.AsSpan(models)[from..to]));
        Parts.Run(models.Count, sink, (own, from, to) => new AttributePass(own).ReadModels(CollectionsMarshal.AsSpan(models)[from..to]));
        var pass = new AttributePass(sink);
        foreach (var type in symbols.Enums) pass.ReadEnum(type);
        foreach (var composite in symbols.Composites) pass.ReadComposite(composite);
    }

    private void ReadRelations(ReadOnlySpan<ModelSymbol> models)
    {
        foreach (var model in models)
            foreach (var field in model.Fields)
                if (field.Target is not null)
                    ReadRelationField(field);
    }

    private void ReadModels(ReadOnlySpan<ModelSymbol> models)
    {
        foreach (var model in models) ReadModel(model);
    }

    private void ReadModel(ModelSymbol model)
    {
        var columns = new MappedColumns(model, sink);
        foreach (var field in model.Fields)
            if (field.IsColumn)
                ReadColumn(field, columns);

        var attributes = _attributes.Of(model.Source, model.Syntax.Attributes, "@@");
        IgnoreAttribute.ReadBlock(attributes, model);
        IdAttribute.ReadBlock(attributes, model);
        if (attributes.Take("map") is { } map) model.MappedName = MapAttribute.Read(map);
        if (attributes.Take("schema") is { } schema) model.Namespace = SchemaAttribute.Read(schema);
        IndexAttributes.ReadBlock(attributes, model);
        ShardKeyAttribute.ReadBlock(attributes, model);
        IdAttribute.CheckArity(model, sink);
        attributes.End();
    }

    private void ReadColumn(FieldSymbol field, MappedColumns columns)
    {
        if (field.Syntax.Attributes.IsEmpty) return;
        var attributes = _attributes.Of(field.Model.Source, field.Syntax.Attributes, "@");
        if (attributes.Take("map") is { } map) columns.Map(field, MapAttribute.Read(map));
        IgnoreAttribute.ReadColumn(attributes, field);
        if (attributes.Take("relation") is { } relation)
        {
            relation.Report(SchemaDiagnostics.RelationOnColumn(relation.Location, field.Model.Kind, field.Model.Name, field.Name, field.Syntax.Type.Name));
        }

        IdAttribute.ReadField(attributes, field);
        UpdatedAtAttribute.Read(attributes, field);
        DefaultAttribute.Read(attributes, field);
        if (field.Scalar is not null && attributes.TakeScoped() is { } native) field.NativeType = NativeTypeAttribute.Read(native, field);
        IndexAttributes.ReadField(attributes, field);
        ShardKeyAttribute.ReadField(attributes, field);
        attributes.End();
    }

    private void ReadRelationField(FieldSymbol field)
    {
        var attributes = _attributes.Of(field.Model.Source, field.Syntax.Attributes, "@");
        if (attributes.Take("relation") is { } relation) field.Relation = RelationAttribute.Read(relation, field);
        if (attributes.Take("ignore") is { } ignore)
        {
            field.IsIgnored = true;
            ignore.End();
        }

        foreach (var name in OfColumns)
            if (attributes.Take(name) is { } misplaced)
                misplaced.Report(SchemaDiagnostics.NotOnRelationField(misplaced.Location, misplaced.Title, field.Name, ColumnsOf(field)));
        attributes.End();
    }

    private static string? ColumnsOf(FieldSymbol field) => field.Relation?.Fields is { Length: > 0 } fields ? string.Join(", ", fields.Select(f => f.Name)) : null;

    private void ReadEnum(EnumSymbol type)
    {
        foreach (var value in type.Syntax.Values)
        {
            var own = _attributes.Of(type.Source, value.Attributes, "@");
            if (own.Take("map") is { } label && MapAttribute.Read(label) is { } text) type.Map(value, text);
            own.End();
        }

        var attributes = _attributes.Of(type.Source, type.Syntax.Attributes, "@@");
        if (attributes.Take("map") is { } map) type.MappedName = MapAttribute.Read(map);
        if (attributes.Take("schema") is { } schema) type.Namespace = SchemaAttribute.Read(schema);
        attributes.End();
    }

    /// <summary>No provider of ours has composite types, which is reported as such; only what is wrong whatever the provider is found here.</summary>
    private void ReadComposite(ModelSymbol composite)
    {
        foreach (var field in composite.Fields)
        {
            if (!field.IsColumn) continue;
            var attributes = _attributes.Of(composite.Source, field.Syntax.Attributes, "@");
            if (attributes.Take("map") is { } map) field.MappedName = MapAttribute.Read(map);
            DefaultAttribute.Read(attributes, field);
            if (field.Scalar is not null) attributes.TakeScoped();
            attributes.End();
        }
    }
}
