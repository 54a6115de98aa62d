using Microsoft.EntityFrameworkCore;
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
    /// <returns>What must be done to rows that are not tracked; null for nothing.</returns>
    public SoftDeleteWork? Prepare()
    {
        SoftDeleteWork? work = null;
        DateTimeOffset? now = null;
        foreach (var entry in context.ChangeTracker.Entries().ToList())
        {
            if (entry.State != EntityState.Deleted || _hard.Contains(entry.Entity)) continue;
            if (entry.Metadata.DeletedAtProperty() is not { } property) continue;
            now ??= context.Time.GetUtcNow();
            var time = UpdatedAt.Convert(property, now.Value);
            entry.State = EntityState.Unchanged;
            entry.Property(property.Name).CurrentValue = time;
            if (!Cascade.Concerns(entry.Metadata)) continue;
            work ??= new SoftDeleteWork(context);
            work.Add(entry.Metadata, [.. Cascade.Referred(entry.Metadata).Select(p => entry.Property(p.Name).CurrentValue)], time);
        }

        _hard.Clear();
        return work;
    }
}

/// <summary>Deleted rows whose dependents still have to be looked after.</summary>
internal sealed class SoftDeleteWork(PloyDbContext context)
{
    private readonly Dictionary<IReadOnlyEntityType, (List<object?[]> Rows, object Time)> _deleted = [];

    public void Add(IReadOnlyEntityType type, object?[] row, object time)
    {
        if (!_deleted.TryGetValue(type, out var group)) _deleted[type] = group = ([], time);
        group.Rows.Add(row);
    }

    public void Cascade()
    {
        var task = RunAsync(QueryRunner.Blocking);
        if (!task.IsCompletedSuccessfully) task.AsTask().GetAwaiter().GetResult();
    }

    public ValueTask CascadeAsync(CancellationToken cancellationToken) => RunAsync(QueryRunner.Async(cancellationToken));

    private async ValueTask RunAsync(QueryRunner runner)
    {
        var cascade = new Cascade(context, runner);
        foreach (var (type, (rows, time)) in _deleted) await cascade.DeleteAsync(type, rows, time).ConfigureAwait(false);
    }
}
