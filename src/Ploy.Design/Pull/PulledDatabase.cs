using System.Collections.Immutable;
using Ploy.Core;
using Ploy.Relational;
using Ploy.Relational.Model;

namespace Ploy.Design.Pull;

/// <summary>Which side of a relation a field is.</summary>
/// <param name="Table">The table whose model gets the field.</param>
/// <param name="KeyTable">The table with the foreign key; for many-to-many the join table.</param>
/// <param name="Key">The foreign key; for many-to-many the one to the model at the other side.</param>
/// <param name="IsForward">Whether the field holds the key, or is that of model A.</param>
/// <param name="IsJoin">Whether it is many-to-many.</param>
internal sealed record RelationSide(Table Table, Table KeyTable, ForeignKey Key, bool IsForward, bool IsJoin);

/// <summary>The database beside the files that described it so far: what belongs to what, and what everything is called.</summary>
internal sealed class PulledDatabase
{
    private static readonly ImmutableArray<string> HistoryColumns =
        ["id", "checksum", "finished_at", "migration_name", "logs", "rolled_back_at", "started_at", "applied_steps_count"];

    private readonly Dictionary<QualifiedName, Table> _tables = [];
    private readonly Dictionary<QualifiedName, List<ForeignKey>> _keys = [];
    private readonly Dictionary<QualifiedName, (ForeignKey A, ForeignKey B)> _joins = [];
    private readonly Dictionary<string, int> _counts = new(StringComparer.Ordinal);
    private readonly Dictionary<(bool IsEnum, QualifiedName Name), PulledName> _names;
    private readonly Dictionary<QualifiedName, EnumType> _enums = [];
    private readonly Dictionary<QualifiedName, Dictionary<string, PulledName>> _columns = [];
    private readonly ILookup<QualifiedName, UnmanagedObject> _unmanaged;
    private readonly Dictionary<QualifiedName, List<RelationSide>> _sides = [];

    /// <summary>Pairs a database with files.</summary>
    public PulledDatabase(PulledDirectives directives, PreviousSchema previous, Dialect dialect, bool withViews)
    {
        var schema = directives.Schema;
        (Schema, Directives, Previous, Dialect) = (schema, directives, previous, dialect);
        foreach (var table in schema.Tables) _tables.TryAdd(table.Name, table);
        foreach (var type in schema.Enums) _enums.TryAdd(type.Name, type);
        foreach (var table in schema.Tables)
        {
            _keys.TryAdd(table.Name, [.. KeysOf(table)]);
            if (JoinTables.KeysOf(table, dialect.PullRules) is { } keys && _tables.ContainsKey(keys.A.Target) && _tables.ContainsKey(keys.B.Target)) _joins.TryAdd(table.Name, keys);
        }

        Views = withViews ? [.. schema.Views.Where(v => v.Columns.Count > 0)] : [];
        Models = [.. schema.Tables.Where(t => !_joins.ContainsKey(t.Name) && !IsHistory(t))];
        _unmanaged = schema.Unmanaged.Where(u => u.Table is not null).ToLookup(u => u.Table!.Value);
        Relations = new RelationNaming(schema.Tables, t => _keys[t.Name], t => _joins.ContainsKey(t.Name));
        foreach (var name in AllNames()) _counts[name] = _counts.GetValueOrDefault(name) + 1;
        _names = NameAll();
        FindSides();
    }

    /// <summary>What was read.</summary>
    public DatabaseSchema Schema { get; }

    /// <summary>What directives say of it.</summary>
    public PulledDirectives Directives { get; }

    /// <summary>The files.</summary>
    public PreviousSchema Previous { get; }

    /// <summary>The product.</summary>
    public Dialect Dialect { get; }

    /// <summary>The tables that become models, in the engine's order.</summary>
    public ImmutableArray<Table> Models { get; }

    /// <summary>The views that become views; none where the schema does not ask for them.</summary>
    public ImmutableArray<View> Views { get; }

    /// <summary>The join tables with what they join.</summary>
    public IReadOnlyDictionary<QualifiedName, (ForeignKey A, ForeignKey B)> Joins => _joins;

    /// <summary>Names of relations that no file has named.</summary>
    public RelationNaming Relations { get; }

    /// <summary>The table of that name; null where it was not read.</summary>
    public Table? Find(QualifiedName table) => _tables.GetValueOrDefault(table);

    /// <summary>The enum of that name; null where it was not read.</summary>
    public EnumType? FindEnum(QualifiedName type) => _enums.GetValueOrDefault(type);

    /// <summary>The relation fields of a table's model in order.</summary>
    public IReadOnlyList<RelationSide> SidesOf(Table table) => _sides.GetValueOrDefault(table.Name) ?? [];

    /// <summary>What the language cannot say of a table or view.</summary>
    public IEnumerable<UnmanagedObject> UnmanagedOf(QualifiedName owner) => _unmanaged[owner];

    /// <summary>The name of a table's model.</summary>
    public PulledName NameOf(Table table) => _names[(false, table.Name)];

    /// <summary>The name of a view.</summary>
    public PulledName NameOf(View view) => _names[(false, view.Name)];

    /// <summary>The name of an enum.</summary>
    public PulledName NameOf(EnumType type) => _names[(true, type.Name)];

    /// <summary>The name of a column's field; empty where the language takes nothing of the column's name.</summary>
    /// <param name="owner">The table or view.</param>
    /// <param name="previous">Its model; null where it is new.</param>
    /// <param name="column">The column.</param>
    public PulledName NameOf(QualifiedName owner, PreviousModel? previous, string column)
    {
        if (!_columns.TryGetValue(owner, out var names))
        {
            var columns = Find(owner)?.Columns ?? Views.First(v => v.Name == owner).Columns;
            _columns.Add(owner, names = new UniqueNames().TakeAll(
                [.. columns.Select(c => c.Name)], c => previous?.FieldOf(c) is { } field ? previous.NameOf(field) : null, c => (c, Named(PulledNames.OfField(c), c, "field"))));
        }

        return names.TryGetValue(column, out var name) ? name : PulledNames.OfField(column);
    }

    /// <summary>The names of an enum's values by label.</summary>
    public Dictionary<string, PulledName> ValuesOf(EnumType type)
    {
        var previous = Previous.EnumOf(type.Name);
        return new UniqueNames().TakeAll([.. type.Labels], l => previous?.ValueOf(l) is { } value ? previous.NameOf(value) : null, l => (l, Named(PulledNames.OfValue(l), l, "value")));
    }

    // Where nothing may be left out, what the language takes nothing of gets a word.
    private PulledName Named(PulledName name, string original, string word) => name.Name.Length == 0 && Directives.IsWhole ? new PulledName(word, original) : name;

    /// <summary>Whether no other model, view or enum would have the same name.</summary>
    public bool IsUnique(string name) => _counts.GetValueOrDefault(PulledNames.Sanitize(name)) <= 1;

    /// <summary>
    /// Whether the client can tell rows apart: a primary key or unique index whose columns are all required and of a type that it knows.
    /// </summary>
    public bool HasIdentifier(Table table)
    {
        var previous = Previous.ModelOf(table.Name);
        return (table.PrimaryKey is { } key && IsUsable(key.Parts)) || table.Indexes.Any(i => i.IsUnique && IsUsable(i.Parts));

        bool IsUsable(EquatableArray<IndexPart> parts) =>
            parts.All(p => table.FindColumn(p.Column) is { Type: { Arity: ColumnArity.Required, Family: not TypeFamily.Unsupported } } && NameOf(table.Name, previous, p.Column).Name.Length > 0);
    }

    private Dictionary<(bool IsEnum, QualifiedName Name), PulledName> NameAll()
    {
        IEnumerable<(bool IsEnum, QualifiedName Name)> items = Schema.Tables.Select(t => (false, t.Name)).Concat(Schema.Enums.Select(e => (true, e.Name))).Concat(Views.Select(v => (false, v.Name)));
        return new UniqueNames().TakeAll<(bool IsEnum, QualifiedName Name)>(
            [.. items.Where(i => i.IsEnum || !_joins.ContainsKey(i.Name)).Distinct()],
            i => i.IsEnum ? Previous.EnumOf(i.Name)?.Name : Previous.ModelOf(i.Name)?.Name ?? Previous.ViewOf(i.Name)?.Name,
            i => (i.Name.Name, i.Name.Namespace is { } space && !IsUnique(i.Name.Name)
                ? new PulledName(PulledNames.Sanitize($"{space}_{i.Name.Name}"), i.Name.Name)
                : PulledNames.OfType(i.Name.Name)));
    }

    private IEnumerable<string> AllNames()
    {
        foreach (var table in Schema.Tables.Where(t => !_joins.ContainsKey(t.Name))) yield return Previous.ModelOf(table.Name)?.Name.Name ?? PulledNames.Sanitize(table.Name.Name);
        foreach (var type in Schema.Enums) yield return Previous.EnumOf(type.Name)?.Name.Name ?? PulledNames.Sanitize(type.Name.Name);
        foreach (var view in Views) yield return Previous.ViewOf(view.Name)?.Name.Name ?? PulledNames.Sanitize(view.Name.Name);
    }

    // Keys to tables that were not read, and such that say the same twice, are none.
    private IEnumerable<ForeignKey> KeysOf(Table table)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var key in Dialect.PullRules.ForeignKeys(table))
            if (_tables.ContainsKey(key.Target) && seen.Add($"{string.Join('\0', key.Columns)}\0\0{key.Target}\0\0{string.Join('\0', key.TargetColumns)}"))
                yield return key;
    }

    private void FindSides()
    {
        foreach (var table in Schema.Tables.Where(t => !_joins.ContainsKey(t.Name)))
        {
            foreach (var key in _keys[table.Name])
            {
                Add(new RelationSide(table, table, key, true, false));
                Add(new RelationSide(_tables[key.Target], table, key, false, false));
            }
        }

        foreach (var table in Schema.Tables)
        {
            if (!_joins.TryGetValue(table.Name, out var join)) continue;
            Add(new RelationSide(_tables[join.A.Target], table, join.B, true, true));
            Add(new RelationSide(_tables[join.B.Target], table, join.A, false, true));
        }
    }

    private void Add(RelationSide side)
    {
        if (!_sides.TryGetValue(side.Table.Name, out var sides)) _sides.Add(side.Table.Name, sides = []);
        sides.Add(side);
    }

    private static bool IsHistory(Table table) => table.Name.Name == "_prisma_migrations" && HistoryColumns.All(c => table.FindColumn(c) is not null);
}
