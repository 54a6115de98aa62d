using System.Collections.Immutable;
using Ploy.Relational.Changes;
using Ploy.Relational.Diff;
using Ploy.Relational.Model;

namespace Ploy.Postgres.Rendering;

/// <summary>
/// Comments that no directive holds, on what is dropped and made again and does not take them along: constraints, indexes, triggers, policies, columns, types. The
/// schema before tells their texts, so that each is given back behind what makes its object again. Those of views and routines: <see cref="KeptPrivileges"/>.
/// </summary>
internal sealed class KeptComments
{
    private readonly PostgresNameWriter _names;
    private readonly NameScope _before;
    private readonly NameScope _after;
    private readonly Dictionary<(string On, QualifiedName Owner, string Name), string> _texts = [];
    private readonly HashSet<(string On, QualifiedName Owner, string Name)> _dropped = [];

    public KeptComments(SchemaDifference difference, PostgresNameWriter names)
    {
        _names = names;
        (_before, _after) = (new NameScope(difference.Before, PostgresDialect.Instance), new NameScope(difference.After, PostgresDialect.Instance));

        // A table that moves to another namespace has moved by the time that something of it is dropped.
        var moved = new Dictionary<QualifiedName, QualifiedName>();
        foreach (var move in difference.Changes.OfType<MoveToNamespace>()) moved[_before.Resolve(move.Before)] = _after.Resolve(move.After);
        foreach (var comment in difference.Before.Unmanaged.Where(u => u is { IsComment: true, Definition: not null }))
        {
            var owner = _before.Resolve(comment.Table ?? comment.Name);
            _texts.TryAdd((comment.Kind[UnmanagedObject.CommentOn.Length..], moved.GetValueOrDefault(owner, owner), comment.Name.Name), comment.Definition!); // asked just now
        }

        if (_texts.Count == 0) return;
        foreach (var change in difference.Changes)
        {
            if (change is DropForeignKey key) _dropped.Add(("constraint", _before.Resolve(key.Before.Name), key.ForeignKey.Name!));
            if (change is DropIndex index) _dropped.Add(("index", _before.Resolve(index.Table.Name), index.Index.Name));
            if (change is DropObject { Object: var item })
                foreach (var on in On(item.Kind))
                    _dropped.Add((on, _before.Resolve(item.Table ?? item.Name), item.Name.Name));
        }
    }

    public IEnumerable<string> Of(CreateObject change)
    {
        var owner = _after.Resolve(change.Object.Table ?? change.Object.Name);
        return On(change.Object.Kind).Where(on => change.MayBeThere || _dropped.Contains((on, owner, change.Object.Name.Name))).SelectMany(on => Again(on, owner, change.Object.Name.Name));
    }

    public IEnumerable<string> Of(AddForeignKey change)
    {
        var owner = _after.Resolve(change.Table.Name);
        return _dropped.Contains(("constraint", owner, change.ForeignKey.Name!)) ? Again("constraint", owner, change.ForeignKey.Name!) : [];
    }

    public IEnumerable<string> Of(CreateIndex change)
    {
        var owner = _after.Resolve(change.After.Name);
        return change.IsRecreated || _dropped.Contains(("index", owner, change.Index.Name)) ? Again("index", owner, change.Index.Name) : [];
    }

    public IEnumerable<string> Of(RedefineIndex change) => Again("index", _before.Resolve(change.Before.Name), change.BeforeIndex.Name, change.AfterIndex.Name);

    /// <summary>Of columns that are made anew, and of a primary key.</summary>
    public IEnumerable<string> Of(AlterTable change)
    {
        if (_texts.Count == 0) return [];
        var owner = _before.Resolve(change.Before.Name);
        var said = change.After.Objects.Where(o => o.Kind == ObjectKind.ColumnComment).Select(o => o.Name.Name).ToHashSet(StringComparer.Ordinal);
        var columns = change.Changes.OfType<RecreateColumn>().Where(c => !said.Contains(c.After.Name)).SelectMany(c => Again("column", owner, c.Before.Name, c.After.Name));
        var before = change.Changes.OfType<DropPrimaryKey>().FirstOrDefault()?.Key.Name;
        var after = change.Changes.OfType<AddPrimaryKey>().FirstOrDefault()?.Key.Name;
        return before is null || after is null ? columns : [.. columns, .. Again("constraint", owner, before, after), .. Again("index", owner, before, after)];
    }

    /// <summary>Of an enum that loses labels: another type takes its place.</summary>
    public IEnumerable<string> Of(AlterEnum change) => Again("type", _before.Resolve(change.Before.Name), change.Before.Name.Name, change.After.Name.Name);

    private static ImmutableArray<string> On(ObjectKind kind) => kind switch
    {
        ObjectKind.Check => ["constraint"],
        ObjectKind.Exclusion => ["constraint", "index"],
        ObjectKind.Index => ["index"],
        ObjectKind.Trigger => ["trigger"],
        ObjectKind.Policy => ["policy"],
        ObjectKind.Domain => ["type"],
        _ => [],
    };

    private IEnumerable<string> Again(string on, QualifiedName owner, string name) => Again(on, owner, name, name);

    private IEnumerable<string> Again(string on, QualifiedName owner, string before, string after)
    {
        if (!_texts.TryGetValue((on, owner, before), out var text)) yield break;
        var (table, name) = (_names.After(owner), PostgresNames.Quote(after));
        var target = on switch
        {
            "index" => _names.After(owner with { Name = after }),
            "type" => table,
            "column" => $"{table}.{name}",
            _ => $"{name} ON {table}",
        };
        yield return $"COMMENT ON {on.ToUpperInvariant()} {target} IS {text}";
    }
}
