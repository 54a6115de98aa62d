using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Ploy.EntityFrameworkCore.SoftDelete;
using Ploy.EntityFrameworkCore.Tenancy;
using Ploy.EntityFrameworkCore.Values;

namespace Ploy.EntityFrameworkCore;

/// <summary>What the generated configuration says of an entity beyond EF Core's own words.</summary>
public static class PloyModelExtensions
{
    /// <summary>
    /// Rows belong to one tenant: reads are filtered, new rows are stamped, and writes name the tenant in their condition,
    /// so that not even a forged key reaches another tenant's row.
    /// </summary>
    /// <param name="entity">The entity.</param>
    /// <param name="tenant">The property with the tenant's key.</param>
    /// <param name="context">The context that is being configured; at run time the filter asks the one in use.</param>
    public static EntityTypeBuilder<TEntity> IsTenantScoped<TEntity, TKey>(
        this EntityTypeBuilder<TEntity> entity, Expression<Func<TEntity, TKey>> tenant, PloyDbContext context)
        where TEntity : class
    {
        ArgumentNullException.ThrowIfNull(entity);
        ArgumentNullException.ThrowIfNull(tenant);
        ArgumentNullException.ThrowIfNull(context);
        var property = entity.Property(tenant);
        // Part of the condition of every UPDATE and DELETE.
        property.IsConcurrencyToken();
        entity.HasAnnotation(TenantAnnotations.Property, property.Metadata.Name);

        var row = tenant.Parameters[0];
        var self = Expression.Constant(context, context.GetType());
        var across = Expression.Property(self, nameof(PloyDbContext.IsAcrossTenants));
        var key = Expression.Call(self, nameof(PloyDbContext.TenantKey), [typeof(TKey)]);
        entity.HasQueryFilter(TenantAnnotations.Filter,
            Expression.Lambda<Func<TEntity, bool>>(Expression.OrElse(across, Expression.Equal(tenant.Body, key)), row));
        return entity;
    }

    /// <summary>A many-to-many relation's join table: a row of it is the tenant's whose end is, of which it has no column itself.</summary>
    /// <param name="join">The join entity.</param>
    /// <param name="column">The property that refers to the end.</param>
    /// <param name="key">The end's key.</param>
    /// <param name="context">The context that is being configured.</param>
    public static EntityTypeBuilder<Dictionary<string, object>> IsTenantScoped<TEnd, TKey>(
        this EntityTypeBuilder<Dictionary<string, object>> join, string column, Expression<Func<TEnd, TKey>> key, PloyDbContext context)
        where TEnd : class
    {
        ArgumentNullException.ThrowIfNull(join);
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(context);
        join.HasAnnotation(TenantAnnotations.Join, true);
        var row = Expression.Parameter(typeof(Dictionary<string, object>), "row");
        var self = Expression.Constant(context, context.GetType());
        var value = Expression.Call(typeof(EF), nameof(EF.Property), [typeof(TKey)], row, Expression.Constant(column));
        var isOurs = Expression.Call(typeof(Queryable), nameof(Queryable.Any), [typeof(TEnd)],
            Expression.Call(self, nameof(DbContext.Set), [typeof(TEnd)]),
            Expression.Quote(Expression.Lambda<Func<TEnd, bool>>(Expression.Equal(key.Body, value), key.Parameters[0])));
        join.HasQueryFilter(TenantAnnotations.Filter, Expression.Lambda<Func<Dictionary<string, object>, bool>>(
            Expression.OrElse(Expression.Property(self, nameof(PloyDbContext.IsAcrossTenants)), isOurs), row));
        return join;
    }

    /// <summary>Rows are marked with the time of their deletion instead of being deleted, and marked rows are not read.</summary>
    /// <param name="entity">The entity.</param>
    /// <param name="deletedAt">The nullable property that holds the time.</param>
    public static EntityTypeBuilder<TEntity> IsSoftDeleted<TEntity, TTime>(
        this EntityTypeBuilder<TEntity> entity, Expression<Func<TEntity, TTime>> deletedAt)
        where TEntity : class
    {
        ArgumentNullException.ThrowIfNull(entity);
        ArgumentNullException.ThrowIfNull(deletedAt);
        var property = entity.Property(deletedAt);
        entity.HasAnnotation(SoftDeleteAnnotations.Property, property.Metadata.Name);
        entity.HasQueryFilter(SoftDeleteAnnotations.Filter, Expression.Lambda<Func<TEntity, bool>>(
            Expression.Equal(deletedAt.Body, Expression.Constant(null, typeof(TTime))), deletedAt.Parameters[0]));
        return entity;
    }

    /// <summary>The property takes the time of each insert and update, bulk updates included, unless the program sets it.</summary>
    public static PropertyBuilder<TProperty> IsUpdatedAt<TProperty>(this PropertyBuilder<TProperty> property)
    {
        ArgumentNullException.ThrowIfNull(property);
        property.HasAnnotation(UpdatedAt.Annotation, true);
        return property;
    }

    internal static IReadOnlyProperty? TenantProperty(this IReadOnlyEntityType entity) => entity.Named(TenantAnnotations.Property);

    /// <summary>Whether it is a join table between tenants' rows.</summary>
    internal static bool IsTenantJoin(this IReadOnlyEntityType entity) => entity.FindAnnotation(TenantAnnotations.Join) is not null;

    /// <summary>Whether a foreign key to a tenant's rows holds the row's own tenant, so that the database itself lets it refer to no other's.</summary>
    internal static bool NamesOwnTenant(this IReadOnlyForeignKey key)
    {
        if (key.PrincipalEntityType.TenantProperty() is not { } theirs || key.DeclaringEntityType.TenantProperty() is not { } own) return false;
        for (var i = 0; i < key.Properties.Count; i++)
            if (key.PrincipalKey.Properties[i].Name == theirs.Name)
                return key.Properties[i].Name == own.Name;
        return false;
    }

    internal static IReadOnlyProperty? DeletedAtProperty(this IReadOnlyEntityType entity) => entity.Named(SoftDeleteAnnotations.Property);

    private static IReadOnlyProperty? Named(this IReadOnlyEntityType entity, string annotation) =>
        entity.GetRootType().FindAnnotation(annotation)?.Value is string name ? entity.FindProperty(name) : null;
}
