using Ploy.Core;
using Ploy.Relational.Changes;
using Ploy.Relational.Model;
using Ploy.Relational.Objects;

namespace Ploy.Relational.Diff;

/// <summary>A table that both schemas have, with its columns paired by name and compared once.</summary>
public sealed class TablePair
{
    private readonly DiffRules _rules;
    private readonly ObjectRules _objects;
    private readonly NameScope _beforeScope;
    private readonly NameScope _afterScope;
    private PairedColumns? _columns;

    internal TablePair(Table before, Table after, SchemaPairs schemas)
    {
        Before = before;
        After = after;
        _rules = schemas.Rules;
        _objects = schemas.Objects;
        _beforeScope = schemas.BeforeScope;
        _afterScope = schemas.AfterScope;
        IsSame = schemas.HaveSameScope && before == after;
        if (IsSame) return;
        _columns = PairColumns();
        UnhandledDifferenceException.ThrowUnlessEqual(
            before with { Name = after.Name, Columns = after.Columns, PrimaryKey = after.PrimaryKey, Indexes = after.Indexes, ForeignKeys = after.ForeignKeys, Objects = after.Objects },
            after, () => $"table `{before.Name}`");
    }

    /// <summary>The table before.</summary>
    public Table Before { get; }

    /// <summary>The table after.</summary>
    public Table After { get; }

    /// <summary>Whether both sides are one and the same value, as most tables are that a migration meets: then nothing of it changes.</summary>
    public bool IsSame { get; }

    /// <summary>Columns of both sides, by name.</summary>
    public IReadOnlyList<ColumnPair> Columns => Paired.Both;

    /// <summary>Columns that come, by name.</summary>
    public IReadOnlyList<Column> Added => Paired.Added;

    /// <summary>Columns that go, by name.</summary>
    public IReadOnlyList<Column> Dropped => Paired.Dropped;

    /// <summary>Whether any column of both sides differs.</summary>
    public bool AnyColumnDiffers => Columns.Any(c => c.Aspects != ColumnAspects.None);

    /// <summary>Whether both sides have a primary key and it must be made anew: other columns, another order, or a column of another type.</summary>
    public bool PrimaryKeyDiffers
    {
        get
        {
            if (Before.PrimaryKey is not { } before || After.PrimaryKey is not { } after) return false;
            if (before.Parts.Count != after.Parts.Count) return true;
            for (var i = 0; i < before.Parts.Count; i++)
                if (before.Parts[i].Column != after.Parts[i].Column || before.Parts[i].IsDescending != after.Parts[i].IsDescending)
                    return true;
            return before.Parts.Any(p => TypeDiffers(p.Column));
        }
    }

    /// <summary>Whether a primary key comes, goes or must be made anew.</summary>
    public bool PrimaryKeyChanges => Before.PrimaryKey is null != After.PrimaryKey is null || PrimaryKeyDiffers;

    /// <summary>Foreign keys after that match none before, in order.</summary>
    public IEnumerable<ForeignKey> CreatedForeignKeys =>
        After.ForeignKeys.Where(after => !KeysBefore.Over(after, ColumnsOf).Any(before => ForeignKeysMatch(before, after)));

    /// <summary>Foreign keys before that match none after, in order.</summary>
    public IEnumerable<ForeignKey> DroppedForeignKeys =>
        Before.ForeignKeys.Where(before => !KeysAfter.Over(before, ColumnsOf).Any(after => ForeignKeysMatch(before, after)));

    /// <summary>Foreign keys that match, each after at most once, in the order before.</summary>
    public IEnumerable<(ForeignKey Before, ForeignKey After)> ForeignKeyPairs
    {
        get
        {
            var taken = new bool[After.ForeignKeys.Count];
            foreach (var before in Before.ForeignKeys)
            {
                foreach (var i in KeysAfter.PlacesOver(before, ColumnsOf))
                {
                    if (taken[i] || !ForeignKeysMatch(before, After.ForeignKeys[i])) continue;
                    taken[i] = true;
                    yield return (before, After.ForeignKeys[i]);
                    break;
                }
            }
        }
    }

    /// <summary>Indexes after that match none before, in order.</summary>
    public IEnumerable<TableIndex> CreatedIndexes =>
        After.Indexes.Where(after => !IndexesBefore.Over(after, ColumnsOf).Any(before => IndexesMatch(before, after)));

    /// <summary>Indexes before that match none after, in order.</summary>
    public IEnumerable<TableIndex> DroppedIndexes =>
        Before.Indexes.Where(before => !Candidates(before).Any(after => IndexesMatch(before, after)));

    /// <summary>
    /// Indexes that match, in the order before. Where several indexes before are over the same columns, nobody can tell which is which, and
    /// none of them is paired.
    /// </summary>
    public IEnumerable<(TableIndex Before, TableIndex After)> IndexPairs
    {
        get
        {
            foreach (var before in Before.Indexes)
            {
                if (IndexesBefore.Over(before, ColumnsOf).Count(other => HasSameColumns(before, other)) != 1) continue;
                if (Candidates(before).FirstOrDefault(after => IndexesMatch(before, after)) is { } after) yield return (before, after);
            }
        }
    }

    /// <summary>Whether the column of both sides has another type; false where it is not of both.</summary>
    public bool TypeDiffers(string column) => Paired.ByName.TryGetValue(column, out var pair) && pair.TypeChange is not null;

    /// <summary>Whether the column is dropped and made again.</summary>
    public bool IsRecreated(string column) =>
        Paired.ByName.TryGetValue(column, out var pair) && pair.TypeChange == TypeChangeKind.NotCastable;

    /// <summary>The column of both sides; null where it is not of both.</summary>
    public ColumnPair? FindColumn(string name) => Paired.ByName.GetValueOrDefault(name);

    // Of tables that are the same the columns are paired only where somebody asks.
    private PairedColumns Paired => _columns ??= PairColumns();

    private ByColumns<ForeignKey> KeysBefore => field ??= new(Before.ForeignKeys, ColumnsOf);

    private ByColumns<ForeignKey> KeysAfter => field ??= new(After.ForeignKeys, ColumnsOf);

    private ByColumns<TableIndex> IndexesBefore => field ??= new(Before.Indexes, ColumnsOf, i => i.IncludedColumns.IsEmpty ? null : AllColumnsOf(i));

    private ByColumns<TableIndex> IndexesAfter => field ??= new(After.Indexes, ColumnsOf);

    private static EquatableArray<string> ColumnsOf(ForeignKey key) => key.Columns;

    private static EquatableArray<string> ColumnsOf(TableIndex index) => EquatableArray.Map(index.Parts.AsSpan(), 0, static (p, _) => p.Column);

    private static EquatableArray<string> AllColumnsOf(TableIndex index) => index.Parts.Select(p => p.Column).Concat(index.IncludedColumns).ToEquatableArray();

    // The indexes after that one before may match, in order; one with included columns may be written in either way.
    private IEnumerable<TableIndex> Candidates(TableIndex before) => before.IncludedColumns.IsEmpty
        ? IndexesAfter.Over(before, ColumnsOf)
        : IndexesAfter.PlacesOver(before, ColumnsOf).Union(IndexesAfter.PlacesOver(before, AllColumnsOf)).Order().Select(i => After.Indexes[i]);

    private static bool HasSameColumns(TableIndex first, TableIndex second) =>
        first.IsUnique == second.IsUnique && first.Parts.Select(p => p.Column).SequenceEqual(second.Parts.Select(p => p.Column), StringComparer.Ordinal);

    private bool ForeignKeysMatch(ForeignKey before, ForeignKey after)
    {
        UnhandledDifferenceException.ThrowUnlessEqual(
            before with
            {
                Name = after.Name,
                Columns = after.Columns,
                Target = after.Target,
                TargetColumns = after.TargetColumns,
                OnDelete = after.OnDelete,
                OnUpdate = after.OnUpdate,
            },
            after, () => $"foreign key `{before.Name}` of `{Before.Name}`");
        return before.Columns == after.Columns
            && before.TargetColumns == after.TargetColumns
            && _beforeScope.Resolve(before.Target) == _afterScope.Resolve(after.Target)
            && before.OnDelete == after.OnDelete
            && before.OnUpdate == after.OnUpdate
            && !before.Columns.Any(TypeDiffers);
    }

    private bool IndexesMatch(TableIndex before, TableIndex after)
    {
        UnhandledDifferenceException.ThrowUnlessEqual(
            before with
            {
                Name = after.Name,
                Parts = after.Parts,
                IsUnique = after.IsUnique,
                IsConstraint = after.IsConstraint,
                Method = after.Method,
                Predicate = after.Predicate,
                IncludedColumns = after.IncludedColumns,
            },
            after, () => $"index `{before.Name}` of `{Before.Name}`");
        if (before.IsUnique != after.IsUnique) return false;
        if (!PartsMatch(before, after)) return HasIncludedParts(before, after);
        return PredicatesMatch(before.Predicate, after.Predicate) && _rules.IndexesMatch(before, after, After);
    }

    private static bool PartsMatch(TableIndex before, TableIndex after)
    {
        if (before.Parts.Count != after.Parts.Count) return false;
        for (var i = 0; i < before.Parts.Count; i++)
            if (before.Parts[i].Column != after.Parts[i].Column || before.Parts[i].IsDescending != after.Parts[i].IsDescending)
                return false;
        return true;
    }

    // The engine reads included columns as parts, so files that it wrote list them; both ways to say the index are right.
    private bool HasIncludedParts(TableIndex before, TableIndex after) =>
        !before.IncludedColumns.IsEmpty
        && after.IncludedColumns.IsEmpty
        && IndexesMatch(
            before with { Parts = before.Parts.Concat(before.IncludedColumns.Select(c => new IndexPart { Column = c })).ToEquatableArray(), IncludedColumns = default }, after);

    private bool PredicatesMatch(SqlExpression? before, SqlExpression? after) =>
        before is null || after is null ? before is null && after is null : before.Equals(after) || _rules.ExpressionsMatch(before.Text, after.Text);

    private PairedColumns PairColumns()
    {
        var byName = new Dictionary<string, ColumnPair>(StringComparer.Ordinal);
        var before = Before.Columns.ToDictionary(c => c.Name, StringComparer.Ordinal);
        var (pairs, added) = (new List<ColumnPair>(), new List<Column>());
        foreach (var column in After.Columns)
        {
            if (!before.Remove(column.Name, out var other))
            {
                added.Add(column);
                continue;
            }

            pairs.Add(Compare(other, column));
        }

        Regenerate(pairs);
        foreach (var pair in pairs) byName.Add(pair.After.Name, pair);

        return new PairedColumns(
            [.. pairs.OrderBy(p => p.After.Name, Utf8Order.Instance)],
            [.. added.OrderBy(c => c.Name, Utf8Order.Instance)],
            [.. before.Values.OrderBy(c => c.Name, Utf8Order.Instance)],
            byName);
    }

    // No column changes its type under one that is generated from it: that one goes and is made again with the same statement.
    private void Regenerate(List<ColumnPair> pairs)
    {
        if (!pairs.Exists(p => p is { Before.Generated: not null, After.Generated: not null, TypeChange: null }) || !pairs.Exists(p => p.TypeChange is not null)) return;
        var retyped = pairs.Where(p => p.TypeChange is not null).Select(p => p.Before.Name).ToHashSet(StringComparer.Ordinal);
        for (var i = 0; i < pairs.Count; i++)
        {
            if (pairs[i] is { Before.Generated: { } there, After.Generated: not null, TypeChange: null } pair && _objects.NamesIn(there.Canonical ?? there.Text).Overlaps(retyped))
                pairs[i] = pair with { Aspects = pair.Aspects | ColumnAspects.Generated | ColumnAspects.Type, TypeChange = TypeChangeKind.NotCastable };
        }
    }

    private ColumnPair Compare(Column before, Column after)
    {
        UnhandledDifferenceException.ThrowUnlessEqual(
            before with
            {
                Type = after.Type,
                Default = after.Default,
                IsAutoIncrement = after.IsAutoIncrement,
                HasClientDefault = after.HasClientDefault,
                Printed = after.Printed,
                Generated = after.Generated,
            },
            after, () => $"column `{before.Name}` of `{Before.Name}`");
        UnhandledDifferenceException.ThrowUnlessEqual(
            before.Type with
            {
                Family = after.Type.Family,
                StoreType = after.Type.StoreType,
                Arguments = after.Type.Arguments,
                Enum = after.Type.Enum,
                Arity = after.Type.Arity,
            },
            after.Type, () => $"the type of column `{before.Name}` of `{Before.Name}`");

        var typeChange = CompareTypes(before, after);
        var aspects = ColumnAspects.None;
        if (GeneratedDiffers(before, after))
        {
            aspects |= ColumnAspects.Generated;

            // No statement makes a column generated, or from something else: it is dropped and made again.
            if (after.Generated is not null) typeChange = TypeChangeKind.NotCastable;
        }

        if (before.Type.Arity != after.Type.Arity && !IsSpelledAsList(before, after)) aspects |= ColumnAspects.Arity;
        if (typeChange is not null) aspects |= ColumnAspects.Type;
        if ((!KeepsGenerated(before, after) || GeneratedDiffers(before, after)) && !DefaultComparer.Match(before, after)) aspects |= ColumnAspects.Default;
        if (_rules.AutoIncrementDiffers(before, after) && !SpellsItsSequence(before, after)) aspects |= ColumnAspects.AutoIncrement;
        return new ColumnPair(before, after, aspects, typeChange);
    }

    // Unsupported("xml[]") is the list that the database holds; whether a list takes NULL is not compared.
    private static bool IsSpelledAsList(Column before, Column after) =>
        (before.Type.Arity == ColumnArity.List || after.Type.Arity == ColumnArity.List) && before.Printed.SameType(after.Printed);

    // dbgenerated("nextval('s')") is what the database counts by.
    private static bool SpellsItsSequence(Column before, Column after) =>
        (before.Default is DefaultValue.Expression || after.Default is DefaultValue.Expression) && before.Printed.SameDefault(after.Printed);

    // Nobody can set or drop the default of a generated column.
    private static bool KeepsGenerated(Column before, Column after) => before.Generated is not null && after.Generated is null;

    // One that is not ours stays as it is: the language cannot say how a column is generated.
    private bool GeneratedDiffers(Column before, Column after) =>
        after.Generated is { } wanted ? before.Generated is not { } there || !there.Equals(wanted)
        : before.Generated is not null && Before.Objects.Any(o => o is { Kind: ObjectKind.Generated, IsManaged: true } && o.Name.Name == before.Name);

    private TypeChangeKind? CompareTypes(Column before, Column after)
    {
        if (before.Type.Enum is null && after.Type.Enum is null)
            return before.Printed.SameType(after.Printed) ? null : _rules.CompareTypes(before, after);

        // An enum is the same or another one; between an enum and anything else there is no cast.
        return before.Type.Enum is { } first && after.Type.Enum is { } second && _beforeScope.Resolve(first) == _afterScope.Resolve(second)
            ? null
            : TypeChangeKind.NotCastable;
    }

    private sealed record PairedColumns(
        IReadOnlyList<ColumnPair> Both, IReadOnlyList<Column> Added, IReadOnlyList<Column> Dropped, IReadOnlyDictionary<string, ColumnPair> ByName);
}
