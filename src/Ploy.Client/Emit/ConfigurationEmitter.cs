using System.Collections.Immutable;
using Ploy.Client.Naming;
using Ploy.Language.Directives;
using Ploy.Language.Semantics;
using Ploy.Language.Syntax;
using Ploy.Relational.Model;

namespace Ploy.Client.Emit;

/// <summary>Writes how an entity lies in the database: names, types, defaults, keys, indexes; relations are the next emitter's.</summary>
internal sealed class ConfigurationEmitter(ClientModel client)
{
    private readonly ClientNames _names = client.Names;
    private readonly IndexEmitter _indexes = new(client);
    private readonly RelationEmitter _relations = new(client);

    public GeneratedFile Emit(ClientEntity entity)
    {
        var model = entity.Model;
        var type = _names.Type(model.Name);
        var name = type.TrimStart('@') + "Configuration";
        var writer = CodeWriter.Begin(_names.Namespace(model.Location),
            [.. Usings.Of(client, model), "global::Microsoft.EntityFrameworkCore", "global::Ploy.EntityFrameworkCore"]);
        var builder = $"global::Microsoft.EntityFrameworkCore.Metadata.Builders.EntityTypeBuilder<{type}> entity";
        var context = $"global::{client.Options.Namespace}.{client.Options.ContextName} context";
        writer.Line($"/// <summary>How <see cref=\"{type}\"/> lies in the database. Add to it in a part of your own: implement <c>OnConfigured</c>.</summary>");
        writer.Open($"internal static partial class {name}");
        writer.Open($"internal static void Configure({builder}, {context})");
        Table(writer, entity);
        foreach (var column in entity.Columns) Column(writer, entity, column);
        _indexes.Emit(writer, entity);
        Ignored(writer, model, entity);
        _relations.Emit(writer, entity);
        Directive(writer, model);
        writer.Line("OnConfigured(entity, context);").Close().Line();
        writer.Line($"static partial void OnConfigured({builder}, {context});").Close();
        return new GeneratedFile(EnumEmitter.PathOf(_names.Folder(model.Location), name), writer.ToString());
    }

    private void Table(CodeWriter writer, ClientEntity entity)
    {
        var model = entity.Model;
        var schema = model.Namespace is { } space ? ", " + CSharpNames.Literal(space) : "";
        var comment = model.IsView ? null : Comment(client.Schema.Directives.Of(model.Name));
        writer.Line($"entity.{(model.IsView ? "ToView" : "ToTable")}({CSharpNames.Literal(client.Stored(model.DatabaseName))}{schema}{(comment is null ? "" : $", table => table{comment}")});");
        if (entity.Key.IsEmpty)
        {
            writer.Line("entity.HasNoKey();");
            return;
        }

        var constraint = entity.Table?.PrimaryKey?.Name ?? UniqueName(entity);
        writer.Line($"entity.HasKey({Selector(model, entity.Key)}){(constraint is null ? "" : $".HasName({CSharpNames.Literal(constraint)})")};");
    }

    /// <summary>Where a model has no <c>@id</c>, a unique index stands for its key; the key takes its name.</summary>
    private static string? UniqueName(ClientEntity entity) => entity.Table is null || entity.Model.PrimaryKey is not null
        ? null
        : IndexEmitter.Match(entity, entity.Model.Indexes.First(i => i.Kind == IndexKind.Unique && i.Parts.Select(p => p.Field).SequenceEqual(entity.Key)))?.Name;

    private void Column(CodeWriter writer, ClientEntity entity, ClientColumn column)
    {
        var (model, field) = (entity.Model, column.Field);
        List<string> chain = [$"entity.Property(x => x.{_names.Property(model.Name, field.Name)})", $".HasColumnName({CSharpNames.Literal(client.Stored(field.ColumnName))})"];
        if (column.Column is not null && column.Type.StoreType is { } store) chain.Add($".HasColumnType({CSharpNames.Literal(store)})");
        if (column.Type.Conversion is { } conversion) chain.Add("." + conversion);
        if (field.Arity == FieldArity.Required && !column.Type.IsValueType) chain.Add(".IsRequired()");
        // The column takes null, which the property's setter turns into an empty list.
        if (field.Arity == FieldArity.List) chain.AddRange([".IsRequired(false)", ".UsePropertyAccessMode(global::Microsoft.EntityFrameworkCore.PropertyAccessMode.Property)"]);
        if (column.HasNullableField) chain.Add($".HasField({CSharpNames.Literal(_names.BackingField(model.Name, field.Name))})");
        if (column.IsGenerated) chain.Add($".HasComputedColumnSql({CSharpNames.Literal(column.Column!.Generated!.Text)}, stored: true)"); // it is there
        else if (column.DirectiveDefault is { } sql) chain.Add($".HasDefaultValueSql({CSharpNames.Literal(sql)})");
        else chain.AddRange(DefaultOf(model, field, column));
        if ((field.Default is DefaultModel.Now or DefaultModel.DatabaseGenerated || column.DirectiveDefault is not null) && IsReferred(entity, field) && Temporary(column) is { } generator) chain.Add($".HasValueGenerator<global::Ploy.EntityFrameworkCore.Values.{generator}>()");
        if (Comment(client.Schema.Directives.Of(model.Name, field.Name)) is { } comment) chain.Add(comment);
        if (field.IsUpdatedAt) chain.Add(".IsUpdatedAt()");
        writer.Chain(chain);
    }

    /// <summary>The call for <c>@ploy.comment</c>; null without it.</summary>
    private static string? Comment(ImmutableArray<PlacedDirective> directives)
    {
        foreach (var directive in directives)
            if (directive.Value is CommentDirective comment)
                return $".HasComment({CSharpNames.Literal(comment.Text)})";
        return null;
    }

    private IEnumerable<string> DefaultOf(Model model, ScalarField field, ClientColumn column)
    {
        switch (field.Default)
        {
            case DefaultModel.AutoIncrement:
                yield return ".ValueGeneratedOnAdd()";
                yield return client.IsPostgres ? ".UseSerialColumn()" : ".UseAutoincrement()";
                break;
            case DefaultModel.ClientGenerated generated:
                yield return ".ValueGeneratedOnAdd()";
                yield return Generator(generated, column);
                break;
            case DefaultModel.Now:
                yield return ".HasDefaultValueSql(\"CURRENT_TIMESTAMP\")";
                break;
            case DefaultModel.DatabaseGenerated { Expression: { } sql }:
                yield return $".HasDefaultValueSql({CSharpNames.Literal(sql)})";
                break;
            case DefaultModel.DatabaseGenerated:
                yield return ".ValueGeneratedOnAdd()";
                // What makes the value is the database's affair; the provider would take a number for an identity column.
                if (client.IsPostgres && column.Type.Name is "int" or "long" or "short" or "uint")
                    yield return ".HasAnnotation(\"Npgsql:ValueGenerationStrategy\", global::Npgsql.EntityFrameworkCore.PostgreSQL.Metadata.NpgsqlValueGenerationStrategy.None)";
                break;
            case DefaultModel.Value when Defaults.Literal(model, column, client) is { } literal:
                // The property begins with the default and is always sent, so that a value equal to the type's own zero is kept.
                yield return $".HasDefaultValue({literal})";
                yield return ".ValueGeneratedNever()";
                break;
            case DefaultModel.Value when column.Column?.Default is DefaultValue.Literal { Value: var value }:
                yield return $".HasDefaultValueSql({CSharpNames.Literal(SqlLiteral.Of(value, column, client.IsPostgres))})";
                if (field.Arity == FieldArity.List) yield return ".ValueGeneratedNever()";
                break;
            case null when field.Arity == FieldArity.Required && column.Type.Name is "int" or "long" or "short" or "uint" or "global::System.Guid":
                yield return ".ValueGeneratedNever()";
                break;
        }
    }

    /// <summary>Whether the field is part of a key, of which EF Core must have a value before the database has made it.</summary>
    private bool IsReferred(ClientEntity entity, ScalarField field) =>
        entity.Key.Contains(field.Name) || client.Relations.Any(r => r.Target == entity.Model.Name && r.Field.References.Contains(field.Name));

    /// <summary>What makes such values, where EF Core cannot itself.</summary>
    private static string? Temporary(ClientColumn column) => column.Type.Name switch
    {
        "global::System.DateOnly" => "TemporaryDateGenerator",
        "global::System.TimeOnly" => "TemporaryTimeGenerator",
        _ => null,
    };

    private static string Generator(DefaultModel.ClientGenerated generated, ClientColumn column)
    {
        const string values = "global::Ploy.EntityFrameworkCore.Values.";
        var isGuid = column.Type.Name == "global::System.Guid";
        return generated.Function switch
        {
            "cuid" => $".HasValueGenerator<{values}{(generated.Argument == 2 ? "Cuid2" : "Cuid")}Generator>()",
            "uuid" => $".HasValueGenerator<{values}Uuid{(generated.Argument == 7 ? "7" : "4")}{(isGuid ? "" : "Text")}Generator>()",
            "ulid" => $".HasValueGenerator<{values}UlidGenerator>()",
            _ => $".HasValueGenerator((_, _) => new {values}NanoIdGenerator({generated.Argument ?? 21}))",
        };
    }

    private void Ignored(CodeWriter writer, Model model, ClientEntity entity)
    {
        foreach (var field in model.RelationFields)
            if (client.Navigable.Contains((model.Name, field.Name)) && model.IsView && entity.Key.IsEmpty)
                writer.Line($"entity.Ignore(x => x.{_names.Property(model.Name, field.Name)});");
    }

    private void Directive(CodeWriter writer, Model model)
    {
        if (client.TenantField(model) is { } tenant) writer.Line($"entity.IsTenantScoped(x => x.{_names.Property(model.Name, tenant)}, context);");
        if (client.SoftDeleteField(model) is { } deleted) writer.Line($"entity.IsSoftDeleted(x => x.{_names.Property(model.Name, deleted)});");
    }

    private string Selector(Model model, IReadOnlyList<string> fields) => SelectorOf(_names, model.Name, fields);

    /// <summary><c>x => x.A</c> or <c>x => new { x.A, x.B }</c>.</summary>
    internal static string SelectorOf(ClientNames names, string model, IReadOnlyList<string> fields) => fields.Count == 1
        ? $"x => x.{names.Property(model, fields[0])}"
        : $"x => new {{ {string.Join(", ", fields.Select(f => "x." + names.Property(model, f)))} }}";
}
