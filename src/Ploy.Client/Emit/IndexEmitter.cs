using Ploy.Client.Naming;
using Ploy.Language.Directives;
using Ploy.Language.Semantics;
using Ploy.Relational.Model;

namespace Ploy.Client.Emit;

/// <summary>Writes a table's indexes: the language's, those that a soft delete has filtered, and those of directives that are over columns.</summary>
internal sealed class IndexEmitter(ClientModel client)
{
    private readonly ClientNames _names = client.Names;

    /// <summary>Names of indexes in several namespaces: EF Core takes such a name for taken twice, and gives one of them another unless it is said.</summary>
    private readonly HashSet<string> _repeated = [.. client.Tables.Values
        .SelectMany(t => t.Indexes.Select(i => i.Name).Concat(t.Objects.Where(o => o.Kind == ObjectKind.Index).Select(o => o.Name.Name)))
        .CountBy(n => n).Where(n => n.Value > 1).Select(n => n.Key)];

    public void Emit(CodeWriter writer, ClientEntity entity)
    {
        if (entity.Table is not { } table) return;
        foreach (var index in entity.Model.Indexes)
        {
            var fields = index.Parts.Select(p => p.Field).ToList();
            if (!fields.All(entity.Has) || index.Kind == IndexKind.FullText) continue;
            if (fields.SequenceEqual(entity.Key) && entity.Model.PrimaryKey is null && index.Kind == IndexKind.Unique) continue;
            if (index.Kind == IndexKind.Unique && index.Predicate is null && IsAlternateKey(entity, fields)) continue;
            if (Match(entity, index) is { } made) Write(writer, entity, Described.Of(made, fields));
            else if (index.Kind == IndexKind.Unique && Freed(table, entity, index) is { } freed) Write(writer, entity, freed with { Fields = fields });
        }

        foreach (var placed in client.Schema.Directives.Of(entity.Model.Name))
            if (placed.Value is IndexDirective directive && Of(entity, directive) is { } described)
                Write(writer, entity, described);
    }

    /// <summary>The table's index that the calculator made of a model's; they have the same columns, order and kind, and the name where the model says one.</summary>
    public static TableIndex? Match(ClientEntity entity, IndexModel index)
    {
        var columns = index.Parts.Select(p => (entity.Column(p.Field)?.Field.ColumnName, p.Sort == SortOrder.Descending)).ToList();
        TableIndex? found = null, other = null;
        foreach (var candidate in entity.Table!.Indexes)
        {
            if (candidate.IsUnique != (index.Kind == IndexKind.Unique)) continue;
            if (!candidate.Parts.Select(p => (string?)p.Column).SequenceEqual(columns.Select(c => c.ColumnName))) continue;
            if (index.DatabaseName == candidate.Name) return candidate;
            // The name of another index of the same columns.
            if (entity.Model.Indexes.Any(i => i.DatabaseName == candidate.Name)) continue;
            if (candidate.Parts.Select(p => p.IsDescending).SequenceEqual(columns.Select(c => c.Item2))) found ??= candidate;
            else other ??= candidate;
        }

        return found ?? other;
    }

    /// <summary>Whether some relation refers to these fields, other than the key: EF Core wants an alternate key there.</summary>
    private bool IsAlternateKey(ClientEntity entity, IReadOnlyList<string> fields) =>
        client.Relations.Any(r => r.Target == entity.Model.Name && r.Field.References.SequenceEqual(fields)) && !entity.Key.SequenceEqual(fields);

    /// <summary>The index of a soft-deleted model's unique values, which are free again once a row is marked: an object of the table, for the language cannot say it.</summary>
    private Described? Freed(Table table, ClientEntity entity, IndexModel index)
    {
        if (client.SoftDeleteField(entity.Model) is not { } field || entity.Column(field) is not { } deleted) return null;
        var predicate = $"{Quote(deleted.Field.ColumnName)} IS NULL";
        var keys = string.Join(", ", index.Parts.Select(p => Quote(entity.Column(p.Field)!.Field.ColumnName) + (p.Sort == SortOrder.Descending ? " DESC" : "")));
        foreach (var item in table.Objects)
            if (item.Kind == ObjectKind.Index && item.Definition.Text.StartsWith("UNIQUE ", StringComparison.Ordinal) && item.Definition.Text.EndsWith($"({keys}) WHERE {predicate}", StringComparison.Ordinal))
                return new Described(item.Name.Name, []) { IsUnique = true, Filter = predicate, Descending = [.. index.Parts.Select(p => p.Sort == SortOrder.Descending)] };
        return null;
    }

    /// <summary>Null where EF Core cannot say the index: over an expression, or with what the client leaves out.</summary>
    private static Described? Of(ClientEntity entity, IndexDirective index)
    {
        var fields = index.Keys.Select(k => Field(entity, k)).ToList();
        var included = index.Include.Select(f => entity.Has(f) ? f : null).ToList();
        if (fields.Contains(null) || included.Contains(null)) return null;
        return new Described(index.Name, [.. fields!])
        {
            IsUnique = index.IsUnique,
            Filter = index.Predicate,
            Method = index.Method,
            Operators = index.OperatorClass is { } ops ? [ops] : [],
            Included = [.. included!],
            AreNullsEqual = index.NullsNotDistinct,
        };
    }

    private void Write(CodeWriter writer, ClientEntity entity, Described index)
    {
        var model = entity.Model;
        List<string> chain = [$"entity.HasIndex({ConfigurationEmitter.SelectorOf(_names, model.Name, index.Fields)}, {CSharpNames.Literal(index.Name)})"];
        if (_repeated.Contains(index.Name)) chain.Add($".HasDatabaseName({CSharpNames.Literal(index.Name)})");
        // What EF Core cannot compare is unique in the database all the same.
        if (index.IsUnique && index.Fields.All(f => entity.Column(f)!.IsComparable)) chain.Add(".IsUnique()");
        if (index.Descending.Contains(true)) chain.Add($".IsDescending({string.Join(", ", index.Descending.Select(d => d ? "true" : "false"))})");
        if (index.Filter is { } filter) chain.Add($".HasFilter({CSharpNames.Literal(filter)})");
        if (client.IsPostgres)
        {
            if (index.Method is { } method && method != "btree") chain.Add($".HasMethod({CSharpNames.Literal(method)})");
            if (index.Operators.Any(o => o.Length > 0)) chain.Add($".HasOperators({string.Join(", ", index.Operators.Select(CSharpNames.Literal))})");
            if (index.AreNullsEqual) chain.Add(".AreNullsDistinct(false)");
            if (index.Included.Count > 0) chain.Add($".IncludeProperties({string.Join(", ", index.Included.Select(f => CSharpNames.Literal(_names.Property(model.Name, f).TrimStart('@'))))})");
        }

        writer.Chain(chain);
    }

    private static string? Field(ClientEntity entity, string key)
    {
        foreach (var column in entity.Columns)
            if (key == Quote(column.Field.ColumnName))
                return column.Field.Name;
        return null;
    }

    private static string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    /// <summary>An index as EF Core is told of it.</summary>
    private sealed record Described(string Name, IReadOnlyList<string> Fields)
    {
        public bool IsUnique { get; init; }

        public IReadOnlyList<bool> Descending { get; init; } = [];

        public string? Filter { get; init; }

        public string? Method { get; init; }

        public IReadOnlyList<string> Operators { get; init; } = [];

        public IReadOnlyList<string> Included { get; init; } = [];

        public bool AreNullsEqual { get; init; }

        public static Described Of(TableIndex index, IReadOnlyList<string> fields) => new(index.Name, fields)
        {
            IsUnique = index.IsUnique,
            Descending = [.. index.Parts.Select(p => p.IsDescending)],
            Filter = index.Predicate?.Text,
            Method = index.Method,
            Operators = [.. index.Parts.Select(p => p.OperatorClass ?? "")],
        };
    }
}
