using System.Collections.Immutable;
using Ploy.Client.Mapping;
using Ploy.Client.Naming;
using Ploy.Language.Directives;
using Ploy.Language.Semantics;
using Ploy.Language.Syntax;
using Ploy.Relational.Model;
using Ploy.Relational.Sql;

namespace Ploy.Client;

/// <summary>A schema prepared for the emitters: what is left out is gone, every column has its C# type, every relation its ends.</summary>
internal sealed class ClientModel
{
    private readonly List<ClientWarning> _warnings = [];

    public ClientModel(SchemaModel schema, DatabaseSchema database, ClientOptions options)
    {
        Schema = schema;
        Options = options;
        IsPostgres = schema.Datasource?.Provider != Provider.Sqlite;
        Names = new ClientNames(schema, options);
        var tables = database.Tables.ToDictionary(t => (t.Name.Namespace, t.Name.Name));
        var types = new ClrTypes(schema, Names);
        Entities = [.. schema.Models.Where(m => !m.IsIgnored).Select(m => Entity(m, Find(tables, m), types))];
        var byName = Entities.ToDictionary(e => e.Model.Name);
        Relations = [.. schema.Relations.OfType<Relation.ForeignKey>().Where(r => IsMapped(r, byName))];
        ManyToMany = [.. schema.Relations.OfType<Relation.ManyToMany>()
            .Where(r => byName.GetValueOrDefault(r.ModelA)?.Key.Length == 1 && byName.GetValueOrDefault(r.ModelB)?.Key.Length == 1 && !r.FieldA.IsIgnored && !r.FieldB.IsIgnored)];
        Tables = tables;
        var navigable = Relations.SelectMany(r => new[] { (r.Model, r.Field.Name), (r.Target, r.BackField?.Name ?? "") })
            .Concat(ManyToMany.SelectMany(r => new[] { (r.ModelA, r.FieldA.Name), (r.ModelB, r.FieldB.Name) })).ToHashSet();
        Navigable = navigable;
    }

    public SchemaModel Schema { get; }

    public ClientOptions Options { get; }

    public ClientNames Names { get; }

    public bool IsPostgres { get; }

    public ImmutableArray<ClientEntity> Entities { get; }

    public ImmutableArray<Relation.ForeignKey> Relations { get; }

    public ImmutableArray<Relation.ManyToMany> ManyToMany { get; }

    public Dictionary<(string? Namespace, string Name), Table> Tables { get; }

    /// <summary>Relation fields that become navigations, as model and field.</summary>
    public HashSet<(string Model, string Field)> Navigable { get; }

    /// <summary>The name as the database keeps it: PostgreSQL cuts names that are too long.</summary>
    public string Stored(string name) => IsPostgres ? IdentifierRules.Cut(name, IdentifierRules.MaxBytes) : name;

    /// <summary>The field of <c>@ploy.tenant(field)</c>; null without it.</summary>
    public string? TenantField(Model model) => Schema.Directives.Find<TenantDirective>(model.Name)?.Field;

    /// <summary>The field of <c>@ploy.softDelete(field)</c>; null without it.</summary>
    public string? SoftDeleteField(Model model) => Schema.Directives.Find<SoftDeleteDirective>(model.Name)?.Field;

    public ImmutableArray<ClientWarning> Warnings => [.. _warnings];

    private static Table? Find(Dictionary<(string? Namespace, string Name), Table> tables, Model model) =>
        tables.GetValueOrDefault((model.Namespace, model.DatabaseName))
        ?? tables.Values.FirstOrDefault(t => t.Name.Name == model.DatabaseName && (model.Namespace is null || t.Name.Namespace == model.Namespace));

    private ClientEntity Entity(Model model, Table? table, ClrTypes types)
    {
        var columns = ImmutableArray.CreateBuilder<ClientColumn>();
        foreach (var field in model.ScalarFields)
        {
            if (field.IsIgnored)
            {
                if (field.Arity == FieldArity.Required && field.Default is null)
                    Warn("PLOY4005", $"`{model.Name}.{field.Name}` is ignored, but required and without a default: rows of `{model.Name}` cannot be added through the client.", field.Location);
                continue;
            }

            var column = table?.FindColumn(field.ColumnName);
            var type = types.Of(field, column?.Type ?? Undeclared(field));
            if (type is null)
            {
                var isNeeded = field.Arity == FieldArity.Required && field.Default is null;
                Warn("PLOY4001", $"`{model.Name}.{field.Name}` has a type that C# code cannot hold and is left out of the client"
                    + (isNeeded ? "; rows cannot be added through it." : "."), field.Location);
                continue;
            }

            columns.Add(new ClientColumn(field, column, type));
        }

        var keys = model.PrimaryKey is { } primary ? [primary.Parts] : model.Indexes.Where(i => i.Kind == IndexKind.Unique && i.Predicate is null).Select(i => i.Parts);
        var key = keys.FirstOrDefault(parts => parts.All(p => columns.Any(c => c.Field.Name == p.Field && c.Field.Arity == FieldArity.Required && c.IsComparable)));
        if (key.IsDefault && !model.IsView)
            Warn("PLOY4006", $"`{model.Name}` has no key that EF Core can use: through the client its rows can be read, but not changed.", model.Location);
        return new ClientEntity(model, table, columns.ToImmutable(), key.IsDefault ? [] : [.. key.Select(p => p.Field)]);
    }

    private void Warn(string code, string message, Core.Text.SourceLocation location) => _warnings.Add(new ClientWarning(code, message, location));

    private bool IsMapped(Relation.ForeignKey relation, Dictionary<string, ClientEntity> entities)
    {
        if (relation.Field.IsIgnored || relation.BackField?.IsIgnored == true) return false;
        if (!entities.TryGetValue(relation.Model, out var from) || !entities.TryGetValue(relation.Target, out var to)) return false;
        if (!relation.Field.Fields.All(f => from.Has(f)) || !relation.Field.References.All(f => to.Has(f))) return false;
        var problem = from.Key.IsEmpty ? $"`{relation.Model}` has no key that EF Core can use"
            : to.Key.IsEmpty ? $"`{relation.Target}` has no key that EF Core can use"
            : !relation.Field.Fields.All(f => from.Column(f)!.IsComparable) ? "EF Core cannot compare values of its columns"
            : relation.Field.References.Any(f => to.Column(f)!.Field.Arity != FieldArity.Required) ? "EF Core does not allow a nullable column as a relation's target"
            : null;
        if (problem is null) return true;
        Warn("PLOY4002", $"`{relation.Model}.{relation.Field.Name}` is no navigation of the client: {problem}.", relation.Field.Location);
        return false;
    }

    /// <summary>A view's column, which no table declares: named as the language's type implies.</summary>
    private static ColumnType Undeclared(ScalarField field) => new()
    {
        Family = TypeFamily.String,
        StoreType = "",
        Arity = field.Arity == FieldArity.List ? ColumnArity.List : ColumnArity.Nullable,
    };
}

/// <summary>A model or view of the client.</summary>
/// <param name="Model">It.</param>
/// <param name="Table">Its table; null for a view.</param>
/// <param name="Columns">Its columns, those left out gone.</param>
/// <param name="Key">Fields of the key in order; empty for a keyless view.</param>
internal sealed record ClientEntity(Model Model, Table? Table, ImmutableArray<ClientColumn> Columns, ImmutableArray<string> Key)
{
    private readonly Dictionary<string, ClientColumn> _byField = Columns.ToDictionary(c => c.Field.Name);

    public bool Has(string field) => _byField.ContainsKey(field);

    public ClientColumn? Column(string field) => _byField.GetValueOrDefault(field);
}

/// <summary>A column of the client.</summary>
internal sealed record ClientColumn(ScalarField Field, Column? Column, ClrType Type)
{
    /// <summary>Whether values can be compared, which EF Core asks of keys, foreign keys and unique indexes.</summary>
    public bool IsComparable => Type.IsComparable && Field.Arity != FieldArity.List;

    /// <summary>
    /// Whether the property needs a field that can be null behind it: the database makes the default, and the type's own zero must not be
    /// taken for "not set".
    /// </summary>
    public bool HasNullableField => Type.IsValueType && Field.Arity == FieldArity.Required && !IsGenerated && (Field.Default is DefaultModel.DatabaseGenerated || DirectiveDefault is not null);

    /// <summary>Whether the database computes it from other columns: <c>@ploy.generated</c>.</summary>
    public bool IsGenerated => Column?.Generated is not null;

    /// <summary>What <c>@ploy.default</c> says; null without it.</summary>
    public string? DirectiveDefault => Field.Default is null or DefaultModel.DatabaseGenerated { Expression: null } && Column?.Default is DefaultValue.Expression { Sql.Text: var sql } ? sql : null;
}
