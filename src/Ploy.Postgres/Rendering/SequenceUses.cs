using Ploy.Relational.Changes;
using Ploy.Relational.Diff;
using Ploy.Relational.Model;

namespace Ploy.Postgres.Rendering;

/// <summary>Which columns of the schema after count up, and by which sequence; and which sequences are objects of their own.</summary>
internal sealed class SequenceUses
{
    private readonly Dictionary<QualifiedName, int> _byName = [];
    private readonly Dictionary<(QualifiedName Table, string Column), QualifiedName?> _own = [];
    private readonly NameScope _scope;
    private readonly HashSet<QualifiedName> _objects;
    private readonly HashSet<(QualifiedName Table, string Column)> _identities;
    private int _unnamed;

    public SequenceUses(SchemaDifference difference)
    {
        _scope = new NameScope(difference.Before, PostgresDialect.Instance);
        _objects =
        [
            .. difference.Before.Objects.Where(o => o.IsManaged).Concat(difference.After.Objects).Where(o => o.Kind == ObjectKind.Sequence).Select(o => _scope.Resolve(o.Name)),
            .. difference.Before.Unmanaged.Where(u => ObjectKind.Sequence.IsCalled(u.Kind)).Select(u => _scope.Resolve(u.Name)),
        ];
        _identities = [.. difference.Before.Unmanaged.Where(u => u is { Kind: UnmanagedObject.IdentityColumn, Table: not null }).Select(u => (_scope.Resolve(u.Table!.Value), u.Name.Name))]; // asked just now
        foreach (var table in difference.After.Tables)
        {
            foreach (var column in table.Columns)
            {
                if (!column.IsAutoIncrement && column.Default is not DefaultValue.NextValue) continue;
                var name = NameOf(column);
                _own[(table.Name, column.Name)] = name;
                if (name is { } known) _byName[known] = _byName.GetValueOrDefault(known) + 1;
                else _unnamed++;
            }
        }
    }

    /// <summary>The sequence's name; null where the column's type makes it.</summary>
    public static QualifiedName? NameOf(Column column) => (column.Default as DefaultValue.NextValue)?.Sequence;

    /// <summary>
    /// Whether the sequence that a column counted up by stays when it no longer does: another column after counts up by one of that name, an object file holds it, or held it and it
    /// goes as an object does, or somebody made it by hand and no column owns it. The engine knows no name for those of schema files and takes all of them for one: it leaves a sequence behind while any other such column is there,
    /// which does no harm.
    /// </summary>
    public bool Stays(Column before, Table after, Column column)
    {
        var name = NameOf(before);
        if (IsApart(before, after)) return true;
        var uses = name is { } known ? _byName.GetValueOrDefault(known) : _unnamed;
        var isOwn = _own.TryGetValue((after.Name, column.Name), out var own) && own == name;
        return uses > (isOwn ? 1 : 0);
    }

    /// <summary>Whether a column counts up by a sequence that is not its own: an object of a file, or one that somebody made by hand.</summary>
    public bool IsApart(Column before, Table after) =>
        NameOf(before) is { } named && _objects.Contains(_scope.Resolve(named with { Namespace = named.Namespace ?? after.Name.Namespace }));

    /// <summary>Whether a column before is an identity column, which has no default that could be dropped.</summary>
    public bool IsIdentity(Table before, Column column) => _identities.Contains((_scope.Resolve(before.Name), column.Name));
}
