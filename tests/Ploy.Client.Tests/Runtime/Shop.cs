using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Ploy.EntityFrameworkCore;

namespace Ploy.Client.Tests.Runtime;

/// <summary>A database of the shop with two businesses, each with a customer, an order and two lines.</summary>
internal abstract class Shop : IAsyncDisposable
{
    public ManualTime Time { get; } = new();

    public virtual ShopContext Open(string? tenant) => new(Options) { TenantAccessor = new FixedTenant(tenant) };

    protected abstract DbContextOptions Options { get; }

    public virtual ValueTask DisposeAsync() => ValueTask.CompletedTask;

    protected async Task FillAsync()
    {
        await using var context = Open(null);
        await context.Database.EnsureCreatedAsync();
        using var scope = context.AcrossTenants("test data");
        foreach (var business in (string[])["acme", "globex"])
        {
            context.Add(new Business { Id = business });
            context.Add(new Customer
            {
                Id = business + "-1", BusinessId = business, Email = "a@" + business,
                Orders = { new Order { BusinessId = business, Lines = { new OrderLine { BusinessId = business }, new OrderLine { BusinessId = business } } } },
            });
        }

        await context.SaveChangesAsync();
    }
}

internal sealed class SqliteShop : Shop
{
    private readonly SqliteConnection _connection = new("Data Source=:memory:");

    protected override DbContextOptions Options =>
        new DbContextOptionsBuilder<ShopContext>().AllowManyServices().UseSqlite(_connection).UsePloy(o => o.TimeProvider = Time).Options;

    public static async Task<SqliteShop> CreateAsync()
    {
        var shop = new SqliteShop();
        await shop._connection.OpenAsync();
        await shop.FillAsync();
        return shop;
    }

    public override async ValueTask DisposeAsync()
    {
        await _connection.DisposeAsync();
        await base.DisposeAsync();
    }
}

/// <summary>A clock that a test moves.</summary>
internal sealed class ManualTime : TimeProvider
{
    public DateTimeOffset Now { get; set; } = new(2026, 3, 1, 10, 0, 0, TimeSpan.Zero);

    public override DateTimeOffset GetUtcNow() => Now;
}
