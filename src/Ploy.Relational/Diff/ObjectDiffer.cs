using Ploy.Relational.Changes;
using Ploy.Relational.Model;
using Ploy.Relational.Objects;

namespace Ploy.Relational.Diff;

/// <summary>
/// Compares what is beyond the language. Only what is ours goes or changes; what is there and becomes ours is adopted; what uses a thing that changes its type
/// or is made anew is dropped before and made again after.
/// </summary>
internal sealed class ObjectDiffer
{
    private readonly SchemaPairs _schemas;
    private readonly ObjectRules _rules;
    private readonly Dictionary<ObjectKey, SchemaObject> _before = [];
    private readonly Dictionary<ObjectKey, SchemaObject> _after = [];
    private readonly HashSet<ObjectKey> _rebuilt = [];
    private readonly HashSet<(QualifiedName Table, string Column)> _touched = [];

    public ObjectDiffer(SchemaPairs schemas, IReadOnlyList<AlterEnum> enums, ObjectRules rules)
    {
        (_schemas, _rules) = (schemas, rules);
        foreach (var item in All(schemas.Before)) _before.TryAdd(BeforeKey(item), item);
        foreach (var item in All(schemas.After)) _after.TryAdd(AfterKey(item), item);

        // Every index of a live database is an object too: where nothing is ours on either side, nothing more is looked at.
        if (!_before.Values.Any(o => o.IsManaged) && !_after.Values.Any(o => o.IsManaged))
        {
            _before.Clear();
            _after.Clear();
        }

        if (_before.Count == 0) return;
        Touch(enums);
        Rebuild(enums);
    }

    /// <summary>What goes before all else: the last made first.</summary>
    public IEnumerable<SchemaChange> Dropped() => Dropped(late: false);

    /// <summary>What columns may have used up to now: it goes behind them.</summary>
    public IEnumerable<SchemaChange> DroppedLate() => Dropped(late: true);

    private IEnumerable<SchemaChange> Dropped(bool late)
    {
        HashSet<string>? used = null;
        var reasons = new Dictionary<SchemaObject, ObjectReason>(ReferenceEqualityComparer.Instance);
        foreach (var (key, item) in _before)
            if (DropOf(key, item) is { } reason && (reason == ObjectReason.Wanted && IsLate(item)) == late)
                reasons.Add(item, reason);
        return ObjectOrder.Sort(reasons.Keys, _rules).Reverse().Select(item => new DropObject(item, reasons[item]));

        bool IsLate(SchemaObject item) => item.Kind switch
        {
            ObjectKind.Extension or ObjectKind.Domain or ObjectKind.Sequence => true,
            ObjectKind.Function => (used ??= NamesOfColumns(_schemas.Before)).Contains(BareName(item)),
            _ => false,
        };
    }

    /// <summary>What tables may need: made before them.</summary>
    public IEnumerable<SchemaChange> CreatedEarly() => Created(early: true);

    /// <summary>All else, behind all else.</summary>
    public IEnumerable<SchemaChange> CreatedLate() => Created(early: false);

    private ObjectReason? DropOf(ObjectKey key, SchemaObject item)
    {
        if (!_after.TryGetValue(key, out var after)) return !item.IsManaged ? null : GoesWithOwner(item) ? ObjectReason.WithOwner : ObjectReason.Wanted;

        // What a database has on both sides and is nobody's is compared with nothing.
        if (!Counts(item, after)) return null;
        var isLeft = _rebuilt.Contains(key) ? IsLostWithOwner(item) : item.Definition.Equals(after.Definition) || _rules.CanReplace(item, after);
        return isLeft ? null : ObjectReason.Rebuilt;
    }

    private IEnumerable<SchemaChange> Created(bool early)
    {
        HashSet<string>? wanted = null;
        var changes = new Dictionary<SchemaObject, SchemaChange>(ReferenceEqualityComparer.Instance);
        foreach (var (key, item) in _after)
            if (IsEarly(item) == early && CreateOf(key, item) is { } change)
                changes.Add(item, change);
        return ObjectOrder.Sort(changes.Keys, _rules).Select(item => changes[item]);

        bool IsEarly(SchemaObject item) => item.Kind switch
        {
            ObjectKind.Extension or ObjectKind.Domain or ObjectKind.Sequence => true,
            ObjectKind.Function => (wanted ??= NamesOfColumns(_schemas.After)).Contains(BareName(item)),
            _ => false,
        };
    }

    private SchemaChange? CreateOf(ObjectKey key, SchemaObject item)
    {
        if (!_before.TryGetValue(key, out var before)) return item.IsManaged ? new CreateObject(item, ObjectReason.Wanted, IsMarked: true) : null;
        if (!Counts(before, item)) return null;
        var isSame = before.Definition.Equals(item.Definition);
        if (_rebuilt.Contains(key) || !isSame && !_rules.CanReplace(before, item))
            return new CreateObject(item, isSame ? ObjectReason.Rebuilt : ObjectReason.Wanted, !before.IsManaged && item.IsManaged);
        if (!isSame) return new ReplaceObject(before, item);
        return !before.IsManaged && item.IsManaged ? new AdoptObject(item) : null;
    }

    private static string BareName(SchemaObject function)
    {
        var end = function.Name.Name.LastIndexOf('(');
        return end < 0 ? function.Name.Name : function.Name.Name[..end];
    }

    // Functions in defaults and generated columns have to be there before the tables.
    private HashSet<string> NamesOfColumns(DatabaseSchema schema)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var column in schema.Tables.SelectMany(t => t.Columns))
        {
            if (column.Default is DefaultValue.Expression { Sql: var sql }) names.UnionWith(_rules.NamesIn(sql.Text));
            if (column.Generated is { } generated) names.UnionWith(_rules.NamesIn(generated.Text));
        }

        return names;
    }

    private static bool Counts(SchemaObject before, SchemaObject after) => before.IsManaged || after.IsManaged;

    private static IEnumerable<SchemaObject> All(DatabaseSchema schema) => schema.Tables.SelectMany(t => t.Objects).Concat(schema.Objects);

    private ObjectKey BeforeKey(SchemaObject item) => Resolve(item.Key, _schemas.BeforeScope);

    private ObjectKey AfterKey(SchemaObject item) => Resolve(item.Key, _schemas.AfterScope);

    private static ObjectKey Resolve(ObjectKey key, NameScope scope) =>
        key with { Table = key.Table is { } table ? scope.Resolve(table) : null, Name = key.Table is null ? scope.Resolve(key.Name) : key.Name };

    private bool IsOnDroppedTable(SchemaObject item) => item.Table is { } table && _schemas.DroppedNames.Contains(_schemas.BeforeScope.Resolve(table));

    // A statement could not even name it any more, or need not.
    private bool GoesWithOwner(SchemaObject item) =>
        IsOnDroppedTable(item) || item.Kind is ObjectKind.Generated || item.Kind == ObjectKind.ColumnComment && PairOf(item)?.Dropped.Any(c => c.Name == item.Name.Name) == true
        || item.Kind == ObjectKind.Grant && item.Uses.Items is [var target] && _schemas.DroppedNames.Contains(_schemas.BeforeScope.Resolve(target.Name))
        || item.Kind == ObjectKind.Deferrable && PairOf(item)?.DroppedForeignKeys.Any(k => k.Name == item.Name.Name) == true;

    private bool IsLostWithOwner(SchemaObject item) =>
        item.Kind == ObjectKind.Deferrable || item.Kind == ObjectKind.ColumnComment && PairOf(item)?.IsRecreated(item.Name.Name) == true
        || item.Kind == ObjectKind.Index && IsOnRedefinedTable(item);

    private bool IsOnRedefinedTable(SchemaObject item) => PairOf(item) is { } pair && _schemas.Redefined.Contains(pair);

    private TablePair? PairOf(SchemaObject item) => item.Table is { } table ? _schemas.FindPair(_schemas.BeforeScope.Resolve(table)) : null;

    // Columns whose type changes, that take an enum's new type, or that go.
    private void Touch(IReadOnlyList<AlterEnum> enums)
    {
        var replaced = enums.Where(e => !e.Removed.IsEmpty).SelectMany(e => e.Columns).Select(c => (_schemas.AfterScope.Resolve(c.Table), c.Column.Name));
        _touched.UnionWith(replaced);
        foreach (var pair in _schemas.Changed)
        {
            var table = _schemas.BeforeScope.Resolve(pair.Before.Name);
            foreach (var column in pair.Columns)
            {
                var isList = column.Before.Type.Arity == ColumnArity.List != (column.After.Type.Arity == ColumnArity.List);
                if (column.TypeChange is null && !isList) continue;
                _touched.Add((table, column.Before.Name));
            }

            foreach (var column in pair.Dropped) _touched.Add((table, column.Name));
        }
    }

    // Until nothing more is found that uses what is rebuilt, replaced by dropping, or gone.
    private void Rebuild(IReadOnlyList<AlterEnum> enums)
    {
        var recreatedKeys = _schemas.Changed.SelectMany(p => p.CreatedForeignKeys.Select(k => (Table: _schemas.AfterScope.Resolve(p.After.Name), k.Name))).ToHashSet();

        // The type itself is made anew where a label goes: what has an argument of it, or casts to it, holds the old one.
        var gone = enums.Where(e => !e.Removed.IsEmpty).Select(e => _schemas.BeforeScope.Resolve(e.Before.Name)).ToHashSet();
        bool isGrowing;
        do
        {
            isGrowing = false;
            foreach (var (key, item) in _before)
            {
                if (_rebuilt.Contains(key)) continue;
                var isKept = _after.TryGetValue(key, out var after) && Counts(item, after);
                if (!isKept && !item.IsManaged) continue;
                var isRemade = !isKept || !item.Definition.Equals(after!.Definition) && !_rules.CanReplace(item, after); // kept has an after
                if (isRemade) isGrowing |= gone.Add(UsedAs(key));
                if (!isKept || isRemade || !MustRebuild(key, item)) continue;
                isGrowing |= _rebuilt.Add(key) | gone.Add(UsedAs(key));
            }
        }
        while (isGrowing);

        bool MustRebuild(ObjectKey key, SchemaObject item)
        {
            if (item.Kind == ObjectKind.Deferrable) return recreatedKeys.Contains((key.Table!.Value, key.Name.Name)); // it belongs to a table
            if (item.Kind == ObjectKind.ColumnComment) return PairOf(item)?.IsRecreated(item.Name.Name) == true;
            if (item.Kind is ObjectKind.TableComment or ObjectKind.RowSecurity or ObjectKind.Generated) return false;
            if (item.Kind == ObjectKind.Index && IsOnRedefinedTable(item)) return true;
            if (key.Table is { } owner && gone.Contains(owner)) return true;
            foreach (var use in item.Uses.Items)
            {
                var name = _schemas.BeforeScope.Resolve(use.Name);
                if (gone.Contains(name)) return true;

                // The server would keep checks and indexes over a column that is cast, but prints them otherwise than those that are made after it.
                if (use.Column is { } column && _touched.Contains((name, column))) return true;
            }

            return false;
        }
    }

    // As others name it: views, functions and types by their own name.
    private static QualifiedName UsedAs(ObjectKey key) =>
        key.Kind is ObjectKind.View or ObjectKind.MaterializedView or ObjectKind.Function or ObjectKind.Procedure or ObjectKind.Domain or ObjectKind.Sequence ? key.Name : new QualifiedName("", key.Kind.ToString() + key.Table + key.Name);
}
