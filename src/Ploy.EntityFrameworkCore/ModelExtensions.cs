using System.Linq.Expressions;
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

    internal static IReadOnlyProperty? DeletedAtProperty(this IReadOnlyEntityType entity) => entity.Named(SoftDeleteAnnotations.Property);

    private static IReadOnlyProperty? Named(this IReadOnlyEntityType entity, string annotation) =>
        entity.GetRootType().FindAnnotation(annotation)?.Value is string name ? entity.FindProperty(name) : null;
}
