using System.Reflection;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.ChangeTracking.Internal;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Ploy.EntityFrameworkCore.Query;
using Ploy.EntityFrameworkCore.SoftDelete;

namespace Ploy.EntityFrameworkCore.Tenancy;

/// <summary>
/// Foreign keys about to be written whose target is not tracked: the database checks that the target exists, but not whose
/// it is. One query counts, through the tenant filter, how many of the targets are ours.
/// </summary>
internal sealed class ReferenceCheck
{
    private static readonly MethodInfo CountedMethod = typeof(ReferenceCheck).GetMethod(nameof(Counted), BindingFlags.NonPublic | BindingFlags.Static)!;

    private readonly List<(IReadOnlyForeignKey Key, HashSet<Values> Wanted)> _groups = [];

    private ReferenceCheck() { }

    /// <summary>One number for each target found: the index of its group.</summary>
    public IQueryable<int> Query { get; private set; } = Enumerable.Empty<int>().AsQueryable();

    /// <summary>Null where nothing has to be asked.</summary>
    public static ReferenceCheck? Create(PloyDbContext context, TenantGuard guard)
    {
        if (context.IsAcrossTenants || !context.PloyOptions.CheckReferences) return null;
        var check = new ReferenceCheck();
        foreach (var entry in context.ChangeTracker.Entries())
        {
            if (entry.State is EntityState.Unchanged or EntityState.Detached) continue;
            if (entry.Metadata.FindOwnership() is { } ownership) check.CollectOwner(context, guard, entry.GetInfrastructure(), ownership);
            if (entry.State != EntityState.Deleted || entry.Metadata.IsTenantJoin()) check.Collect(context, guard, entry);
        }

        if (check._groups.Count == 0) return null;
        check.Query = check._groups
            .Select((group, i) => (IQueryable<int>)CountedMethod.MakeGenericMethod(group.Key.PrincipalEntityType.ClrType)
                .Invoke(null, [context, group.Key, group.Wanted, i])!)
            .Aggregate((all, next) => all.Concat(next));
        return check;
    }

    /// <summary>Compares what was found with what was asked for.</summary>
    public void Verify(List<int> found)
    {
        for (var i = 0; i < _groups.Count; i++)
        {
            if (found.Count(n => n == i) == _groups[i].Wanted.Count) continue;
            var key = _groups[i].Key;
            throw new TenantException(
                $"`{key.DeclaringEntityType.ClrType.Name}` refers by {string.Join(", ", key.Properties.Select(p => p.Name))} to a row of "
                + $"`{key.PrincipalEntityType.ClrType.Name}` that is not the tenant's, or does not exist.");
        }
    }

    private void Collect(PloyDbContext context, TenantGuard guard, EntityEntry entry)
    {
        foreach (var key in entry.Metadata.GetForeignKeys())
        {
            if (key.PrincipalEntityType.TenantProperty() is not { } tenant) continue;
            if (key.NamesOwnTenant()) continue;
            var properties = key.Properties.Select(p => entry.Property(p.Name)).ToList();
            if (entry.State == EntityState.Modified && !properties.Any(p => p.IsModified)) continue;
            var values = properties.Select(p => p.CurrentValue).ToArray();
            if (values.Any(v => v is null) || properties.Any(p => p.IsTemporary)) continue;
            if (TrackedTarget(context, key, values) is { } target)
            {
                var owner = target.Property(tenant.Name).CurrentValue;
                if (target.State == EntityState.Added || (Equals(owner, context.CurrentTenant) && !guard.IsClaimed(target.Entity))) continue;
            }

            Group(key).Add(new Values(values!));
        }
    }

    /// <summary>What a tenant's row owns has no column of the tenant's: it is written where the row at the root is the tenant's.</summary>
    private void CollectOwner(PloyDbContext context, TenantGuard guard, InternalEntityEntry owned, IForeignKey ownership)
    {
        var owner = owned.StateManager.FindPrincipal(owned, ownership);
        if (owner?.EntityType.FindOwnership() is { } outer)
        {
            CollectOwner(context, guard, owner, outer);
            return;
        }

        if (ownership.PrincipalEntityType.TenantProperty() is not { } tenant || owner?.EntityState == EntityState.Added) return;
        if (owner is not null && Equals(owner.GetCurrentValue(owner.EntityType.FindProperty(tenant.Name)!), context.CurrentTenant) && !guard.IsClaimed(owner.Entity)) return;
        Group(ownership).Add(new Values([.. ownership.Properties.Select(p => owned.GetCurrentValue(p)!)])); // parts of a key
    }

    private HashSet<Values> Group(IReadOnlyForeignKey key)
    {
        foreach (var group in _groups)
            if (group.Key == key)
                return group.Wanted;
        _groups.Add((key, []));
        return _groups[^1].Wanted;
    }

    private static EntityEntry? TrackedTarget(PloyDbContext context, IForeignKey key, object?[] values)
    {
        var state = ModelReflection.FindTracked(context, key.PrincipalEntityType.ClrType, [.. key.PrincipalKey.Properties], values);
        return state is { State: EntityState.Deleted } ? null : state;
    }

    private static IQueryable<int> Counted<T>(PloyDbContext context, IReadOnlyForeignKey key, HashSet<Values> wanted, int group)
        where T : class =>
        context.Set<T>().IgnoreQueryFilters([SoftDeleteAnnotations.Filter])
            .Where(KeyPredicate.In<T>([.. key.PrincipalKey.Properties], [.. wanted.Select(w => w.Items)]))
            .Select(_ => group);

    /// <summary>A key's values, equal by each.</summary>
    private readonly struct Values(object[] items) : IEquatable<Values>
    {
        public object[] Items { get; } = items;

        public bool Equals(Values other) => Items.AsSpan().SequenceEqual(other.Items);

        public override bool Equals(object? obj) => obj is Values other && Equals(other);

        public override int GetHashCode() => Items.Aggregate(0, HashCode.Combine);
    }
}
