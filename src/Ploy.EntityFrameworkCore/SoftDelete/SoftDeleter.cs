using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.ChangeTracking.Internal;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Ploy.EntityFrameworkCore.Values;

namespace Ploy.EntityFrameworkCore.SoftDelete;

/// <summary>Turns what a context is about to delete into marks.</summary>
internal sealed class SoftDeleter(PloyDbContext context)
{
    private readonly HashSet<object> _hard = new(ReferenceEqualityComparer.Instance);

    /// <summary>
    /// What EF Core deletes along with a row that is only going to be marked: it cannot be marked itself and refers to a row that stays, as it does where it is not loaded.
    /// </summary>
    private readonly Dictionary<object, (EntityEntry Entry, EntityState Before)> _kept = new(ReferenceEqualityComparer.Instance);

    /// <summary>The entity is really deleted at the next save.</summary>
    public void DeleteForGood(object entity) => _hard.Add(entity);

    /// <summary>Forgets which entities are to be deleted for good.</summary>
    public void Reset()
    {
        _hard.Clear();
        _kept.Clear();
    }

    /// <summary>Notices what is deleted along with a row that is going to be marked, and not by the program itself.</summary>
    public void StateChanged(EntityStateChangedEventArgs e)
    {
        if (e.NewState != EntityState.Deleted) _kept.Remove(e.Entry.Entity);
        else if (e.Entry.Metadata.DeletedAtProperty() is null && FollowsMark(e.Entry.GetInfrastructure())) _kept[e.Entry.Entity] = (e.Entry, e.OldState);
    }

    /// <summary>The time of deletion in the property's type.</summary>
    public object Now(IReadOnlyProperty property) => UpdatedAt.Value(property, context.Time);

    /// <summary>Marks all deleted entries with one time.</summary>
    /// <returns>What was marked, and what must be done to rows that are not tracked; null for nothing.</returns>
    public SoftDeleteWork? Prepare()
    {
        SoftDeleteWork? work = null;
        DateTimeOffset? now = null;
        foreach (var entry in context.ChangeTracker.Entries().ToList())
        {
            if (entry.State != EntityState.Deleted || _hard.Contains(entry.Entity)) continue;
            if (entry.Metadata.DeletedAtProperty() is not { } property) continue;
            now ??= context.Time.GetUtcNow();
            work ??= new SoftDeleteWork(context);
            work.Mark(entry, property, UpdatedAt.Convert(property, now.Value));
        }

        if (work is not null)
            foreach (var (entry, before) in _kept.Values.ToList())
                work.Keep(entry, before);
        Reset();
        return work;
    }

    private bool FollowsMark(InternalEntityEntry entry)
    {
        foreach (var key in entry.EntityType.GetForeignKeys())
        {
            if (!key.IsOwnership && !Cascade.IsCascade(key)) continue;
            if (entry.StateManager.FindPrincipal(entry, key) is not { EntityState: EntityState.Deleted } target) continue;
            if (_kept.ContainsKey(target.Entity) || (target.EntityType.DeletedAtProperty() is not null && !_hard.Contains(target.Entity))) return true;
        }

        return false;
    }
}

/// <summary>Rows that a save marks as deleted.</summary>
internal sealed class SoftDeleteWork(PloyDbContext context)
{
    private readonly Dictionary<IReadOnlyEntityType, (List<object?[]> Rows, object Time)> _referred = [];
    private readonly List<PropertyEntry> _marked = [];
    private readonly List<EntityEntry> _kept = [];

    /// <summary>Whether rows that are not tracked may have to be looked after.</summary>
    public bool HasDependents => _referred.Count > 0;

    public void Mark(EntityEntry entry, IReadOnlyProperty property, object time)
    {
        entry.State = EntityState.Unchanged;
        var mark = entry.Property(property.Name);
        mark.CurrentValue = time;
        _marked.Add(mark);
        var type = entry.Metadata;
        if (!SoftDelete.Cascade.Concerns(type)) return;
        if (!_referred.TryGetValue(type, out var group)) _referred[type] = group = ([], time);
        group.Rows.Add([.. SoftDelete.Cascade.Referred(type).Select(p => entry.Property(p.Name).CurrentValue)]);
    }

    /// <summary>It stays where it is, for its row refers to one that stays.</summary>
    public void Keep(EntityEntry entry, EntityState before)
    {
        entry.State = before;
        _kept.Add(entry);
    }

    /// <summary>The save has failed: the entries wait to be deleted again, so that a second try does all of it, and not the mark alone.</summary>
    public void Undo() => WithoutCascades(() =>
    {
        foreach (var mark in _marked)
        {
            if (mark.EntityEntry.State == EntityState.Detached) continue;
            mark.CurrentValue = mark.OriginalValue;
            mark.EntityEntry.State = EntityState.Deleted;
        }

        foreach (var entry in _kept.Where(e => e.State != EntityState.Detached)) entry.State = EntityState.Deleted;
    });

    /// <summary>The save has succeeded: the context forgets the rows as it does those that are really deleted, so that nothing finds them.</summary>
    public void Forget() => WithoutCascades(() =>
    {
        foreach (var entry in _kept.Concat(_marked.Select(m => m.EntityEntry)))
        {
            entry.State = EntityState.Deleted;
            entry.State = EntityState.Detached;
        }
    });

    public void Cascade()
    {
        var task = RunAsync(QueryRunner.Blocking);
        if (!task.IsCompletedSuccessfully) task.AsTask().GetAwaiter().GetResult();
    }

    public ValueTask CascadeAsync(CancellationToken cancellationToken) => RunAsync(QueryRunner.Async(cancellationToken));

    private async ValueTask RunAsync(QueryRunner runner)
    {
        var cascade = new Cascade(context, runner);
        foreach (var (type, (rows, time)) in _referred) await cascade.DeleteAsync(type, rows, time).ConfigureAwait(false);
    }

    /// <summary>What depends on the rows has been looked after already.</summary>
    private void WithoutCascades(Action action)
    {
        var tracker = context.ChangeTracker;
        var (deletes, orphans) = (tracker.CascadeDeleteTiming, tracker.DeleteOrphansTiming);
        (tracker.CascadeDeleteTiming, tracker.DeleteOrphansTiming) = (CascadeTiming.Never, CascadeTiming.Never);
        try
        {
            action();
        }
        finally
        {
            (tracker.CascadeDeleteTiming, tracker.DeleteOrphansTiming) = (deletes, orphans);
        }
    }
}
