using Microsoft.EntityFrameworkCore;
using Ploy.EntityFrameworkCore.Tenancy;
using Xunit;

namespace Ploy.Client.Tests.Runtime;

public sealed class TenancyTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Reads_are_the_tenants_own_even_where_filters_are_ignored()
    {
        await using var shop = await SqliteShop.CreateAsync();
        await using var context = shop.Open("acme");
        Assert.Equal(["acme-1"], await context.Customers.Select(c => c.Id).ToListAsync(Cancel));
        Assert.Equal(["acme-1"], await context.Customers.IgnoreQueryFilters().Select(c => c.Id).ToListAsync(Cancel));
        Assert.Equal(["acme-1"], await context.Customers.IgnoreQueryFilters(["Tenant"]).Select(c => c.Id).ToListAsync(Cancel));
        Assert.Null(await context.Customers.FindAsync(["globex-1"], Cancel));
        Assert.NotNull(await context.Customers.FindAsync(["acme-1"], Cancel));
        var compiled = EF.CompileQuery((ShopContext c) => c.Customers.Select(x => x.Id).ToList().Count);
        Assert.Equal(1, compiled(context));
    }

    [Fact]
    public async Task Without_a_tenant_a_query_throws()
    {
        await using var shop = await SqliteShop.CreateAsync();
        await using var context = shop.Open(null);
        await Assert.ThrowsAsync<TenantException>(() => context.Customers.ToListAsync(Cancel));
        using (context.AcrossTenants("count all"))
            Assert.Equal(2, await context.Customers.CountAsync(Cancel));
        await Assert.ThrowsAsync<TenantException>(() => context.Customers.ToListAsync(Cancel));
    }

    /// <summary>As a header says it that was not sent.</summary>
    [Fact]
    public async Task An_empty_text_is_no_tenant()
    {
        await using var shop = await SqliteShop.CreateAsync();
        await using var context = shop.Open("");
        await Assert.ThrowsAsync<TenantException>(() => context.Customers.ToListAsync(Cancel));
        Assert.Throws<TenantException>(() => context.Add(new Customer { Email = "x" }));
    }

    [Fact]
    public async Task New_rows_are_stamped()
    {
        await using var shop = await SqliteShop.CreateAsync();
        await using var context = shop.Open("acme");
        var customer = new Customer { Email = "b@acme" };
        context.Add(customer);
        await context.SaveChangesAsync(Cancel);
        Assert.Equal("acme", customer.BusinessId);
        Assert.Equal(24, customer.Id.Length);
    }

    [Fact]
    public async Task Writing_or_attaching_another_tenants_row_throws()
    {
        await using var shop = await SqliteShop.CreateAsync();
        await using var context = shop.Open("acme");
        Assert.Throws<TenantException>(() => context.Add(new Customer { Email = "x", BusinessId = "globex" }));
        Assert.Throws<TenantException>(() => context.Attach(new Customer { Id = "globex-1", Email = "x", BusinessId = "globex" }));
        context.ChangeTracker.Clear();
        var own = await context.Customers.SingleAsync(Cancel);
        own.BusinessId = "globex";
        await Assert.ThrowsAsync<TenantException>(() => context.SaveChangesAsync(Cancel));
        await Assert.ThrowsAsync<TenantException>(() =>
            context.Customers.ExecuteUpdateAsync(s => s.SetProperty(c => c.BusinessId, "globex"), Cancel));
    }

    [Fact]
    public async Task A_forged_key_does_not_reach_another_tenants_row()
    {
        await using var shop = await SqliteShop.CreateAsync();
        await using var context = shop.Open("acme");
        context.Update(new Customer { Id = "globex-1", Email = "stolen" });
        await Assert.ThrowsAsync<DbUpdateConcurrencyException>(() => context.SaveChangesAsync(Cancel));
        await using var other = shop.Open("globex");
        Assert.Equal("a@globex", await other.Customers.Select(c => c.Email).SingleAsync(Cancel));
    }

    [Fact]
    public async Task Foreign_keys_that_cross_tenants_are_refused()
    {
        await using var shop = await SqliteShop.CreateAsync();
        await using var context = shop.Open("acme");
        context.Add(new Order { CustomerId = "globex-1" });
        var error = await Assert.ThrowsAsync<TenantException>(() => context.SaveChangesAsync(Cancel));
        Assert.Contains("`Customer`", error.Message, StringComparison.Ordinal);
        context.ChangeTracker.Clear();
        context.Add(new Order { CustomerId = "acme-1" });
        await context.SaveChangesAsync(Cancel);
        Assert.Throws<TenantException>(() => context.Orders.ExecuteUpdate(s => s.SetProperty(o => o.CustomerId, "globex-1")));
    }

    [Fact]
    public async Task Rows_seen_across_tenants_are_forgotten_when_the_scope_ends()
    {
        await using var shop = await SqliteShop.CreateAsync();
        await using var context = shop.Open("acme");
        using (context.AcrossTenants("look at all"))
            Assert.Equal(2, (await context.Customers.ToListAsync(Cancel)).Count);
        Assert.Null(await context.Customers.FindAsync(["globex-1"], Cancel));
        Assert.Single(context.ChangeTracker.Entries());
    }
}
