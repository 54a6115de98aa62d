using Ploy.Relational.Changes;

namespace Ploy.Relational.Diff;

/// <summary>
/// Orders renamings so that a name is free before it is taken. The engine renames in the order of tables and after new indexes are made, so
/// that the server refuses its script where one thing takes the name that another gives up.
/// </summary>
internal sealed class RenameOrder
{
    private readonly List<Renaming> _all = [];
    private readonly Dictionary<ScopedName, Renaming> _byOldName = [];

    private RenameOrder(IEnumerable<Renaming> all)
    {
        foreach (var renaming in all)
        {
            _all.Add(renaming);
            _byOldName.TryAdd(renaming.Before, renaming);
        }
    }

    /// <summary>The renamings of indexes; under true those that must come before new tables and indexes, since one of these takes a name that they give up.</summary>
    /// <param name="renamed">Each a <see cref="RenameIndex"/> or <see cref="RedefineIndex"/>.</param>
    /// <param name="taken">The names of what is new.</param>
    /// <param name="beforeScope">Of the schema before.</param>
    /// <param name="afterScope">Of the schema after.</param>
    public static ILookup<bool, SchemaChange> OfIndexes(IEnumerable<SchemaChange> renamed, IEnumerable<ScopedName> taken, NameScope beforeScope, NameScope afterScope)
    {
        var order = new RenameOrder(renamed.Select(change => change switch
        {
            RenameIndex c => new Renaming(c, ScopedName.Of(beforeScope, c.Before, c.BeforeIndex.Name), ScopedName.Of(afterScope, c.After, c.AfterIndex.Name)),
            RedefineIndex c => new Renaming(c, ScopedName.Of(beforeScope, c.Before, c.BeforeIndex.Name), ScopedName.Of(afterScope, c.After, c.AfterIndex.Name)),
            _ => throw new System.Diagnostics.UnreachableException(),
        }));
        var early = new HashSet<Renaming>();
        if (order._all.Count > 0)
            foreach (var name in taken)
                for (var next = order._byOldName.GetValueOrDefault(name); next is not null && early.Add(next);)
                    next = order.InTheWayOf(next);
        return order.FreeFirst().ToLookup(step => early.Contains(step.Of), step => step.Change);
    }

    /// <summary>The renamings of foreign keys, whose names are those of their table.</summary>
    public static IEnumerable<SchemaChange> OfForeignKeys(IEnumerable<RenameForeignKey> renamed, NameScope scope) =>
        new RenameOrder(renamed.Select(c => new Renaming(c, ScopedName.OfForeignKey(scope, c.After, c.BeforeKey.Name!), ScopedName.OfForeignKey(scope, c.After, c.AfterKey.Name!)))) // named: the differ asks
            .FreeFirst().Select(step => step.Change);

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

    private sealed class Renaming(SchemaChange change, ScopedName before, ScopedName after)
    {
        public SchemaChange Change { get; } = change;

        public ScopedName Before { get; } = before;

        public ScopedName After { get; } = after;
    }
}
