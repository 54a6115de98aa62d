using Ploy.Client.Naming;
using Ploy.Language.Semantics;
using Ploy.Language.Syntax;

namespace Ploy.Client.Emit;

/// <summary>Writes an entity: a partial class with a property for each column and navigation.</summary>
internal sealed class EntityEmitter(ClientModel client)
{
    private readonly ClientNames _names = client.Names;

    public GeneratedFile Emit(ClientEntity entity)
    {
        var model = entity.Model;
        var writer = CodeWriter.Begin(_names.Namespace(model.Location), Usings.Of(client, model));
        var name = _names.Type(model.Name);
        writer.Summary(model.Documentation).Open($"public partial class {name}");
        var foreign = model.RelationFields.SelectMany(r => r.Fields).ToHashSet();
        var isFirst = true;
        foreach (var field in model.Fields)
        {
            var line = field switch
            {
                ScalarField scalar when entity.Column(scalar.Name) is { } column => Property(model, column, foreign.Contains(scalar.Name)),
                RelationField relation when client.Navigable.Contains((model.Name, relation.Name)) => Navigation(model, relation),
                _ => null,
            };
            if (line is null) continue;
            if (!isFirst) writer.Line();
            isFirst = false;
            if (field is ScalarField && entity.Column(field.Name) is { HasNullableField: true } made)
                writer.Line($"private {made.Type.Name}? {_names.BackingField(model.Name, field.Name)};").Line();
            writer.Summary(field.Documentation).Line(line);
        }

        writer.Close();
        return new GeneratedFile(EnumEmitter.PathOf(_names.Folder(model.Location), name), writer.ToString());
    }

    private string Property(Model model, ClientColumn column, bool isForeign)
    {
        var field = column.Field;
        var type = column.Type.Declared(field.Arity);
        if (column.HasNullableField)
        {
            var made = _names.BackingField(model.Name, field.Name);
            return $"public {type} {_names.Property(model.Name, field.Name)} {{ get => {made} ?? default; set => {made} = value; }}";
        }

        if (column.IsGenerated) return $"public {type} {_names.Property(model.Name, field.Name)} {{ get; private set; }}" + (field.Arity == FieldArity.Required && !column.Type.IsValueType ? " = null!;" : "");
        var initial = Defaults.Literal(model, column, client);
        // Filled by the database, by a generator or by the tenant: the program need not say it.
        var isFilled = field.Default is not null || column.DirectiveDefault is not null || field.IsUpdatedAt || isForeign || client.TenantField(model) == field.Name;
        if (field.Arity == FieldArity.List) return $"public {type} {_names.Property(model.Name, field.Name)} {{ get; set => field = value ?? []; }} = [];";
        var modifier = field.Arity == FieldArity.Required && initial is null && !isFilled && !model.IsView ? "required " : "";
        if (initial is null && field.Arity == FieldArity.Required && modifier.Length == 0 && !column.Type.IsValueType) initial = "null!";
        return $"public {modifier}{type} {_names.Property(model.Name, field.Name)} {{ get; set; }}" + (initial is null ? "" : $" = {initial};");
    }

    private string Navigation(Model model, RelationField field)
    {
        var target = _names.Type(field.Target);
        var name = _names.Property(model.Name, field.Name);
        return field.Arity switch
        {
            FieldArity.List => $"public global::System.Collections.Generic.List<{target}> {name} {{ get; set; }} = [];",
            // The row may always be absent from what was loaded; a required one is promised only where it was asked for.
            FieldArity.Required when field.Fields.Length > 0 => $"public {target} {name} {{ get; set; }} = null!;",
            _ => $"public {target}? {name} {{ get; set; }}",
        };
    }
}

/// <summary>Namespaces that a model's code refers to.</summary>
internal static class Usings
{
    public static IEnumerable<string> Of(ClientModel client, Model model)
    {
        foreach (var field in model.Fields)
        {
            if (field is RelationField relation && client.Schema.FindModel(relation.Target) is { } target)
                yield return client.Names.Namespace(target.Location);
            if (field is ScalarField { Type: FieldType.Enum type } && client.Schema.FindEnum(type.Name) is { } found)
                yield return client.Names.Namespace(found.Location);
        }
    }
}
