using System.Collections.Immutable;
using Ploy.Core;
using Ploy.Core.Text;
using Ploy.Language.Directives;
using Ploy.Language.Semantics;
using Ploy.Relational;
using Ploy.Relational.Model;

namespace Ploy.Design.Calculation;

/// <summary>What the directives of a schema's models and fields want of the database.</summary>
internal sealed class DirectiveObjects
{
    private readonly SchemaModel _schema;
    private readonly Dialect _dialect;
    private readonly ILookup<string, Relation.ForeignKey> _keys;
    private readonly Dictionary<ObjectKey, SourceLocation> _locations = [];

    private DirectiveObjects(SchemaModel schema, Dialect dialect)
    {
        (_schema, _dialect) = (schema, dialect);
        _keys = schema.Relations.OfType<Relation.ForeignKey>().ToLookup(r => r.Model, StringComparer.Ordinal);
    }

    /// <summary>The setting that a tenant's policy compares with: what the client sets in each transaction.</summary>
    public const string TenantSetting = "app.current_business_id";

    /// <summary>The name of the policy that <c>@ploy.rls</c> writes on a tenant model.</summary>
    public const string TenantPolicy = "tenant_isolation";

    /// <summary>The database of the models with what their directives say, and where each object is said.</summary>
    public static (DatabaseSchema Schema, IReadOnlyDictionary<ObjectKey, SourceLocation> Locations) Apply(DatabaseSchema calculated, SchemaModel schema, Dialect dialect)
    {
        if (schema.Directives.IsEmpty) return (calculated, ImmutableDictionary<ObjectKey, SourceLocation>.Empty);
        var directives = new DirectiveObjects(schema, dialect);
        var models = schema.Models.Where(m => !m.IsView).ToDictionary(m => new QualifiedName(m.Namespace, m.DatabaseName));
        var tables = calculated.Tables.Select(t => models.TryGetValue(t.Name, out var model) ? directives.Apply(t, model) : t).ToEquatableArray();
        return (calculated with { Tables = tables }, directives._locations);
    }

    private Table Apply(Table table, Model model)
    {
        var objects = new List<SchemaObject>();
        var columns = table.Columns.ToImmutableArray();
        var indexes = table.Indexes.ToImmutableArray();
        foreach (var placed in _schema.Directives.Of(model.Name))
        {
            if (placed.Value is IndexDirective index && Plain(index) is { } plain) indexes = indexes.Add(plain);
            else if (placed.Value is SoftDeleteDirective softDelete) indexes = Filter(indexes, table, model, softDelete, objects, placed.Location);
            else objects.AddRange(OfModel(table, model, placed.Value).Select(o => At(o, placed.Location)));
        }

        foreach (var field in model.Fields)
        {
            foreach (var placed in _schema.Directives.Of(model.Name, field.Name))
            {
                if (field is ScalarField scalar) columns = [.. columns.Select(c => c.Name == scalar.ColumnName ? OfColumn(c, placed.Value) : c)];
                if (OfField(table, model, field, placed.Value) is { } item) objects.Add(At(item, placed.Location));
            }
        }

        return table with { Columns = columns.ToEquatableArray(), Indexes = indexes.ToEquatableArray(), Objects = objects.ToEquatableArray() };
    }

    private SchemaObject At(SchemaObject item, SourceLocation location)
    {
        _locations.TryAdd(item.Key, location);
        return item;
    }

    private IEnumerable<SchemaObject> OfModel(Table table, Model model, Directive directive) => directive switch
    {
        CheckDirective check => [Part(table, ObjectKind.Check, check.Name, $"CHECK ({check.Predicate})")],
        IndexDirective index => [Part(table, ObjectKind.Index, index.Name, Clause(index))],
        ExcludeDirective exclude => [Part(table, ObjectKind.Exclusion, exclude.Name, $"EXCLUDE USING {exclude.Method} ({exclude.Elements})" + Where(exclude.Predicate))],
        PolicyDirective policy => [Part(table, ObjectKind.Policy, policy.Name, Clause(policy))],
        RowSecurityDirective security => RowSecurity(table, model, security),
        CommentDirective comment => [Part(table, ObjectKind.TableComment, "", Literal(comment.Text))],
        _ => [],
    };

    private SchemaObject? OfField(Table table, Model model, ModelField field, Directive directive) => directive switch
    {
        CommentDirective comment when field is ScalarField scalar => Part(table, ObjectKind.ColumnComment, scalar.ColumnName, Literal(comment.Text)),
        GeneratedDirective generated when field is ScalarField scalar => Part(table, ObjectKind.Generated, scalar.ColumnName, generated.Expression),
        DeferrableDirective deferrable when field is RelationField relation && KeyOf(table, model, relation) is { } key && (_dialect.DiffRules.HasNamedForeignKeys ? key.Name : key.ImpliedName(table.Name)) is { } name =>
            Part(table, ObjectKind.Deferrable, name, deferrable.IsInitiallyDeferred ? "DEFERRABLE INITIALLY DEFERRED" : "DEFERRABLE INITIALLY IMMEDIATE"),
        _ => null,
    };

    private Column OfColumn(Column column, Directive directive) => directive switch
    {
        GeneratedDirective generated => column with { Generated = new SqlExpression(generated.Expression), Default = null },
        DefaultDirective value => column with { Default = new DefaultValue.Expression(new SqlExpression(HasOneMethod && !IsInParentheses(value.Expression) ? $"({value.Expression})" : value.Expression)) },
        _ => column,
    };

    // Foreign keys stand in the order of the model's relations.
    private ForeignKey? KeyOf(Table table, Model model, RelationField field)
    {
        var place = _keys[model.Name].ToList().FindIndex(r => r.Field.Name == field.Name);
        return place >= 0 && place < table.ForeignKeys.Count ? table.ForeignKeys[place] : null;
    }

    private IEnumerable<SchemaObject> RowSecurity(Table table, Model model, RowSecurityDirective security)
    {
        yield return Part(table, ObjectKind.RowSecurity, "", security.IsForced ? "ENABLE FORCE" : "ENABLE");
        if (_schema.Directives.Find<TenantDirective>(model.Name) is not { } tenant || model.FindField(tenant.Field) is not ScalarField field) yield break;

        // Without the setting, or with an empty one, no row is seen: `current_setting(..., true)` is then null. Text is compared as text, all else as its type.
        var setting = $"NULLIF(current_setting('{TenantSetting}', true), '')";
        var column = table.FindColumn(field.ColumnName)!; // the field was found above
        var value = column.Type.Family == TypeFamily.String ? setting : $"{setting}::{column.Type.StoreType}";
        var predicate = $"{_dialect.Quote(field.ColumnName)} = {value}";
        yield return Part(table, ObjectKind.Policy, TenantPolicy, $"AS PERMISSIVE FOR ALL TO PUBLIC USING ({predicate}) WITH CHECK ({predicate})");
    }

    // What is marked as deleted frees its unique values. A key that others refer to has to hold for all rows, and one with its own predicate says what it wants.
    private ImmutableArray<TableIndex> Filter(
        ImmutableArray<TableIndex> indexes, Table table, Model model, SoftDeleteDirective directive, List<SchemaObject> objects, SourceLocation location)
    {
        if (model.FindField(directive.Field) is not ScalarField deleted) return indexes;
        var targets = _schema.Relations.OfType<Relation.ForeignKey>().Where(r => r.Target == model.Name)
            .Select(r => string.Join('\n', r.Field.References.Select(f => (model.FindField(f) as ScalarField)?.ColumnName ?? f).Order(StringComparer.Ordinal))).ToHashSet(StringComparer.Ordinal);
        var filtered = indexes.Where(i => i is { IsUnique: true, Predicate: null } && !targets.Contains(string.Join('\n', i.Parts.Select(p => p.Column).Order(StringComparer.Ordinal)))).ToList();
        foreach (var index in filtered)
        {
            var keys = string.Join(", ", index.Parts.Select(p => _dialect.Quote(p.Column) + (p.OperatorClass is { } ops ? " " + ops : "") + (p.IsDescending ? " DESC" : "")));
            objects.Add(At(Part(table, ObjectKind.Index, index.Name, $"UNIQUE {Using(index.Method)}({keys}) WHERE {_dialect.Quote(deleted.ColumnName)} IS NULL"), location));
        }

        return [.. indexes.Except(filtered)];
    }

    // Over columns alone, an index is one that the language could say, and is looked after as such.
    private static TableIndex? Plain(IndexDirective index) =>
        index is { Predicate: null, NullsNotDistinct: false, Include.IsEmpty: true, KeyText: null } && index.Keys.All(IsColumn)
            ? new TableIndex
            {
                Name = index.Name,
                IsUnique = index.IsUnique,
                Method = index.Method is null or "btree" ? null : index.Method,
                Parts = index.Keys.Select(k => new IndexPart { Column = k[1..^1].Replace("\"\"", "\"", StringComparison.Ordinal), OperatorClass = index.OperatorClass }).ToEquatableArray(),
            }
            : null;

    private string Clause(IndexDirective index)
    {
        var keys = index.Keys.Select(k => HasOneMethod || IsColumn(k) || IsInParentheses(k) ? k : $"({k})").Select(k => index.OperatorClass is { } ops ? $"{k} {ops}" : k);
        return (index.IsUnique ? "UNIQUE " : "") + $"{Using(index.Method)}({index.KeyText ?? string.Join(", ", keys)})"
            + (index.Include.IsEmpty ? "" : $" INCLUDE ({string.Join(", ", index.Include.Select(_dialect.Quote))})")
            + (index.NullsNotDistinct ? " NULLS NOT DISTINCT" : "")
            + (HasOneMethod && index.Predicate is { } bare ? $" WHERE {bare}" : Where(index.Predicate));
    }

    // SQLite has one method and no word for it; expressions stand in parentheses where they are defaults, and bare where they are indexed.
    private bool HasOneMethod => _dialect.DefaultNamespace is null;

    private string Using(string? method) => HasOneMethod ? "" : $"USING {method ?? "btree"} ";

    private static bool IsColumn(string key) =>
        key.Length > 2 && key[0] == '"' && key[^1] == '"' && !key[1..^1].Replace("\"\"", "", StringComparison.Ordinal).Contains('"', StringComparison.Ordinal);

    private static bool IsInParentheses(string key)
    {
        if (key[0] != '(' || key[^1] != ')') return false;
        var depth = 0;
        for (var i = 0; i < key.Length; i++)
        {
            depth += key[i] == '(' ? 1 : key[i] == ')' ? -1 : 0;
            if (depth == 0 && i < key.Length - 1) return false;
        }

        return depth == 0;
    }

    private string Clause(PolicyDirective policy) =>
        $"AS {(policy.IsRestrictive ? "RESTRICTIVE" : "PERMISSIVE")} FOR {policy.Command} TO {(policy.Roles.IsEmpty ? "PUBLIC" : string.Join(", ", policy.Roles.Select(Role)))}"
        + (policy.Using is { } shown ? $" USING ({shown})" : "")
        + (policy.Check is { } written ? $" WITH CHECK ({written})" : "");

    // Words of the language where a role could stand.
    private string Role(string role) => role.ToLowerInvariant() is "public" or "current_user" or "session_user" or "current_role" ? role.ToUpperInvariant() : _dialect.Quote(role);

    private static string Where(string? predicate) => predicate is null ? "" : $" WHERE ({predicate})";

    private static string Literal(string text) => "'" + text.Replace("'", "''", StringComparison.Ordinal) + "'";

    private static SchemaObject Part(Table table, ObjectKind kind, string name, string definition) =>
        new() { Kind = kind, Name = new QualifiedName(null, name), Table = table.Name, Definition = new SqlExpression(definition), IsManaged = true };
}
