using Microsoft.EntityFrameworkCore;
using Ploy.EntityFrameworkCore;
using Ploy.EntityFrameworkCore.Tenancy;
using Ploy.EntityFrameworkCore.Values;

namespace Ploy.Client.Tests.Runtime;

/// <summary>A small model by hand with each referential action, so that the run time is tested apart from the generator.</summary>
internal class ShopContext(DbContextOptions options) : PloyDbContext(options)
{
    /// <summary>Whether the client looks after tenants itself; if not, the database's row-level security is alone.</summary>
    protected virtual bool IsTenantAware => true;

    public DbSet<Business> Businesses => Set<Business>();

    public DbSet<Customer> Customers => Set<Customer>();

    public DbSet<Order> Orders => Set<Order>();

    public DbSet<OrderLine> OrderLines => Set<OrderLine>();

    public DbSet<Badge> Badges => Set<Badge>();

    public DbSet<Contract> Contracts => Set<Contract>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Business>();
        modelBuilder.Entity<Customer>(e =>
        {
            e.Property(x => x.Id).HasValueGenerator<Cuid2Generator>();
            e.Property(x => x.UpdatedAt).IsUpdatedAt().HasConversion<UtcDateTimeConverter>().HasColumnType(Timestamp);
            e.Property(x => x.DeletedAt).HasConversion<UtcDateTimeConverter>().HasColumnType(Timestamp);
            e.HasOne<Business>().WithMany().HasForeignKey(x => x.BusinessId).OnDelete(DeleteBehavior.Restrict);
            if (IsTenantAware) e.IsTenantScoped(x => x.BusinessId, this);
            e.IsSoftDeleted(x => x.DeletedAt);
            e.HasIndex(x => new { x.BusinessId, x.Email }).IsUnique().HasFilter("\"DeletedAt\" IS NULL");
        });
        modelBuilder.Entity<Order>(e =>
        {
            e.Property(x => x.DeletedAt).HasConversion<UtcDateTimeConverter>().HasColumnType(Timestamp);
            e.HasOne(x => x.Customer).WithMany(x => x.Orders).HasForeignKey(x => x.CustomerId).OnDelete(DeleteBehavior.Cascade);
            if (IsTenantAware) e.IsTenantScoped(x => x.BusinessId, this);
            e.IsSoftDeleted(x => x.DeletedAt);
        });
        modelBuilder.Entity<OrderLine>(e =>
        {
            e.Property(x => x.DeletedAt).HasConversion<UtcDateTimeConverter>().HasColumnType(Timestamp);
            e.HasOne(x => x.Order).WithMany(x => x.Lines).HasForeignKey(x => x.OrderId).OnDelete(DeleteBehavior.Cascade);
            if (IsTenantAware) e.IsTenantScoped(x => x.BusinessId, this);
            e.IsSoftDeleted(x => x.DeletedAt);
        });
        modelBuilder.Entity<Badge>(e =>
        {
            e.HasOne<Customer>().WithMany().HasForeignKey(x => x.CustomerId).OnDelete(DeleteBehavior.SetNull);
            if (IsTenantAware) e.IsTenantScoped(x => x.BusinessId, this);
        });
        modelBuilder.Entity<Contract>(e =>
        {
            e.HasOne<Customer>().WithMany().HasForeignKey(x => x.CustomerId).OnDelete(DeleteBehavior.Restrict);
            if (IsTenantAware) e.IsTenantScoped(x => x.BusinessId, this);
        });
    }

    private string Timestamp => Database.IsNpgsql() ? "timestamp(3)" : "TEXT";
}

/// <summary>The same without a word of tenants.</summary>
internal sealed class TenantlessShopContext(DbContextOptions options) : ShopContext(options)
{
    protected override bool IsTenantAware => false;
}

/// <summary>What the tests of all tenant models have in common.</summary>
internal interface ITenantRow
{
    string BusinessId { get; set; }
}

internal sealed class Business
{
    public required string Id { get; set; }
}

internal sealed class Customer : ITenantRow
{
    public string Id { get; set; } = null!;

    public string BusinessId { get; set; } = null!;

    public required string Email { get; set; }

    public int Points { get; set; }

    public DateTime UpdatedAt { get; set; }

    public DateTime? DeletedAt { get; set; }

    public ICollection<Order> Orders { get; } = [];
}

internal sealed class Order : ITenantRow
{
    public int Id { get; set; }

    public string BusinessId { get; set; } = null!;

    public string CustomerId { get; set; } = null!;

    public Customer? Customer { get; set; }

    public DateTime? DeletedAt { get; set; }

    public ICollection<OrderLine> Lines { get; } = [];
}

internal sealed class OrderLine : ITenantRow
{
    public int Id { get; set; }

    public string BusinessId { get; set; } = null!;

    public int OrderId { get; set; }

    public Order? Order { get; set; }

    public DateTime? DeletedAt { get; set; }
}

internal sealed class Badge : ITenantRow
{
    public int Id { get; set; }

    public string BusinessId { get; set; } = null!;

    public string? CustomerId { get; set; }
}

internal sealed class Contract : ITenantRow
{
    public int Id { get; set; }

    public string BusinessId { get; set; } = null!;

    public string CustomerId { get; set; } = null!;
}

internal sealed class FixedTenant(string? id) : ITenantAccessor
{
    public object? TenantId => id;
}
