using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata;

namespace Ploy.EntityFrameworkCore.Tenancy;

/// <summary>Watches what one context tracks and writes.</summary>
internal sealed class TenantGuard(PloyDbContext context)
{
    /// <summary>Entities that the program has put here by hand, so that nobody knows yet whether a row of the tenant's is behind them.</summary>
    private readonly ConditionalWeakTable<object, object?> _claimed = [];
    private readonly List<object> _written = [];

    /// <summary>Something begins to be tracked: an attached row must be the tenant's own, or not say whose it is yet.</summary>
    public void Tracking(EntityTrackingEventArgs e)
    {
        if (e.FromQuery || e.Entry.Metadata.TenantProperty() is not { } property) return;
        _claimed.AddOrUpdate(e.Entry.Entity, null);
        if (context.IsAcrossTenants) return;
        var value = e.Entry.Property(property.Name).CurrentValue;
        if (IsUnset(value, property))
        {
            if (e.State != EntityState.Added) e.Entry.Property(property.Name).OriginalValue = Required(e.Entry);
            e.Entry.Property(property.Name).CurrentValue = Required(e.Entry);
            return;
        }

        if (!Equals(value, Required(e.Entry))) throw Foreign(e.Entry, value);
    }

    /// <summary>Stamps new rows, and refuses those of other tenants and rows that change their tenant.</summary>
    public void CheckEntries()
    {
        _written.Clear();
        if (context.IsAcrossTenants) return;
        foreach (var entry in context.ChangeTracker.Entries())
        {
            if (entry.State is EntityState.Unchanged or EntityState.Detached) continue;
            if (entry.State != EntityState.Deleted && IsClaimed(entry.Entity)) _written.Add(entry.Entity);
            if (entry.Metadata.TenantProperty() is not { } metadata) continue;
            var property = entry.Property(metadata.Name);
            var tenant = Required(entry);
            if (entry.State == EntityState.Added && IsUnset(property.CurrentValue, metadata)) property.CurrentValue = tenant;
            if (entry.State != EntityState.Added && !Equals(property.OriginalValue, tenant)) throw Foreign(entry, property.OriginalValue);
            if (!Equals(property.CurrentValue, tenant))
            {
                throw entry.State == EntityState.Added
                    ? Foreign(entry, property.CurrentValue)
                    : new TenantException($"`{entry.Metadata.ClrType.Name}.{metadata.Name}` says whose row it is and cannot change.");
            }
        }
    }

    /// <summary>The save has found or made the rows, on the condition that they are the tenant's.</summary>
    public void Saved()
    {
        foreach (var entity in _written) _claimed.Remove(entity);
        _written.Clear();
    }

    /// <summary>Whether only the program says so that the entity is a row of the tenant's.</summary>
    public bool IsClaimed(object entity) => _claimed.TryGetValue(entity, out _);

    /// <summary>Refuses foreign keys to rows of other tenants, with at most one query.</summary>
    public void CheckReferences()
    {
        if (ReferenceCheck.Create(context, this) is not { } check) return;
        check.Verify([.. check.Query]);
    }

    /// <inheritdoc cref="CheckReferences" />
    public async Task CheckReferencesAsync(CancellationToken cancellationToken)
    {
        if (ReferenceCheck.Create(context, this) is not { } check) return;
        check.Verify(await check.Query.ToListAsync(cancellationToken).ConfigureAwait(false));
    }

    /// <summary>
    /// Detaches rows of other tenants and takes them out of the collections of rows that stay; those that wait to be saved stay, so that the save refuses them.
    /// </summary>
    public void ForgetOtherTenants()
    {
        var forgotten = new HashSet<object>(ReferenceEqualityComparer.Instance);
        foreach (var entry in context.ChangeTracker.Entries().ToList())
        {
            if (entry.State != EntityState.Unchanged) continue;
            if (entry.Metadata.IsTenantJoin()) entry.State = EntityState.Detached;
            if (entry.Metadata.TenantProperty() is not { } property) continue;
            if (context.CurrentTenant is { } tenant && Equals(entry.Property(property.Name).CurrentValue, tenant)) continue;
            entry.State = EntityState.Detached;
            forgotten.Add(entry.Entity);
        }

        if (forgotten.Count == 0) return;
        foreach (var collection in context.ChangeTracker.Entries().ToList().SelectMany(e => e.Collections))
        {
            if (collection.CurrentValue is not { } rows || collection.Metadata.TargetEntityType.TenantProperty() is null) continue;
            foreach (var row in rows.Cast<object>().Where(forgotten.Contains).ToList())
                collection.Metadata.GetCollectionAccessor()!.Remove(collection.EntityEntry.Entity, row); // a collection has one
        }
    }

    private object Required(EntityEntry entry) => context.CurrentTenant
        ?? throw new TenantException($"There is no tenant, so `{entry.Metadata.ClrType.Name}` can be neither attached nor written.");

    private static bool IsUnset(object? value, IReadOnlyProperty property) =>
        value is null || value is "" || (property.ClrType.IsValueType && value.Equals(property.Sentinel));

    private static TenantException Foreign(EntityEntry entry, object? tenant) =>
        new($"A row of `{entry.Metadata.ClrType.Name}` belongs to tenant `{tenant}`, not to the one in use.");
}
