using Microsoft.EntityFrameworkCore;
using Ploy.EntityFrameworkCore;
using Ploy.Testing;

namespace Ploy.Client.Tests.Runtime;

/// <summary>What users add to a client in parts of their own: values within a column, owned rows, inheritance, lazy loading.</summary>
internal sealed class ExtendedContext(DbContextOptions<ExtendedContext> options) : PloyDbContext(options)
{
    public DbSet<Guest> Guests => Set<Guest>();

    public DbSet<Stay> Stays => Set<Stay>();

    public DbSet<Room> Rooms => Set<Room>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Guest>(e =>
        {
            e.IsTenantScoped(x => x.HotelId, this);
            e.IsSoftDeleted(x => x.DeletedAt);
            e.Property(x => x.Id).ValueGeneratedNever();
            e.OwnsOne(x => x.Passport);
            e.OwnsMany(x => x.Phones, p =>
            {
                p.ToTable("Phones");
                p.Property(x => x.Id).ValueGeneratedNever();
            });
            e.OwnsMany(x => x.Wishes, w => w.ToJson());
            e.HasDiscriminator<string>("Kind").HasValue<Guest>("guest").HasValue<Regular>("regular");
        });
        modelBuilder.Entity<Regular>();
        modelBuilder.Entity<Stay>(e =>
        {
            e.IsTenantScoped(x => x.HotelId, this);
            e.ComplexProperty(x => x.Taste, t => t.ToJson());
            e.HasOne(x => x.Guest).WithMany(x => x.Stays).HasForeignKey(x => x.GuestId).OnDelete(DeleteBehavior.SetNull);
        });
        modelBuilder.Entity<Room>(e =>
        {
            e.IsTenantScoped(x => x.HotelId, this);
            e.HasMany(x => x.Guests).WithMany(x => x.Rooms).UsingEntity<Dictionary<string, object>>("_GuestToRoom",
                right => right.HasOne<Guest>().WithMany().HasForeignKey("A"),
                left => left.HasOne<Room>().WithMany().HasForeignKey("B"),
                join =>
                {
                    join.HasKey("A", "B");
                    join.IsTenantScoped<Guest, int>("A", x => x.Id, this);
                });
        });
    }
}

/// <summary>Two hotels, each with two guests of whom one comes regularly, a stay and a room, in a database that knows nothing of tenants.</summary>
internal sealed class ExtendedShop : IAsyncDisposable
{
    private readonly TemporaryDatabase _database;
    private readonly Action<DbContextOptionsBuilder<ExtendedContext>>? _configure;

    private ExtendedShop(TemporaryDatabase database, Action<DbContextOptionsBuilder<ExtendedContext>>? configure) => (_database, _configure) = (database, configure);

    public TemporaryDatabase Database => _database;

    public static async Task<ExtendedShop> CreateAsync(string provider, Action<DbContextOptionsBuilder<ExtendedContext>>? configure = null)
    {
        var shop = new ExtendedShop(await TemporaryDatabase.CreateAsync(provider), configure);
        await using var context = shop.Open(null);
        await context.Database.EnsureCreatedAsync();
        using var scope = context.AcrossTenants("test data");
        foreach (var (hotel, id) in (ReadOnlySpan<(string, int)>)[("mine", 1), ("theirs", 11)])
        {
            context.Add(new Guest { Id = id, HotelId = hotel, Stays = { new Stay { HotelId = hotel, Nights = 2, Taste = new() { Drink = hotel } } }, Rooms = { new Room { HotelId = hotel } } });
            context.Add(new Regular
            {
                Id = id + 1, HotelId = hotel, Level = 3, Passport = new() { Number = hotel }, Phones = { new Phone { Id = 7, Number = hotel } }, Wishes = { new Wish { Text = hotel } },
            });
        }

        await context.SaveChangesAsync();
        return shop;
    }

    public ExtendedContext Open(string? tenant)
    {
        var builder = new DbContextOptionsBuilder<ExtendedContext>().AllowManyServices().UseLazyLoadingProxies(o => o.IgnoreNonVirtualNavigations());
        if (_database.Provider == "sqlite") builder.UseSqlite(_database.ConnectionString);
        else builder.UseNpgsql(_database.ConnectionString);
        _configure?.Invoke(builder);
        return new(builder.UsePloy().Options) { TenantAccessor = new FixedTenant(tenant) };
    }

    /// <summary>All that is the other's, past everything.</summary>
    public async Task<string> TheirsAsync() => string.Join('\n', (IEnumerable<string>)
    [
        .. await _database.RowsAsync("SELECT * FROM \"Guests\" WHERE \"Id\" > 10 ORDER BY \"Id\""),
        .. await _database.RowsAsync("SELECT * FROM \"Phones\" WHERE \"GuestId\" > 10 ORDER BY \"Id\""),
        .. await _database.RowsAsync("SELECT * FROM \"Stays\" WHERE \"HotelId\" = 'theirs' OR \"GuestId\" > 10 ORDER BY \"Id\""),
        .. await _database.RowsAsync("SELECT * FROM \"_GuestToRoom\" WHERE \"A\" > 10"),
    ]);

    public ValueTask DisposeAsync() => _database.DisposeAsync();
}

public class Guest
{
    public int Id { get; set; }

    public string HotelId { get; set; } = null!;

    public DateTime? DeletedAt { get; set; }

    public Passport? Passport { get; set; }

    public List<Phone> Phones { get; } = [];

    public List<Wish> Wishes { get; } = [];

    public virtual ICollection<Stay> Stays { get; } = [];

    public virtual ICollection<Room> Rooms { get; } = [];
}

public class Regular : Guest
{
    public int Level { get; set; }
}

public class Taste
{
    public string Drink { get; set; } = "";
}

public class Passport
{
    public string Number { get; set; } = "";
}

public class Phone
{
    public int Id { get; set; }

    public string Number { get; set; } = "";
}

public class Wish
{
    public string Text { get; set; } = "";
}

public class Stay
{
    public int Id { get; set; }

    public string HotelId { get; set; } = null!;

    public int Nights { get; set; }

    public Taste Taste { get; set; } = new();

    public int? GuestId { get; set; }

    public virtual Guest? Guest { get; set; }
}

public class Room
{
    public int Id { get; set; }

    public string HotelId { get; set; } = null!;

    public virtual ICollection<Guest> Guests { get; } = [];
}
