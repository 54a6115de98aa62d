using System.Collections.Immutable;
using Ploy.Relational.Changes;
using Ploy.Relational.Diff;
using Ploy.Relational.Model;
using Ploy.Relational.Sessions;

namespace Ploy.Relational.Planning;

/// <summary>
/// What is nobody's and stands in the way of a change: a view that no object file holds, over a column whose type changes. The database would refuse the change
/// in the middle of a script; asked here, it is told before anything runs.
/// </summary>
public sealed class Obstacles
{
    private readonly NameScope _scope;
    private readonly ImmutableArray<MoveToNamespace> _moves;
    private readonly HashSet<ObjectUse> _uses = [];
    private readonly HashSet<(string Kind, QualifiedName? Table, QualifiedName Name)> _dropped = [];
    private readonly HashSet<ObjectUse> _columns = [];
    private readonly HashSet<QualifiedName> _tables;
    private readonly HashSet<QualifiedName> _droppedTables;

    private Obstacles(SchemaDifference difference, Dialect dialect)
    {
        _scope = new NameScope(difference.Before, dialect);
        _moves = [.. difference.Changes.OfType<MoveToNamespace>()];
        _tables = [.. difference.Before.Tables.Select(t => Placed(t.Name))];
        _droppedTables = [.. difference.Changes.OfType<DropTable>().Select(c => Placed(c.Table.Name))];
        foreach (var change in difference.Changes) Add(change);
    }

    /// <summary>Asks the database that the change is for.</summary>
    /// <returns>By what they stand in the way of; empty where nothing does.</returns>
    public static async ValueTask<ImmutableArray<Dependant>> FindAsync(SchemaDifference difference, Dialect dialect, IDatabaseSession session, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(difference);
        ArgumentNullException.ThrowIfNull(dialect);
        var obstacles = new Obstacles(difference, dialect);
        if (obstacles._uses.Count == 0) return [];
        var found = await dialect.Connector.DependantsAsync(session, [.. obstacles._uses], cancellationToken).ConfigureAwait(false);
        return [.. found.Where(d => !obstacles.IsSettled(d)).DistinctBy(d => (d.Kind, d.Table, d.Name))];
    }

    /// <summary>One of them as a sentence.</summary>
    public static string Describe(Dependant dependant)
    {
        ArgumentNullException.ThrowIfNull(dependant);
        var uses = dependant.Uses.Column is { } column ? $"column `{column}` of `{dependant.Uses.Name}`" : $"`{dependant.Uses.Name}`";
        return $"The {dependant.Kind} `{dependant.Name}`{(dependant.Table is { } table ? $" of `{table}`" : "")} uses {uses}.";
    }

    // What the change itself drops before, and what goes with its table; keys of tables that the schema knows are dropped and made again where they have to be.
    private bool IsSettled(Dependant dependant) =>
        _dropped.Contains((dependant.Kind, dependant.Table, dependant.Name))
        || dependant is { Kind: "default" or "column", Table: { } owner } && _columns.Contains(new ObjectUse(owner, dependant.Name.Name))
        || dependant.Table is { } table && (_droppedTables.Contains(table) || dependant.Kind == "foreign key" && _tables.Contains(table));

    private void Add(SchemaChange change)
    {
        switch (change)
        {
            case DropTable drop:
                _uses.Add(new ObjectUse(Placed(drop.Table.Name), null));
                break;
            case AlterTable alter:
                foreach (var part in alter.Changes)
                {
                    if (ColumnOf(part) is { } column) _uses.Add(new ObjectUse(Placed(alter.Before.Name), column));
                    if (Renewed(part) is { } renewed) _columns.Add(new ObjectUse(Placed(alter.Before.Name), renewed));
                }

                break;
            case AlterEnum { Removed.IsEmpty: false } altered:
                _uses.Add(new ObjectUse(Placed(altered.Before.Name), null));
                foreach (var column in altered.Columns) _uses.Add(new ObjectUse(Placed(column.Table), column.Column.Name));
                break;
            case DropEnum { IsReplaced: false } drop:
                _uses.Add(new ObjectUse(Placed(drop.Enum.Name), null));
                break;
            case DropObject { Object: var item } drop:
                _dropped.Add((item.Kind.Word(), item.Table is { } owner ? Placed(owner) : null, item.Table is null ? _scope.Resolve(item.Name) : item.Name));
                if (drop.Reason != ObjectReason.WithOwner && item.Kind is ObjectKind.View or ObjectKind.MaterializedView or ObjectKind.Function or ObjectKind.Procedure or ObjectKind.Domain or ObjectKind.Sequence)
                    _uses.Add(new ObjectUse(_scope.Resolve(item.Name), null));
                break;
        }
    }

    private static string? ColumnOf(TableChange change) => change switch
    {
        DropColumn drop => drop.Column.Name,
        RecreateColumn recreate => recreate.Before.Name,
        AlterColumn alter when alter.TypeChange is not null || alter.Before.Type.Arity == ColumnArity.List != (alter.After.Type.Arity == ColumnArity.List) => alter.Before.Name,
        _ => null,
    };

    // What goes late goes behind the default or type that used it.
    private static string? Renewed(TableChange change) => change switch
    {
        DropColumn drop => drop.Column.Name,
        RecreateColumn recreate => recreate.Before.Name,
        AlterColumn alter => alter.Before.Name,
        _ => null,
    };

    // Where it still stands.
    private QualifiedName Placed(QualifiedName name)
    {
        var full = _scope.Resolve(name);
        foreach (var move in _moves)
            if (_scope.Resolve(move.After) == full)
                return _scope.Resolve(move.Before);
        return full;
    }
}
