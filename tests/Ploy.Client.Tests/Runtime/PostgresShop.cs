using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Ploy.EntityFrameworkCore;
using Ploy.EntityFrameworkCore.Tenancy;
using Ploy.Testing;

namespace Ploy.Client.Tests.Runtime;

/// <summary>
/// The shop on PostgreSQL, used as a role that is neither its tables' owner nor BYPASSRLS, over four pooled connections. Row-level security
/// holds on every tenant table.
/// </summary>
internal sealed class PostgresShop : Shop
{
    private const string TenantTables = "ARRAY['Customers', 'Orders', 'OrderLines', 'Badges', 'Contracts']";

    private readonly TemporaryPostgresDatabase _database;
    private readonly bool _isTenantAware;
    private readonly NpgsqlDataSource _source;
    private readonly ServiceProvider _services;

    private PostgresShop(TemporaryPostgresDatabase database, bool isTenantAware, Action<DbContextOptionsBuilder>? configure)
    {
        (_database, _isTenantAware) = (database, isTenantAware);
        Role = database.Name + "_app";
        _source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(database.ConnectionString)
        {
            Username = Role, Pooling = true, MaxPoolSize = 4, Timeout = 60,
        });
        var services = new ServiceCollection();
        void Configure(DbContextOptionsBuilder options)
        {
            options.AllowManyServices().UseNpgsql(_source).UsePloy(o => o.TimeProvider = Time);
            configure?.Invoke(options);
        }

        if (isTenantAware) services.AddPooledDbContextFactory<ShopContext>(Configure, poolSize: 2);
        else services.AddPooledDbContextFactory<TenantlessShopContext>(Configure, poolSize: 2);
        _services = services.BuildServiceProvider();
    }

    /// <summary>The role of the application.</summary>
    public string Role { get; }

    public TemporaryPostgresDatabase Database => _database;

    /// <summary>The application's connections.</summary>
    public NpgsqlDataSource Source => _source;

    protected override DbContextOptions Options => throw new NotSupportedException();

    public static async Task<PostgresShop> CreateAsync(bool isTenantAware, bool withBadges = true, Action<DbContextOptionsBuilder>? configure = null)
    {
        var shop = new PostgresShop(await TemporaryDatabase.PostgresAsync(), isTenantAware, configure);
        await using (var owner = new ShopContext(new DbContextOptionsBuilder<ShopContext>().AllowManyServices().UseNpgsql(shop._database.ConnectionString).UsePloy().Options))
        {
            await owner.Database.EnsureCreatedAsync();
            using var scope = owner.AcrossTenants("test data");
            foreach (var business in (string[])["acme", "globex"])
            {
                owner.Add(new Business { Id = business });
                owner.Add(new Customer
                {
                    Id = business + "-1", BusinessId = business, Email = "a@" + business,
                    Orders = { new Order { BusinessId = business, Lines = { new OrderLine { BusinessId = business }, new OrderLine { BusinessId = business } } } },
                });
                if (!withBadges) continue;
                owner.Add(new Badge { BusinessId = business, CustomerId = business + "-1" });
                owner.Add(new Contract { BusinessId = business, CustomerId = business + "-1" });
            }

            await owner.SaveChangesAsync();
        }

        await shop._database.ExecuteAsync(
            $"""
            CREATE ROLE "{shop.Role}" LOGIN NOBYPASSRLS;
            GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO "{shop.Role}";
            GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO "{shop.Role}";
            DO $$ DECLARE t text; BEGIN
              FOREACH t IN ARRAY {TenantTables} LOOP
                EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
                EXECUTE format('CREATE POLICY tenant ON %I USING ("BusinessId" = current_setting(''app.current_business_id'')) WITH CHECK ("BusinessId" = current_setting(''app.current_business_id''))', t);
              END LOOP;
            END $$;
            """);
        return shop;
    }

    /// <summary>A pooled context for a tenant.</summary>
    public override ShopContext Open(string? tenant)
    {
        ShopContext context = _isTenantAware
            ? _services.GetRequiredService<IDbContextFactory<ShopContext>>().CreateDbContext()
            : _services.GetRequiredService<IDbContextFactory<TenantlessShopContext>>().CreateDbContext();
        context.TenantAccessor = new FixedTenant(tenant);
        return context;
    }

    /// <summary>A pooled context for a tenant that changes.</summary>
    public ShopContext OpenFor(ITenantAccessor tenant)
    {
        var context = Open((string?)null);
        context.TenantAccessor = tenant;
        return context;
    }

    /// <summary>Whole tables, past everything: to see that nothing of another tenant was written.</summary>
    public async Task<string> StateOfAsync(string business)
    {
        var lines = new List<string>();
        foreach (var table in (string[])["Customers", "Orders", "OrderLines", "Badges", "Contracts"])
            lines.AddRange((await _database.RowsAsync($"SELECT * FROM \"{table}\" WHERE \"BusinessId\" = '{business}' ORDER BY 1")).Select(r => table + " " + r));
        return string.Join('\n', lines);
    }

    public override async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await _source.DisposeAsync();
        await _database.ExecuteAsync($"DROP OWNED BY \"{Role}\"; DROP ROLE \"{Role}\"");
        await _database.DisposeAsync();
        await base.DisposeAsync();
    }
}
