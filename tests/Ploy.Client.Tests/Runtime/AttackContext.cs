using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Ploy.EntityFrameworkCore;

namespace Ploy.Client.Tests.Runtime;

/// <summary>What an attacker, or a program in a hurry, may turn to use: shared keys, keys over two tenants, many-to-many relations, lazy loading.</summary>
internal sealed class AttackContext(DbContextOptions<AttackContext> options) : PloyDbContext(options)
{
    public DbSet<Member> Members => Set<Member>();

    public DbSet<Note> Notes => Set<Note>();

    public DbSet<Label> Labels => Set<Label>();

    public DbSet<Gift> Gifts => Set<Gift>();

    public DbSet<Club> Clubs => Set<Club>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Member>(e =>
        {
            e.HasOne(x => x.Club).WithMany(x => x.Members).HasForeignKey(x => x.ClubId);
            e.HasAlternateKey(x => new { x.ClubId, x.Id });
            e.HasMany(x => x.Labels).WithMany(x => x.Members)
                .UsingEntity<Dictionary<string, object>>("_LabelToMember",
                    right => right.HasOne<Label>().WithMany().HasForeignKey("A"),
                    left => left.HasOne<Member>().WithMany().HasForeignKey("B"),
                    join =>
                    {
                        join.HasKey("A", "B");
                        join.IsTenantScoped<Member, string>("B", x => x.Id, this);
                    });
            e.Property(x => x.UpdatedAt).IsUpdatedAt();
            e.IsTenantScoped(x => x.ClubId, this);
            e.IsSoftDeleted(x => x.DeletedAt);
        });
        modelBuilder.Entity<Note>(e =>
        {
            e.HasOne(x => x.Member).WithMany(x => x.Notes).HasForeignKey(x => x.MemberId);
            e.IsTenantScoped(x => x.ClubId, this);
        });
        modelBuilder.Entity<Label>(e => e.IsTenantScoped(x => x.ClubId, this));
        modelBuilder.Entity<Gift>(e =>
        {
            e.HasOne(x => x.To).WithMany().HasForeignKey(x => new { x.ToClubId, x.ToMemberId }).HasPrincipalKey(x => new { x.ClubId, x.Id });
            e.IsTenantScoped(x => x.ClubId, this);
        });
    }
}

/// <summary>Two clubs with a member each, who has a note and a label, in a database that knows nothing of tenants.</summary>
internal sealed class AttackShop : IAsyncDisposable
{
    private readonly SqliteConnection _connection = new("Data Source=:memory:");
    private readonly PooledContexts _pool;

    public ManualTime Time { get; } = new();

    private AttackShop()
    {
        _connection.Open();
        _pool = new(new DbContextOptionsBuilder<AttackContext>().AllowManyServices().UseSqlite(_connection).UsePloy(o => o.TimeProvider = Time).Options);
    }

    public static async Task<AttackShop> CreateAsync()
    {
        var shop = new AttackShop();
        await using var context = shop.Open(null);
        await context.Database.EnsureCreatedAsync();
        using (context.AcrossTenants("test data"))
        {
            foreach (var club in (string[])["mine", "theirs"])
            {
                var member = new Member { Id = club + "-1", ClubId = club, Name = club, Notes = { new Note { ClubId = club, Text = club } }, Labels = { new Label { ClubId = club, Name = club } } };
                context.Add(new Club { Id = club, Members = { member } });
            }

            await context.SaveChangesAsync();
        }

        return shop;
    }

    /// <summary>A context of a pool that has one.</summary>
    public AttackContext Open(string? tenant)
    {
        var context = _pool.CreateDbContext();
        context.TenantAccessor = new FixedTenant(tenant);
        return context;
    }

    /// <summary>All that is the other's, past everything.</summary>
    public async Task<string> TheirsAsync()
    {
        var lines = new List<string>();
        foreach (var sql in (string[])
        [
            "SELECT Id || '|' || Name || '|' || UpdatedAt || '|' || coalesce(DeletedAt, '') FROM Members WHERE ClubId = 'theirs' ORDER BY 1",
            "SELECT Id || '|' || Text || '|' || MemberId FROM Notes WHERE ClubId = 'theirs' ORDER BY 1",
            "SELECT Id || '|' || Name FROM Labels WHERE ClubId = 'theirs' ORDER BY 1",
            "SELECT A || '|' || B FROM _LabelToMember WHERE B = 'theirs-1' ORDER BY 1",
            "SELECT Id FROM Gifts WHERE ClubId = 'theirs' OR ToClubId = 'theirs' ORDER BY 1",
        ])
        {
            await using var command = new SqliteCommand(sql, _connection);
            await using var reader = await command.ExecuteReaderAsync();
            while (await reader.ReadAsync()) lines.Add(reader.GetString(0));
        }

        return string.Join('\n', lines);
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    private sealed class PooledContexts(DbContextOptions<AttackContext> options) : Microsoft.EntityFrameworkCore.Infrastructure.PooledDbContextFactory<AttackContext>(options, poolSize: 1);
}

internal interface IClubRow
{
    string ClubId { get; set; }
}

internal sealed class Club
{
    public string Id { get; set; } = null!;

    public List<Member> Members { get; } = [];
}

internal sealed class Member : IClubRow
{
    public string Id { get; set; } = null!;

    public string ClubId { get; set; } = null!;

    public string Name { get; set; } = "";

    public DateTime UpdatedAt { get; set; }

    public DateTime? DeletedAt { get; set; }

    public Club? Club { get; set; }

    public List<Note> Notes { get; } = [];

    public List<Label> Labels { get; } = [];
}

internal sealed class Note : IClubRow
{
    public int Id { get; set; }

    public string ClubId { get; set; } = null!;

    public string Text { get; set; } = "";

    public string? MemberId { get; set; }

    public Member? Member { get; set; }
}

internal sealed class Label : IClubRow
{
    public int Id { get; set; }

    public string ClubId { get; set; } = null!;

    public string Name { get; set; } = "";

    public List<Member> Members { get; } = [];
}

/// <summary>Its key to a member names a club of its own.</summary>
internal sealed class Gift : IClubRow
{
    public int Id { get; set; }

    public string ClubId { get; set; } = null!;

    public string? ToClubId { get; set; }

    public string? ToMemberId { get; set; }

    public Member? To { get; set; }
}
