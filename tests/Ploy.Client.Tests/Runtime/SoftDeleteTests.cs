using Microsoft.EntityFrameworkCore;
using Ploy.EntityFrameworkCore;
using Ploy.EntityFrameworkCore.SoftDelete;
using Xunit;

namespace Ploy.Client.Tests.Runtime;

public sealed class SqliteSoftDeleteTests : SoftDeleteTests
{
    private protected override async Task<Shop> CreateAsync() => await SqliteShop.CreateAsync();
}

/// <summary>With row-level security below, as a role that it holds for.</summary>
public sealed class PostgresSoftDeleteTests : SoftDeleteTests
{
    private protected override async Task<Shop> CreateAsync() => await PostgresShop.CreateAsync(isTenantAware: true, withBadges: false);
}

public abstract class SoftDeleteTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Removing_marks_the_row_and_what_depends_on_it_with_one_time()
    {
        await using var shop = await CreateAsync();
        await using (var context = shop.Open("acme"))
        {
            context.Remove(await context.Customers.SingleAsync(Cancel));
            await context.SaveChangesAsync(Cancel);
            Assert.Empty(await context.Customers.ToListAsync(Cancel));
            Assert.Empty(await context.Orders.ToListAsync(Cancel));
            Assert.Empty(await context.OrderLines.ToListAsync(Cancel));
        }

        await using var again = shop.Open("acme");
        var times = (await again.Customers.IncludeDeleted().Select(c => c.DeletedAt).ToListAsync(Cancel))
            .Concat(await again.Orders.OnlyDeleted().Select(o => o.DeletedAt).ToListAsync(Cancel))
            .Concat(await again.OrderLines.OnlyDeleted().Select(l => l.DeletedAt).ToListAsync(Cancel)).ToList();
        Assert.Equal(Enumerable.Repeat<DateTime?>(shop.Time.Now.UtcDateTime, 4), times);
        await using var other = shop.Open("globex");
        Assert.Single(await other.Customers.Include(c => c.Orders).Where(c => c.Orders.Count == 1).ToListAsync(Cancel));
    }

    [Fact]
    public async Task A_bulk_delete_marks_and_cascades()
    {
        await using var shop = await CreateAsync();
        await using var context = shop.Open("acme");
        Assert.Equal(1, await context.Customers.Where(c => c.Email.StartsWith("a@")).ExecuteDeleteAsync(Cancel));
        Assert.Equal(0, await context.Customers.ExecuteDeleteAsync(Cancel));
        Assert.Equal(0, await context.OrderLines.CountAsync(Cancel));
        Assert.Equal(2, await context.OrderLines.OnlyDeleted().CountAsync(Cancel));
        Assert.Equal(1, context.Customers.IncludeDeleted().Count());
        await using var other = shop.Open("globex");
        Assert.Equal(2, await other.OrderLines.CountAsync(Cancel));
    }

    [Fact]
    public async Task Restoring_brings_back_what_was_cascaded_and_no_more()
    {
        await using var shop = await CreateAsync();
        await using var context = shop.Open("acme");
        await context.OrderLines.OrderBy(l => l.Id).Take(1).ExecuteDeleteAsync(Cancel);
        shop.Time.Now += TimeSpan.FromMinutes(1);
        var customer = await context.Customers.SingleAsync(Cancel);
        context.Remove(customer);
        await context.SaveChangesAsync(Cancel);
        Assert.True(await context.RestoreAsync(customer, Cancel));
        Assert.Null(customer.DeletedAt);
        Assert.Equal((1, 1, 1), (context.Customers.Count(), context.Orders.Count(), context.OrderLines.Count()));
        Assert.False(context.Restore(customer));
    }

    [Fact]
    public async Task A_restricting_relation_refuses_and_nothing_is_changed()
    {
        await using var shop = await CreateAsync();
        await using var context = shop.Open("acme");
        context.Add(new Contract { CustomerId = "acme-1" });
        await context.SaveChangesAsync(Cancel);
        context.ChangeTracker.Clear();
        context.Remove(await context.Customers.SingleAsync(Cancel));
        var error = await Assert.ThrowsAsync<SoftDeleteException>(() => context.SaveChangesAsync(Cancel));
        Assert.Contains("`Contract`", error.Message, StringComparison.Ordinal);
        context.ChangeTracker.Clear();
        Assert.Equal(1, await context.Customers.CountAsync(Cancel));
        await Assert.ThrowsAsync<SoftDeleteException>(() => context.Customers.ExecuteDeleteAsync(Cancel));
        Assert.Equal(2, await context.OrderLines.CountAsync(Cancel));
    }

    [Fact]
    public async Task A_relation_that_sets_null_does_so()
    {
        await using var shop = await CreateAsync();
        await using var context = shop.Open("acme");
        context.Add(new Badge { CustomerId = "acme-1" });
        await context.SaveChangesAsync(Cancel);
        context.ChangeTracker.Clear();
        await context.Customers.ExecuteDeleteAsync(Cancel);
        Assert.Equal([null], await context.Badges.Select(b => b.CustomerId).ToListAsync(Cancel));
    }

    [Fact]
    public async Task Hard_deletes_and_purges_really_delete()
    {
        await using var shop = await CreateAsync();
        await using var context = shop.Open("acme");
        Assert.Equal(1, await context.OrderLines.OrderBy(l => l.Id).Take(1).ExecuteHardDeleteAsync(Cancel));
        context.HardDelete(await context.OrderLines.SingleAsync(Cancel));
        await context.SaveChangesAsync(Cancel);
        Assert.Equal(0, await context.OrderLines.IncludeDeleted().CountAsync(Cancel));
        await context.Orders.ExecuteDeleteAsync(Cancel);
        Assert.Equal(0, await context.PurgeDeletedAsync<Order>(TimeSpan.FromDays(30), cancellationToken: Cancel));
        shop.Time.Now += TimeSpan.FromDays(31);
        Assert.Equal(1, await context.PurgeDeletedAsync<Order>(TimeSpan.FromDays(30), cancellationToken: Cancel));
        Assert.Equal(0, await context.Orders.IncludeDeleted().CountAsync(Cancel));
    }

    [Fact]
    public async Task Updates_of_every_kind_stamp_the_time()
    {
        await using var shop = await CreateAsync();
        await using var context = shop.Open("acme");
        shop.Time.Now += TimeSpan.FromHours(1);
        await context.Customers.ExecuteUpdateAsync(s => s.SetProperty(c => c.Points, c => c.Points + 1), Cancel);
        Assert.Equal(shop.Time.Now.UtcDateTime, await context.Customers.Select(c => c.UpdatedAt).SingleAsync(Cancel));
        shop.Time.Now += TimeSpan.FromHours(1);
        await context.Customers.ExecuteUpdateAsync(s => s.SetProperty(c => c.Points, 7), Cancel);
        Assert.Equal(shop.Time.Now.UtcDateTime, await context.Customers.Select(c => c.UpdatedAt).SingleAsync(Cancel));
        shop.Time.Now += TimeSpan.FromHours(1);
        (await context.Customers.SingleAsync(Cancel)).Points = 8;
        await context.SaveChangesAsync(Cancel);
        Assert.Equal(shop.Time.Now.UtcDateTime, await context.Customers.Select(c => c.UpdatedAt).SingleAsync(Cancel));
    }

    [Fact]
    public async Task A_unique_value_can_be_used_again_after_a_delete()
    {
        await using var shop = await CreateAsync();
        await using var context = shop.Open("acme");
        var first = await context.Customers.SingleAsync(Cancel);
        context.Add(new Customer { Id = "acme-2", Email = first.Email });
        await Assert.ThrowsAsync<DbUpdateException>(() => context.SaveChangesAsync(Cancel));
        context.ChangeTracker.Clear();
        await context.Customers.ExecuteDeleteAsync(Cancel);
        context.Add(new Customer { Id = "acme-2", Email = first.Email });
        await context.SaveChangesAsync(Cancel);
        Assert.Equal(["acme-2"], await context.Customers.Select(c => c.Id).ToListAsync(Cancel));
        // There is one of them already: the first cannot come back.
        await Assert.ThrowsAnyAsync<Exception>(() => context.RestoreAsync(first, Cancel));
        Assert.Equal(["acme-2"], await context.Customers.Select(c => c.Id).ToListAsync(Cancel));
    }

    [Fact]
    public async Task Removing_a_range_marks_all_with_one_time()
    {
        await using var shop = await CreateAsync();
        await using var context = shop.Open("acme");
        context.RemoveRange(await context.OrderLines.ToListAsync(Cancel));
        await context.SaveChangesAsync(Cancel);
        Assert.Equal([(2, shop.Time.Now.UtcDateTime)], (await context.OrderLines.OnlyDeleted().GroupBy(l => l.DeletedAt).Select(g => new { g.Key, Count = g.Count() }).ToListAsync(Cancel)).Select(g => (g.Count, g.Key!.Value)));
        Assert.Equal(1, await context.Orders.CountAsync(Cancel));
    }

    /// <summary>A new shop.</summary>
    private protected abstract Task<Shop> CreateAsync();
}
