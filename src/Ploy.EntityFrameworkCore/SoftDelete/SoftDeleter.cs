using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata;
using Ploy.EntityFrameworkCore.Values;

namespace Ploy.EntityFrameworkCore.SoftDelete;

/// <summary>Turns what a context is about to delete into marks.</summary>
internal sealed class SoftDeleter(PloyDbContext context)
{
    private readonly HashSet<object> _hard = new(ReferenceEqualityComparer.Instance);

    /// <summary>The entity is really deleted at the next save.</summary>
    public void DeleteForGood(object entity) => _hard.Add(entity);

    /// <summary>Forgets which entities are to be deleted for good.</summary>
    public void Reset() => _hard.Clear();

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

        _hard.Clear();
        return work;
    }
}

/// <summary>Rows that a save marks as deleted.</summary>
internal sealed class SoftDeleteWork(PloyDbContext context)
{
    private readonly Dictionary<IReadOnlyEntityType, (List<object?[]> Rows, object Time)> _referred = [];
    private readonly List<PropertyEntry> _marked = [];

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

    /// <summary>The save has failed: the entries wait to be deleted again, so that a second try does all of it, and not the mark alone.</summary>
    public void Undo() => WithoutCascades(() =>
    {
        foreach (var mark in _marked)
        {
            if (mark.EntityEntry.State == EntityState.Detached) continue;
            mark.CurrentValue = mark.OriginalValue;
            mark.EntityEntry.State = EntityState.Deleted;
        }
    });

    /// <summary>The save has succeeded: the context forgets the rows as it does those that are really deleted, so that nothing finds them.</summary>
    public void Forget() => WithoutCascades(() =>
    {
        foreach (var mark in _marked)
        {
            mark.EntityEntry.State = EntityState.Deleted;
            mark.EntityEntry.State = EntityState.Detached;
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
