using Ploy.Core;
using Ploy.Relational.Changes;
using Ploy.Relational.Model;

namespace Ploy.Relational.Diff;

/// <summary>All columns with an enum type, by enum, so that many changed enums do not mean many walks over the schema.</summary>
internal sealed class EnumUses
{
    private readonly SchemaPairs _schemas;
    private readonly Dictionary<string, List<EnumDefault>> _defaults = new(StringComparer.Ordinal);
    private readonly Dictionary<QualifiedName, List<EnumColumn>> _columns = [];
    private readonly HashSet<QualifiedName> _stillUsed = [];

    public EnumUses(SchemaPairs schemas)
    {
        _schemas = schemas;
        CollectDefaults();
        CollectColumns();
        CollectOldUses();
    }

    public AlterEnum Complete(AlterEnum change) => change with
    {
        Defaults = _defaults.GetValueOrDefault(change.Before.Name.Name, []).ToEquatableArray(),
        Columns = _columns.GetValueOrDefault(_schemas.AfterScope.Resolve(change.After.Name), []).ToEquatableArray(),
        IsOldTypeInUse = _stillUsed.Contains(_schemas.BeforeScope.Resolve(change.Before.Name)),
    };

    /// <summary>By the enum's bare name, as the engine pairs them: those of a namesake are dropped and set again, which does no harm.</summary>
    private void CollectDefaults()
    {
        foreach (var table in _schemas.Dropped)
            foreach (var column in table.Columns)
                Add(table, column, null, null);

        foreach (var tables in _schemas.Pairs)
        {
            foreach (var column in tables.Dropped) Add(tables.Before, column, null, null);
            foreach (var pair in tables.Columns)
            {
                var isSetAgain = pair.After.Default is not null && pair.After.Type.Enum?.Name == pair.Before.Type.Enum?.Name;
                Add(tables.Before, pair.Before, isSetAgain ? tables.After : null, isSetAgain ? pair.After : null);
            }
        }
    }

    private void Add(Table beforeTable, Column before, Table? afterTable, Column? after)
    {
        if (before.Type.Enum is not { } type || before.Default is null) return;
        if (!_defaults.TryGetValue(type.Name, out var list)) _defaults.Add(type.Name, list = []);
        list.Add(new EnumDefault(beforeTable.Name, before, afterTable?.Name, after));
    }

    /// <summary>Columns that are there when the enum is changed. New ones get the right type when they are made.</summary>
    private void CollectColumns()
    {
        foreach (var table in _schemas.After.Tables)
        {
            if (_schemas.PairOfAfter(table) is not { } pair) continue;
            foreach (var column in table.Columns)
            {
                if (column.Type.Enum is not { } type || pair.FindColumn(column.Name) is not { } columns || !CanCast(columns)) continue;
                var name = _schemas.AfterScope.Resolve(type);
                if (!_columns.TryGetValue(name, out var list)) _columns.Add(name, list = []);
                var arity = columns.Before.Type.Arity;
                list.Add(new EnumColumn(table.Name, column, _schemas.MayHaveRows && arity != column.Type.Arity && (arity == ColumnArity.List || column.Type.Arity == ColumnArity.List) ? arity : null));
            }
        }
    }

    /// <summary>A column of another type is made anew later anyway; a default of its own would make the cast fail.</summary>
    private static bool CanCast(ColumnPair pair) =>
        pair.Before.Default is null || pair.Before.Type.Enum?.Name == pair.After.Type.Enum?.Name;

    private void CollectOldUses()
    {
        foreach (var table in _schemas.Dropped)
            foreach (var column in table.Columns)
                Keep(column);
        foreach (var tables in _schemas.Pairs)
        {
            foreach (var column in tables.Dropped) Keep(column);
            foreach (var pair in tables.Columns)
                if (pair.TypeChange is not null) Keep(pair.Before);
        }
    }

    private void Keep(Column before)
    {
        if (before.Type.Enum is { } type) _stillUsed.Add(_schemas.BeforeScope.Resolve(type));
    }
}
