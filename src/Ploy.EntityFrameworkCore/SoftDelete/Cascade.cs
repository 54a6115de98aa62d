using System.Linq.Expressions;
using System.Reflection;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Query;
using Ploy.EntityFrameworkCore.Query;
using Ploy.EntityFrameworkCore.Values;

namespace Ploy.EntityFrameworkCore.SoftDelete;

/// <summary>
/// Follows the referential actions of the model from deleted or restored rows to those that refer to them, set by set.
/// The tenant's filter is part of every query, so a cascade never leaves the tenant.
/// </summary>
internal sealed class Cascade(PloyDbContext context, QueryRunner runner)
{
    /// <summary>Most keys of several columns in one condition; each becomes an AND of its own.</summary>
    private const int TuplesPerQuery = 200;

    private static readonly MethodInfo DeleteMethod = Generic(nameof(DeleteDependentsAsync));
    private static readonly MethodInfo RestoreMethod = Generic(nameof(RestoreDependentsAsync));

    /// <summary>Whether the deletion of such a row concerns any other table.</summary>
    public static bool Concerns(IReadOnlyEntityType type) => Followed(type).Any();

    /// <summary>Applies each relation's action to the rows that refer to the given ones.</summary>
    /// <param name="type">The type of the deleted rows.</param>
    /// <param name="rows">Their referred-to values, as <see cref="Referred"/> orders them.</param>
    /// <param name="time">The time of deletion, the same for all.</param>
    /// <exception cref="SoftDeleteException">A relation restricts the deletion, and live rows refer to a deleted one.</exception>
    public async ValueTask DeleteAsync(IReadOnlyEntityType type, List<object?[]> rows, object time)
    {
        foreach (var key in Followed(type))
            await ((ValueTask)DeleteMethod.MakeGenericMethod(key.DeclaringEntityType.ClrType)
                .Invoke(this, [key, Keys(type, key, rows), time])!).ConfigureAwait(false);
    }

    /// <summary>Takes back what the deletion at <paramref name="time"/> marked by cascade, and no more.</summary>
    public async ValueTask RestoreAsync(IReadOnlyEntityType type, List<object?[]> rows, object time)
    {
        foreach (var key in Followed(type))
            if (IsCascade(key))
                await ((ValueTask)RestoreMethod.MakeGenericMethod(key.DeclaringEntityType.ClrType)
                    .Invoke(this, [key, Keys(type, key, rows), time])!).ConfigureAwait(false);
    }

    /// <summary>The properties of a type that others refer to, by which cascades go on.</summary>
    public static List<IReadOnlyProperty> Referred(IReadOnlyEntityType type) =>
        [.. Followed(type).SelectMany(k => k.PrincipalKey.Properties).Concat(type.FindPrimaryKey()?.Properties ?? []).Distinct()];

    /// <summary>Selects the values of <see cref="Referred"/>.</summary>
    public static Expression<Func<T, object?[]>> Selector<T>(IReadOnlyList<IReadOnlyProperty> properties)
    {
        var row = Expression.Parameter(typeof(T), "row");
        return Expression.Lambda<Func<T, object?[]>>(
            Expression.NewArrayInit(typeof(object), properties.Select(p => KeyPredicate.Property(row, p, typeof(object)))), row);
    }

    private static IEnumerable<IReadOnlyForeignKey> Followed(IReadOnlyEntityType type) => type.GetReferencingForeignKeys()
        .Where(k => !k.IsOwnership && (!IsCascade(k) || k.DeclaringEntityType.DeletedAtProperty() is not null));

    /// <summary>Whether what refers to a deleted row is deleted with it.</summary>
    public static bool IsCascade(IReadOnlyForeignKey key) => key.DeleteBehavior is DeleteBehavior.Cascade or DeleteBehavior.ClientCascade;

    private static List<object[]> Keys(IReadOnlyEntityType type, IReadOnlyForeignKey key, List<object?[]> rows)
    {
        var referred = Referred(type);
        var places = key.PrincipalKey.Properties.Select(p => referred.IndexOf(p)).ToArray();
        return [.. rows.Select(r => places.Select(i => r[i]).ToArray()).Where(t => t.All(v => v is not null)).Cast<object[]>()];
    }

    private async ValueTask DeleteDependentsAsync<T>(IReadOnlyForeignKey key, List<object[]> targets, object time)
        where T : class
    {
        foreach (var some in Chunks(key, targets))
        {
            var live = context.Set<T>().Where(KeyPredicate.In<T>(key.Properties, some));
            if (IsCascade(key))
            {
                await MarkAsync(live, key.DeclaringEntityType, time).ConfigureAwait(false);
            }
            else if (key.DeleteBehavior == DeleteBehavior.SetNull)
            {
                await runner.UpdateAsync(live, s =>
                {
                    foreach (var property in key.Properties)
                        if (property.IsNullable && property.Name != key.DeclaringEntityType.TenantProperty()?.Name)
                            s.SetProperty(Setter.Property<T>(property), Expression.Constant(null, property.ClrType));
                }).ConfigureAwait(false);
            }
            else if (await runner.AnyAsync(live).ConfigureAwait(false))
            {
                throw new SoftDeleteException(
                    $"`{key.PrincipalEntityType.ClrType.Name}` cannot be deleted: rows of `{typeof(T).Name}` refer to it by "
                    + $"{string.Join(", ", key.Properties.Select(p => p.Name))}.");
            }
        }
    }

    /// <summary>Marks live rows as deleted, then those that depend on them.</summary>
    /// <returns>How many rows of <typeparamref name="T"/> were marked.</returns>
    public async ValueTask<int> MarkAsync<T>(IQueryable<T> live, IReadOnlyEntityType type, object time)
        where T : class
    {
        // Types differ in how fine their time is: each takes it from the type it is deleted with, by which a restore finds it again.
        time = UpdatedAt.Convert(type.DeletedAtProperty()!, time);
        if (!Concerns(type)) return await runner.UpdateAsync(live, s => Setter.Set(s, type.DeletedAtProperty()!, time)).ConfigureAwait(false);
        var rows = await runner.ToListAsync(live.Select(Selector<T>(Referred(type)))).ConfigureAwait(false);
        if (rows.Count == 0) return 0;
        var marked = 0;
        foreach (var some in Chunks(type, rows))
            marked += await runner.UpdateAsync(context.Set<T>().Where(KeyPredicate.In<T>(type.FindPrimaryKey()!.Properties, some)),
                s => Setter.Set(s, type.DeletedAtProperty()!, time)).ConfigureAwait(false);
        await DeleteAsync(type, rows, time).ConfigureAwait(false);
        return marked;
    }

    private async ValueTask RestoreDependentsAsync<T>(IReadOnlyForeignKey key, List<object[]> targets, object time)
        where T : class
    {
        var type = key.DeclaringEntityType;
        time = UpdatedAt.Convert(type.DeletedAtProperty()!, time);
        foreach (var some in Chunks(key, targets))
        {
            var marked = context.Set<T>().IncludeDeleted().Where(KeyPredicate.In<T>(key.Properties, some))
                .Where(Setter.Equal<T>(type.DeletedAtProperty()!, time));
            await UnmarkAsync(marked, type, time).ConfigureAwait(false);
        }
    }

    /// <summary>Takes the mark off rows that were deleted at <paramref name="time"/>, then off those that went with them.</summary>
    public async ValueTask<int> UnmarkAsync<T>(IQueryable<T> marked, IReadOnlyEntityType type, object time)
        where T : class
    {
        var rows = await runner.ToListAsync(marked.Select(Selector<T>(Referred(type)))).ConfigureAwait(false);
        var restored = 0;
        foreach (var some in Chunks(type, rows))
            restored += await runner.UpdateAsync(
                context.Set<T>().IncludeDeleted().Where(KeyPredicate.In<T>(type.FindPrimaryKey()!.Properties, some)),
                s => Setter.Set(s, type.DeletedAtProperty()!, null)).ConfigureAwait(false);
        await RestoreAsync(type, rows, time).ConfigureAwait(false);
        return restored;
    }

    private static IEnumerable<object[][]> Chunks(IReadOnlyForeignKey key, List<object[]> tuples) =>
        tuples.Chunk(key.Properties.Count == 1 ? Math.Max(tuples.Count, 1) : TuplesPerQuery);

    private static IEnumerable<object[][]> Chunks(IReadOnlyEntityType type, List<object?[]> rows)
    {
        var referred = Referred(type);
        var key = type.FindPrimaryKey()!.Properties;
        var places = key.Select(p => referred.IndexOf(p)).ToArray();
        return rows.Select(r => places.Select(i => r[i]!).ToArray()).Chunk(key.Count == 1 ? Math.Max(rows.Count, 1) : TuplesPerQuery);
    }

    private static MethodInfo Generic(string name) => typeof(Cascade).GetMethod(name, BindingFlags.NonPublic | BindingFlags.Instance)!;
}

/// <summary>Setters of properties that are known only at run time.</summary>
internal static class Setter
{
    public static void Set<T>(UpdateSettersBuilder<T> setters, IReadOnlyProperty property, object? value) =>
        setters.SetProperty(Property<T>(property), KeyPredicate.Captured(value, property.ClrType));

    public static LambdaExpression Property<T>(IReadOnlyProperty property)
    {
        var row = Expression.Parameter(typeof(T), "row");
        return Expression.Lambda(KeyPredicate.Property(row, property, property.ClrType), row);
    }

    public static Expression<Func<T, bool>> Equal<T>(IReadOnlyProperty property, object value)
    {
        var row = Expression.Parameter(typeof(T), "row");
        return Expression.Lambda<Func<T, bool>>(
            Expression.Equal(KeyPredicate.Property(row, property, property.ClrType), KeyPredicate.Captured(value, property.ClrType)), row);
    }
}
