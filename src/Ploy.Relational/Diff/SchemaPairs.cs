using Ploy.Core;
using Ploy.Relational.Model;
using Ploy.Relational.Objects;

namespace Ploy.Relational.Diff;

/// <summary>All objects of two schemas paired by name, once, before any step is made. Everything after is a filter over the pairs.</summary>
internal sealed class SchemaPairs
{
    private const string HistoryTable = "_prisma_migrations";

    private readonly Dictionary<QualifiedName, TablePair> _tables = [];
    private readonly Dictionary<QualifiedName, EnumType> _enumsBefore = [];
    private readonly Dictionary<QualifiedName, EnumType> _enumsAfter = [];

    /// <summary>Pairs the objects.</summary>
    /// <param name="before">The schema that is.</param>
    /// <param name="after">The schema that shall be.</param>
    /// <param name="dialect">The product.</param>
    /// <param name="mayHaveRows">Whether the schema before is that of tables which may have rows.</param>
    public SchemaPairs(DatabaseSchema before, DatabaseSchema after, Dialect dialect, bool mayHaveRows)
    {
        (BeforeScope, AfterScope) = (new NameScope(before, dialect), new NameScope(after, dialect));
        HaveSameScope = BeforeScope.Default == AfterScope.Default;
        (before, after) = (WithMeantColumns(before, BeforeScope, after, AfterScope), WithMeantColumns(after, AfterScope, before, BeforeScope));
        (before, after) = LeftIndexes.Settle(before, BeforeScope, after, AfterScope);
        (before, after) = (
            WithoutClaimedIndexes(before, BeforeScope, after, AfterScope),
            WithoutClaimedIndexes(after, AfterScope, before, BeforeScope));
        (Before, After, Rules, Objects, ServerNamespace, MayHaveRows) = (before, after, dialect.DiffRules, dialect.Objects, dialect.DefaultNamespace, mayHaveRows);
        UnhandledDifferenceException.ThrowUnlessEqual(
            before with
            {
                Namespaces = after.Namespaces,
                DefaultNamespace = after.DefaultNamespace,
                Extensions = after.Extensions,
                Enums = after.Enums,
                Sequences = after.Sequences,
                Tables = after.Tables,
                Views = after.Views,
                Objects = after.Objects,
                Unmanaged = after.Unmanaged,
            },
            after, () => "the schema");
        foreach (var item in before.Enums) _enumsBefore.TryAdd(BeforeScope.Resolve(item.Name), item);
        foreach (var item in after.Enums) _enumsAfter.TryAdd(AfterScope.Resolve(item.Name), item);
        PairTables();
        Changed = [.. Pairs.Where(p => !p.IsSame)];
        Redefined = Changed.Where(p => Rules.MustRedefine(p) || mayHaveRows && Rules.MustRedefineWithRows(p)).ToHashSet();
    }

    public DatabaseSchema Before { get; }

    public DatabaseSchema After { get; }

    public DiffRules Rules { get; }

    /// <summary>Whether the schema before is that of tables which may have rows.</summary>
    public bool MayHaveRows { get; }

    public ObjectRules Objects { get; }

    /// <summary>The namespace that every database has from the beginning; null where the product has none.</summary>
    public string? ServerNamespace { get; }

    public NameScope BeforeScope { get; }

    public NameScope AfterScope { get; }

    /// <summary>Whether a name without a namespace means the same on both sides.</summary>
    public bool HaveSameScope { get; }

    /// <summary>Tables of both sides in the order before.</summary>
    public IReadOnlyList<TablePair> Pairs { get; private set; } = [];

    /// <summary>Those pairs whose two sides are not one and the same value; only these can need a step.</summary>
    public IReadOnlyList<TablePair> Changed { get; }

    /// <summary>Tables that only the schema after has, in its order.</summary>
    public IReadOnlyList<Table> Created { get; private set; } = [];

    /// <summary>Tables that only the schema before has, in its order.</summary>
    public IReadOnlyList<Table> Dropped { get; private set; } = [];

    /// <summary>Those pairs that must be made anew.</summary>
    public IReadOnlySet<TablePair> Redefined { get; }

    /// <summary>Pairs that are changed in place.</summary>
    public IEnumerable<TablePair> Altered => Redefined.Count == 0 ? Changed : Changed.Where(p => !Redefined.Contains(p));

    /// <summary>Full names of <see cref="Dropped"/>.</summary>
    public IReadOnlySet<QualifiedName> DroppedNames => field ??= Dropped.Select(t => BeforeScope.Resolve(t.Name)).ToHashSet();

    /// <summary>The pair of a table by its full name; null where it is not of both.</summary>
    public TablePair? FindPair(QualifiedName name) => _tables.GetValueOrDefault(name);

    /// <summary>The pair of a table before; null where the table goes.</summary>
    public TablePair? PairOf(Table before) => _tables.GetValueOrDefault(BeforeScope.Resolve(before.Name));

    /// <summary>The pair of a table after; null where the table is new.</summary>
    public TablePair? PairOfAfter(Table after) => _tables.GetValueOrDefault(AfterScope.Resolve(after.Name));

    /// <summary>Whether a table before goes; false where it is never compared.</summary>
    public bool IsDropped(Table before) => !IsIgnored(before) && PairOf(before) is null;

    /// <summary>Whether a table after is new; false where it is never compared.</summary>
    public bool IsCreated(Table after) => !IsIgnored(after) && PairOfAfter(after) is null;

    public EnumType? AfterOf(EnumType before) => _enumsAfter.GetValueOrDefault(BeforeScope.Resolve(before.Name));

    public EnumType? BeforeOf(EnumType after) => _enumsBefore.GetValueOrDefault(AfterScope.Resolve(after.Name));

    // A generated column that is kept apart, and which the other side has: they are compared.
    private static DatabaseSchema WithMeantColumns(DatabaseSchema side, NameScope scope, DatabaseSchema other, NameScope otherScope)
    {
        if (!side.Unmanaged.Any(u => u.Column is not null)) return side;
        var tables = new Dictionary<QualifiedName, Table>();
        foreach (var table in other.Tables) tables.TryAdd(otherScope.Resolve(table.Name), table);
        return HiddenColumns.Reveal(side, u => tables.GetValueOrDefault(scope.Resolve(u.Table!.Value))?.FindColumn(u.Name.Name) is not null, withIndexes: false); // a column has a table
    }

    // An index that is ours on one side is that object on the other side too, whoever made it, where it stands among the objects there. One that the language can
    // say does not: it goes as an index, and comes as an object.
    private static DatabaseSchema WithoutClaimedIndexes(DatabaseSchema schema, NameScope scope, DatabaseSchema other, NameScope otherScope)
    {
        var claimed = other.Tables.SelectMany(t => t.Objects.Where(IsOurs).Select(o => (Table: otherScope.Resolve(t.Name), o.Name.Name))).ToHashSet();
        return claimed.Count == 0 ? schema : schema with
        {
            Tables = schema.Tables.Select(t => t with { Indexes = t.Indexes.Where(i => !IsClaimed(t, i)).ToEquatableArray() }).ToEquatableArray(),
        };

        static bool IsOurs(SchemaObject item) => item is { Kind: ObjectKind.Index, IsManaged: true };

        bool IsClaimed(Table table, TableIndex index) =>
            claimed.Contains((scope.Resolve(table.Name), index.Name)) && table.Objects.Any(o => o.Kind == ObjectKind.Index && o.Name.Name == index.Name);
    }

    private void PairTables()
    {
        var afterByName = new Dictionary<QualifiedName, Table>();
        foreach (var table in After.Tables)
            if (!IsIgnored(table)) afterByName.TryAdd(AfterScope.Resolve(table.Name), table);

        var (pairs, dropped) = (new List<TablePair>(), new List<Table>());
        foreach (var table in Before.Tables)
        {
            if (IsIgnored(table)) continue;
            var name = BeforeScope.Resolve(table.Name);
            if (afterByName.TryGetValue(name, out var other))
            {
                var pair = new TablePair(table, other, this);
                if (_tables.TryAdd(name, pair)) pairs.Add(pair);
            }
            else
            {
                dropped.Add(table);
            }
        }

        Pairs = pairs;
        Dropped = dropped;
        Created = [.. After.Tables.Where(t => !IsIgnored(t) && !_tables.ContainsKey(AfterScope.Resolve(t.Name)))];
    }

    private bool IsIgnored(Table table) => table.Name.Name == HistoryTable || Rules.IsIgnored(table.Name.Name);
}
