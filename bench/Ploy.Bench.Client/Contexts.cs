using Microsoft.EntityFrameworkCore;
using Ploy.EntityFrameworkCore;
using Ploy.EntityFrameworkCore.Tenancy;

namespace Ploy.Bench.Client;

/// <summary>A row of one tenant that is deleted softly.</summary>
internal sealed class Customer
{
    public string Id { get; set; } = null!; // set before each insert

    public string BusinessId { get; set; } = null!; // stamped, or set by hand in plain EF Core

    public required string Email { get; set; }

    public int Points { get; set; }

    public DateTime? DeletedAt { get; set; }
}

/// <summary>What both contexts say of the table.</summary>
internal static class Shop
{
    public static void Map(ModelBuilder model) => model.Entity<Customer>(e =>
    {
        e.ToTable("customers");
        e.Property(x => x.DeletedAt).HasColumnType("timestamp(3)");
        e.HasIndex(x => new { x.BusinessId, x.Email });
    });
}

/// <summary>Plain EF Core: whoever asks says tenant and deletion in each query.</summary>
internal sealed class PlainContext(DbContextOptions<PlainContext> options) : DbContext(options)
{
    protected override void OnModelCreating(ModelBuilder modelBuilder) => Shop.Map(modelBuilder);
}

/// <summary>The same as a client of Ploy has it: filters, stamping, the tenant told to the database.</summary>
internal sealed class PloyContext(DbContextOptions<PloyContext> options) : PloyDbContext(options)
{
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        Shop.Map(modelBuilder);
        modelBuilder.Entity<Customer>(e =>
        {
            e.IsTenantScoped(x => x.BusinessId, this);
            e.IsSoftDeleted(x => x.DeletedAt);
        });
    }
}

/// <summary>The one tenant that asks.</summary>
internal sealed class OneTenant : ITenantAccessor
{
    public const string Id = "acme";

    public object? TenantId => Id;
}
