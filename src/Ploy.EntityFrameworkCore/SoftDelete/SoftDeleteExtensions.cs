using System.Linq.Expressions;
using System.Reflection;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Ploy.EntityFrameworkCore.Query;
using Ploy.EntityFrameworkCore.SoftDelete;

namespace Ploy.EntityFrameworkCore;

/// <summary>Reading, restoring and really deleting rows that are marked as deleted.</summary>
public static class SoftDeleteExtensions
{
    internal static readonly MethodInfo OnlyDeletedMethod = typeof(SoftDeleteExtensions).GetMethod(nameof(OnlyDeleted))!;
    internal static readonly MethodInfo ForGoodMethod = typeof(SoftDeleteExtensions).GetMethod(nameof(ForGood), BindingFlags.NonPublic | BindingFlags.Static)!;

    /// <summary>Reads marked rows too.</summary>
    public static IQueryable<TEntity> IncludeDeleted<TEntity>(this IQueryable<TEntity> source)
        where TEntity : class => source.IgnoreQueryFilters([SoftDeleteAnnotations.Filter]);

    /// <summary>Reads marked rows only.</summary>
    /// <exception cref="InvalidOperationException">When run: rows of this entity are not marked but deleted.</exception>
    public static IQueryable<TEntity> OnlyDeleted<TEntity>(this IQueryable<TEntity> source)
        where TEntity : class
    {
        ArgumentNullException.ThrowIfNull(source);
        return source.Provider.CreateQuery<TEntity>(Expression.Call(OnlyDeletedMethod.MakeGenericMethod(typeof(TEntity)), source.Expression));
    }

    /// <summary>Marks an entity to be really deleted at the next save.</summary>
    public static void HardDelete<TEntity>(this PloyDbContext context, TEntity entity)
        where TEntity : class
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(entity);
        context.Remove(entity);
        context.Deleter.DeleteForGood(entity);
    }

    /// <summary>Really deletes the rows of the query at once; marked ones only where the query includes them.</summary>
    /// <returns>How many rows.</returns>
    public static int ExecuteHardDelete<TEntity>(this IQueryable<TEntity> source)
        where TEntity : class => ForGood(source).ExecuteDelete();

    /// <inheritdoc cref="ExecuteHardDelete" />
    public static Task<int> ExecuteHardDeleteAsync<TEntity>(this IQueryable<TEntity> source, CancellationToken cancellationToken = default)
        where TEntity : class => ForGood(source).ExecuteDeleteAsync(cancellationToken);

    /// <summary>Takes the mark off an entity and off the rows that its deletion marked by cascade, and off no others.</summary>
    /// <returns>True where the entity was marked.</returns>
    public static Task<bool> RestoreAsync<TEntity>(this PloyDbContext context, TEntity entity, CancellationToken cancellationToken = default)
        where TEntity : class => Restoration.RestoreAsync(context, entity, QueryRunner.Async(cancellationToken)).AsTask();

    /// <inheritdoc cref="RestoreAsync{TEntity}(PloyDbContext, TEntity, CancellationToken)" />
    public static bool Restore<TEntity>(this PloyDbContext context, TEntity entity)
        where TEntity : class => Restoration.RestoreAsync(context, entity, QueryRunner.Blocking).AsTask().GetAwaiter().GetResult();

    /// <summary>Really deletes rows that have been marked for longer than <paramref name="age"/>, oldest first, in short transactions.</summary>
    /// <param name="context">The context.</param>
    /// <param name="age">How long a row must have been marked.</param>
    /// <param name="batchSize">Rows in one statement.</param>
    /// <param name="cancellationToken">Stops between two batches.</param>
    /// <returns>How many rows in all.</returns>
    public static async Task<int> PurgeDeletedAsync<TEntity>(
        this PloyDbContext context, TimeSpan age, int batchSize = 1000, CancellationToken cancellationToken = default)
        where TEntity : class
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        var total = 0;
        while (await Restoration.PurgeBatchAsync<TEntity>(context, age, batchSize, cancellationToken).ConfigureAwait(false) is > 0 and var count)
            total += count;
        return total;
    }

    private static IQueryable<TEntity> ForGood<TEntity>(IQueryable<TEntity> source)
        where TEntity : class =>
        source.Provider.CreateQuery<TEntity>(Expression.Call(ForGoodMethod.MakeGenericMethod(typeof(TEntity)), source.Expression));
}

/// <summary>What the extensions above do.</summary>
internal static class Restoration
{
    public static async ValueTask<bool> RestoreAsync<T>(PloyDbContext context, T entity, QueryRunner runner)
        where T : class
    {
        var entry = context.Entry(entity);
        var type = entry.Metadata;
        var property = Marked(type);
        var key = type.FindPrimaryKey()!.Properties;
        var row = context.Set<T>().IncludeDeleted().Where(
            KeyPredicate.In<T>(key, [[.. key.Select(p => entry.Property(p.Name).CurrentValue!)]]));
        var restored = await context.InTransactionAsync(async () =>
        {
            var times = await runner.ToListAsync(row.AsNoTracking().Select(Cascade.Selector<T>([property]))).ConfigureAwait(false);
            if (times is not [[{ } time]]) return false;
            await new Cascade(context, runner).UnmarkAsync(row, type, time).ConfigureAwait(false);
            return true;
        }, CancellationToken.None).ConfigureAwait(false);
        var current = entry.Property(property.Name);
        current.CurrentValue = null;
        if (entry.State == EntityState.Detached)
        {
            // The context forgot it when it was deleted.
            var values = key.Select(p => entry.Property(p.Name).CurrentValue).ToArray();
            if (restored && ModelReflection.FindTracked(context, type.ClrType, key, values) is null) entry.State = EntityState.Unchanged;
            return restored;
        }

        current.OriginalValue = null;
        current.IsModified = false;
        return restored;
    }

    public static async Task<int> PurgeBatchAsync<T>(PloyDbContext context, TimeSpan age, int batchSize, CancellationToken cancellationToken)
        where T : class
    {
        var type = context.Model.FindEntityType(typeof(T)) ?? throw new InvalidOperationException($"`{typeof(T).Name}` is not an entity of this context.");
        var property = Marked(type);
        var key = type.FindPrimaryKey()!.Properties;
        var row = Expression.Parameter(typeof(T), "row");
        var limit = Values.UpdatedAt.Convert(property, context.Time.GetUtcNow() - age);
        var isOld = Expression.Lambda<Func<T, bool>>(Expression.LessThan(
            KeyPredicate.Property(row, property, property.ClrType), KeyPredicate.Captured(limit, property.ClrType)), row);
        var order = Expression.Lambda<Func<T, object?>>(KeyPredicate.Property(row, property, typeof(object)), row);
        var keys = await context.Set<T>().OnlyDeleted().Where(isOld).OrderBy(order).Take(batchSize)
            .Select(Cascade.Selector<T>(key)).ToListAsync(cancellationToken).ConfigureAwait(false);
        if (keys.Count == 0) return 0;
        var deleted = 0;
        foreach (var some in keys.Chunk(key.Count == 1 ? keys.Count : 200))
            deleted += await context.Set<T>().OnlyDeleted().Where(KeyPredicate.In<T>(key, some!))
                .ExecuteHardDeleteAsync(cancellationToken).ConfigureAwait(false);
        return deleted;
    }

    private static IReadOnlyProperty Marked(IReadOnlyEntityType type) => type.DeletedAtProperty()
        ?? throw new InvalidOperationException($"Rows of `{type.ClrType.Name}` are not marked but deleted: it has no soft delete.");
}
