using Ploy.Relational.Changes;
using Ploy.Relational.Model;

namespace Ploy.Relational.Diff;

/// <summary>
/// Orders renamings so that a name is free before it is taken. The engine renames in the order of tables and after new indexes are made, so
/// that the server refuses its script where one thing takes the name that another gives up.
/// </summary>
internal sealed class RenameOrder
{
    private readonly List<Renaming> _all = [];
    private readonly Dictionary<Key, Renaming> _byOldName = [];

    private RenameOrder(IEnumerable<Renaming> all)
    {
        foreach (var renaming in all)
        {
            _all.Add(renaming);
            _byOldName.TryAdd(renaming.Before, renaming);
        }
    }

    /// <summary>The renamings of indexes; under true those that must come before the new indexes, since one takes a name that they give up.</summary>
    public static ILookup<bool, SchemaChange> OfIndexes(IEnumerable<SchemaChange> renamed, IReadOnlyList<CreateIndex> created, NameScope beforeScope, NameScope afterScope)
    {
        var order = new RenameOrder(renamed.Select(change => change switch
        {
            RenameIndex c => new Renaming(c, Of(beforeScope, c.Before, c.BeforeIndex), Of(afterScope, c.After, c.AfterIndex)),
            RedefineIndex c => new Renaming(c, Of(beforeScope, c.Before, c.BeforeIndex), Of(afterScope, c.After, c.AfterIndex)),
            _ => throw new System.Diagnostics.UnreachableException(),
        }));
        var early = new HashSet<Renaming>();
        foreach (var index in created)
            for (var next = order._byOldName.GetValueOrDefault(Of(afterScope, index.After, index.Index)); next is not null && early.Add(next);)
                next = order.InTheWayOf(next);
        return order.FreeFirst().ToLookup(step => early.Contains(step.Of), step => step.Change);
    }

    /// <summary>The renamings of foreign keys, whose names are those of their table.</summary>
    public static IEnumerable<SchemaChange> OfForeignKeys(IEnumerable<RenameForeignKey> renamed) =>
        new RenameOrder(renamed.Select(c => new Renaming(c, new Key(c.After.Name, c.BeforeKey.Name!), new Key(c.After.Name, c.AfterKey.Name!)))) // named: the differ asks
            .FreeFirst().Select(step => step.Change);

    private static Key Of(NameScope scope, Table table, TableIndex index) => new(scope.Resolve(table.Name) with { Name = "" }, index.Name);

    private Renaming? InTheWayOf(Renaming renaming) => _byOldName.GetValueOrDefault(renaming.After);

    private IEnumerable<(Renaming Of, SchemaChange Change)> FreeFirst()
    {
        var done = new HashSet<Renaming>();
        var circles = 0;
        foreach (var first in _all)
        {
            var chain = new List<Renaming>();
            var next = first;
            for (; next is not null && done.Add(next); next = InTheWayOf(next)) chain.Add(next);
            if (chain.Count == 0) continue;

            // Names that go round in a circle: the first waits aside.
            var (aside, back) = next == first ? PutAside(first.Change, ++circles) : (null, first.Change);
            if (aside is not null) yield return (first, aside);
            for (var i = chain.Count - 1; i > 0; i--) yield return (chain[i], chain[i].Change);
            yield return (first, back);
        }
    }

    private static (SchemaChange Aside, SchemaChange Back) PutAside(SchemaChange change, int number)
    {
        var name = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"_renamed_{number}");
        switch (change)
        {
            case RenameIndex index:
                var between = index.BeforeIndex with { Name = name };
                return (index with { AfterIndex = between }, index with { BeforeIndex = between });
            case RedefineIndex index:
                return (new DropIndex(index.Before, index.BeforeIndex), new CreateIndex(index.Before, index.After, index.AfterIndex, IsRecreated: true));
            case RenameForeignKey key:
                var waiting = key.BeforeKey with { Name = name };
                return (key with { AfterKey = waiting }, key with { BeforeKey = waiting });
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    // What a name is unique in, and the name.
    private readonly record struct Key(QualifiedName Scope, string Name);

    private sealed class Renaming(SchemaChange change, Key before, Key after)
    {
        public SchemaChange Change { get; } = change;

        public Key Before { get; } = before;

        public Key After { get; } = after;
    }
}
