using Ploy.Relational.Changes;
using Ploy.Relational.Model;

namespace Ploy.Relational.Diff;

/// <summary>
/// Foreign keys that stand in the way of other steps: of an enum whose columns get another type one after the other, and of a key, index or
/// column that they refer to and that is dropped. They are dropped before, and made again where the schema after has them too. The engine
/// does neither, and its script is refused.
/// </summary>
internal sealed class ForeignKeyObstacles
{
    private readonly SchemaPairs _schemas;
    private readonly Dictionary<QualifiedName, List<Reference>> _byTarget = [];
    private readonly HashSet<object> _early = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<object> _renewed = new(ReferenceEqualityComparer.Instance);

    public ForeignKeyObstacles(SchemaPairs schemas, IReadOnlyList<AlterEnum> enums, IReadOnlyList<DropIndex> indexes, IReadOnlyList<AlterTable> tables)
    {
        _schemas = schemas;
        if (!schemas.Rules.HasForeignKeySteps) return;
        var replaced = enums.Where(e => !e.Removed.IsEmpty).Select(e => schemas.BeforeScope.Resolve(e.Before.Name)).ToHashSet();
        var unique = indexes.Where(i => i.Index.IsUnique).ToList();
        var shrunk = tables.Where(t => t.Changes.Any(c => c is DropPrimaryKey or RecreateColumn)).ToList();
        if (replaced.Count == 0 && unique.Count == 0 && shrunk.Count == 0) return;

        Collect();
        if (replaced.Count > 0) FindEnums(replaced);
        foreach (var drop in unique) Find(drop.Table, reference => Uses(reference, drop.Table, drop.Index.Parts.Select(p => p.Column), drop.Index));
        foreach (var table in shrunk) Find(table.Before, reference => table.Changes.Any(change => StandsInTheWay(reference, table.Before, change)));
    }

    /// <summary>Whether no key is dropped and made again.</summary>
    public bool RenewsNone => _renewed.Count == 0;

    /// <summary>Whether a key before must be dropped before enums are changed.</summary>
    public bool IsEarly(ForeignKey before) => _early.Contains(before);

    /// <summary>Whether a key that both schemas have, given as of either, is dropped and made again.</summary>
    public bool IsRenewed(ForeignKey key) => _renewed.Contains(key);

    private void Collect()
    {
        foreach (var table in _schemas.Before.Tables)
        {
            var kept = new Dictionary<object, ForeignKey>(ReferenceEqualityComparer.Instance);
            foreach (var (before, after) in _schemas.PairOf(table)?.ForeignKeyPairs ?? []) kept.Add(before, after);
            foreach (var key in table.ForeignKeys)
            {
                var target = _schemas.BeforeScope.Resolve(key.Target);
                if (!_byTarget.TryGetValue(target, out var list)) _byTarget.Add(target, list = []);
                list.Add(new Reference(table, key, kept.GetValueOrDefault(key)));
            }
        }
    }

    private void FindEnums(HashSet<QualifiedName> replaced)
    {
        foreach (var reference in _byTarget.Values.SelectMany(list => list))
        {
            if (!reference.Key.Columns.Any(name => reference.Table.FindColumn(name)?.Type.Enum is { } type && replaced.Contains(_schemas.BeforeScope.Resolve(type)))) continue;
            _early.Add(reference.Key);
            Renew(reference);
        }
    }

    private void Find(Table target, Func<Reference, bool> isInTheWay)
    {
        foreach (var reference in _byTarget.GetValueOrDefault(_schemas.BeforeScope.Resolve(target.Name), []))
            if (isInTheWay(reference)) Renew(reference);
    }

    private void Renew(Reference reference)
    {
        if (reference.After is not { } after) return;
        _renewed.Add(reference.Key);
        _renewed.Add(after);
    }

    private static bool StandsInTheWay(Reference reference, Table target, TableChange change) => change switch
    {
        DropPrimaryKey drop => Uses(reference, target, drop.Key.Parts.Select(p => p.Column), null),
        RecreateColumn recreated => reference.Key.TargetColumns.Contains(recreated.Before.Name),
        _ => false,
    };

    /// <summary>Whether it is this index (null for the primary key) that a foreign key depends on: the first over its columns, the primary key before all.</summary>
    private static bool Uses(Reference reference, Table target, IEnumerable<string> columns, TableIndex? index)
    {
        var wanted = reference.Key.TargetColumns;
        if (!IsOver(columns, wanted)) return false;
        if (index is null) return true;
        return (target.PrimaryKey is null || !IsOver(target.PrimaryKey.Parts.Select(p => p.Column), wanted))
            && ReferenceEquals(index, target.Indexes.First(i => i.IsUnique && i.Predicate is null && IsOver(i.Parts.Select(p => p.Column), wanted) || ReferenceEquals(i, index)));
    }

    private static bool IsOver(IEnumerable<string> columns, IEnumerable<string> wanted) =>
        columns.Order(StringComparer.Ordinal).SequenceEqual(wanted.Order(StringComparer.Ordinal), StringComparer.Ordinal);

    private sealed record Reference(Table Table, ForeignKey Key, ForeignKey? After);
}
