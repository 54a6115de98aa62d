using Microsoft.EntityFrameworkCore;
using Ploy.EntityFrameworkCore;
using Ploy.EntityFrameworkCore.Tenancy;
using Xunit;

namespace Ploy.Client.Tests.Runtime;

/// <summary>
/// Tenants are kept apart and deletes are marks on what users add to a client, too, and by ways that need more than a plain query. Nothing but the client keeps tenants apart here.
/// </summary>
public sealed class ExtensionTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, InlineData("postgresql"), InlineData("sqlite")]
    public async Task Lazy_loading_finds_the_tenants_rows(string provider)
    {
        await using var shop = await ExtendedShop.CreateAsync(provider);
        // Keys that cross tenants, as no path of ours can write them.
        await shop.Database.ExecuteAsync("INSERT INTO \"Stays\" (\"Id\", \"HotelId\", \"Nights\", \"Taste\", \"GuestId\") VALUES (100, 'mine', 1, '{\"Drink\": \"x\"}', 11), (101, 'theirs', 1, '{\"Drink\": \"x\"}', 1)");
        await shop.Database.ExecuteAsync("INSERT INTO \"_GuestToRoom\" SELECT 1, \"Id\" FROM \"Rooms\" WHERE \"HotelId\" = 'theirs'");
        await using var context = shop.Open("mine");
        Assert.Null((await context.Stays.SingleAsync(s => s.Id == 100, Cancel)).Guest);
        context.ChangeTracker.Clear();
        var guest = await context.Guests.SingleAsync(g => g.Id == 1, Cancel);
        Assert.NotEqual(typeof(Guest), guest.GetType());
        Assert.Equal([2], guest.Stays.Select(s => s.Nights));
        Assert.Equal(["mine"], guest.Rooms.Select(r => r.HotelId));
        Assert.Equal([1], guest.Rooms.Single().Guests.Select(g => g.Id));
    }

    [Theory, InlineData("postgresql"), InlineData("sqlite")]
    public async Task Values_within_a_column_and_owned_rows_are_the_tenants(string provider)
    {
        await using var shop = await ExtendedShop.CreateAsync(provider);
        var before = await shop.TheirsAsync();
        await using var context = shop.Open("mine");
        var all = context.Guests.IgnoreQueryFilters();
        var stays = context.Stays.IgnoreQueryFilters();
        Assert.Equal(["mine"], await stays.Select(g => g.Taste.Drink).ToListAsync(Cancel));
        Assert.Equal(["mine"], (await stays.Select(g => g.Taste).ToListAsync(Cancel)).Select(t => t.Drink));
        Assert.Equal(["mine"], await all.SelectMany(g => g.Phones).Select(p => p.Number).ToListAsync(Cancel));
        Assert.Equal(["mine"], await all.Where(g => g.Passport != null).Select(g => g.Passport!.Number).ToListAsync(Cancel));
        Assert.Equal(["mine"], (await all.AsNoTracking().Where(g => g.Id > 1).Select(g => g.Wishes).ToListAsync(Cancel)).SelectMany(w => w).Select(w => w.Text));
        Assert.False(await stays.AnyAsync(g => g.Taste.Drink == "theirs", Cancel));
        Assert.Equal(1, await stays.ExecuteUpdateAsync(s => s.SetProperty(g => g.Taste.Drink, "tea"), Cancel));
        Assert.Equal(0, await stays.Where(g => g.Taste.Drink == "theirs").ExecuteUpdateAsync(s => s.SetProperty(g => g.Taste.Drink, "tea"), Cancel));
        Assert.Equal(before, await shop.TheirsAsync());
    }

    [Theory, InlineData("postgresql"), InlineData("sqlite")]
    public async Task Owned_rows_of_a_forged_entity_are_not_written(string provider)
    {
        await using var shop = await ExtendedShop.CreateAsync(provider);
        var before = await shop.TheirsAsync();
        foreach (var (name, change) in ((string, Action<Guest>)[])
        [
            ("changed phone", g => g.Phones[0].Number = "stolen"),
            ("removed phone", g => g.Phones.Clear()),
            ("added phone", g => g.Phones.Add(new Phone { Id = 8, Number = "stolen" })),
            ("changed passport", g => g.Passport!.Number = "stolen"),
            ("removed passport", g => g.Passport = null),
            ("changed wish", g => g.Wishes[0].Text = "stolen"),
        ])
        {
            await using var context = shop.Open("mine");
            var forged = new Regular { Id = 12, Passport = new() { Number = "x" }, Phones = { new Phone { Id = 7, Number = "x" } }, Wishes = { new Wish { Text = "x" } } };
            context.Attach(forged);
            change(forged);
            var error = await Record.ExceptionAsync(() => context.SaveChangesAsync(Cancel));
            Assert.True(error is TenantException or DbUpdateConcurrencyException, $"{name}: {error}");
            Assert.Equal(before, await shop.TheirsAsync());
        }

        await using (var context = shop.Open("mine"))
        {
            // One's own may be attached without being read.
            var own = new Regular { Id = 2, Passport = new() { Number = "x" }, Phones = { new Phone { Id = 7, Number = "x" } } };
            context.Attach(own);
            own.Phones[0].Number = own.Passport.Number = "new";
            Assert.Equal(2, await context.SaveChangesAsync(Cancel));
        }

        await using (var context = shop.Open("mine"))
        {
            var own = await context.Guests.SingleAsync(g => g.Id == 2, Cancel);
            Assert.Equal(("new", "new"), (own.Phones[0].Number, own.Passport!.Number));
            own.Phones[0].Number = "newer";
            own.Wishes.Clear();
            own.Passport = null;
            await context.SaveChangesAsync(Cancel);
        }

        Assert.Equal(["2|newer"], await shop.Database.RowsAsync("SELECT \"GuestId\", \"Number\" FROM \"Phones\" WHERE \"GuestId\" = 2"));
    }

    [Theory, InlineData("postgresql"), InlineData("sqlite")]
    public async Task Derived_types_are_the_tenants_and_are_marked(string provider)
    {
        await using var shop = await ExtendedShop.CreateAsync(provider);
        var before = await shop.TheirsAsync();
        await using var context = shop.Open("mine");
        Assert.Equal([2], await context.Set<Regular>().IgnoreQueryFilters().Select(r => r.Id).ToListAsync(Cancel));
        Assert.Equal([2], await context.Guests.OfType<Regular>().Select(r => r.Id).ToListAsync(Cancel));
        Assert.Null(await context.FindAsync<Regular>([12], Cancel));
        Assert.Equal(1, await context.Set<Regular>().ExecuteUpdateAsync(s => s.SetProperty(r => r.Level, 4), Cancel));
        await Assert.ThrowsAsync<TenantException>(() => context.Set<Regular>().ExecuteUpdateAsync(s => s.SetProperty(r => r.HotelId, "theirs"), Cancel));
        Assert.Throws<TenantException>(() => context.Attach(new Regular { Id = 12, HotelId = "theirs" }));
        Assert.Equal(1, await context.Set<Regular>().ExecuteDeleteAsync(Cancel));
        Assert.Equal((1, 2, 1), (await context.Guests.CountAsync(Cancel), await context.Guests.IncludeDeleted().CountAsync(Cancel), await context.Set<Regular>().OnlyDeleted().CountAsync(Cancel)));
        Assert.True(await context.RestoreAsync(await context.Set<Regular>().OnlyDeleted().SingleAsync(Cancel), Cancel));
        var regular = await context.Set<Regular>().SingleAsync(Cancel);
        context.Remove(regular);
        await context.SaveChangesAsync(Cancel);
        // What a marked row owns stays its own.
        Assert.Equal(["mine|mine"], await shop.Database.RowsAsync("SELECT g.\"Passport_Number\", p.\"Number\" FROM \"Guests\" g JOIN \"Phones\" p ON p.\"GuestId\" = g.\"Id\" WHERE g.\"Id\" = 2"));
        Assert.Equal((1, 2), (await context.Guests.CountAsync(Cancel), await context.Guests.IncludeDeleted().CountAsync(Cancel)));
        Assert.Equal(1, await context.Set<Regular>().OnlyDeleted().ExecuteHardDeleteAsync(Cancel));
        Assert.Equal(1, await context.Guests.IncludeDeleted().CountAsync(Cancel));
        Assert.Equal(before, await shop.TheirsAsync());
    }

    /// <summary>Whether they are loaded or not: a restore finds them where they were.</summary>
    [Theory, InlineData("postgresql"), InlineData("sqlite")]
    public async Task Rows_that_refer_to_a_marked_one_and_cannot_be_marked_stay(string provider)
    {
        await using var shop = await ExtendedShop.CreateAsync(provider);
        await using var context = shop.Open("mine");
        var guest = await context.Guests.Include(g => g.Rooms).SingleAsync(g => g.Id == 1, Cancel);
        var room = guest.Rooms.Single();
        context.Remove(guest);
        Assert.Equal(1, await context.SaveChangesAsync(Cancel));
        Assert.Empty(room.Guests);
        Assert.Equal(0, await context.SaveChangesAsync(Cancel));
        context.ChangeTracker.Clear();
        Assert.Empty((await context.Rooms.Include(r => r.Guests).SingleAsync(Cancel)).Guests);
        context.ChangeTracker.Clear();
        Assert.True(await context.RestoreAsync(await context.Guests.OnlyDeleted().SingleAsync(Cancel), Cancel));
        context.ChangeTracker.Clear();
        Assert.Equal([1], (await context.Rooms.Include(r => r.Guests).SingleAsync(Cancel)).Guests.Select(g => g.Id));

        // Deleted by the program itself, or with a row that is really deleted, it is gone.
        context.ChangeTracker.Clear();
        guest = await context.Guests.Include(g => g.Rooms).SingleAsync(g => g.Id == 1, Cancel);
        guest.Rooms.Clear();
        context.ChangeTracker.DetectChanges();
        context.Remove(guest);
        await context.SaveChangesAsync(Cancel);
        Assert.Equal(["1"], await shop.Database.RowsAsync("SELECT count(*) FROM \"_GuestToRoom\""));
        var regular = await context.Guests.SingleAsync(g => g.Id == 2, Cancel);
        context.HardDelete(regular);
        await context.SaveChangesAsync(Cancel);
        Assert.Equal(["1"], await shop.Database.RowsAsync("SELECT count(*) FROM \"Phones\""));
    }

    [Theory, InlineData("postgresql"), InlineData("sqlite")]
    public async Task Queries_in_parts_without_tracking_and_over_SQL_read_the_tenants_rows(string provider)
    {
        await using var shop = await ExtendedShop.CreateAsync(provider);
        await shop.Database.ExecuteAsync("INSERT INTO \"Stays\" (\"Id\", \"HotelId\", \"Nights\", \"Taste\", \"GuestId\") VALUES (100, 'mine', 1, '{\"Drink\": \"x\"}', 11), (101, 'theirs', 1, '{\"Drink\": \"x\"}', 1)");
        await using var context = shop.Open("mine");
        foreach (var query in (IQueryable<Guest>[])
        [
            context.Guests.AsSplitQuery(), context.Guests.AsNoTracking().AsSplitQuery(), context.Guests.AsNoTrackingWithIdentityResolution(),
            context.Guests.IgnoreQueryFilters().AsNoTrackingWithIdentityResolution().AsSplitQuery(),
            context.Guests.FromSql($"SELECT * FROM \"Guests\"").IgnoreQueryFilters(),
            context.Guests.FromSql($"SELECT * FROM \"Guests\" WHERE \"HotelId\" = {"theirs"} OR \"Id\" < 10").AsSplitQuery(),
        ])
        {
            var guests = await query.Include(g => g.Stays).Include(g => g.Rooms).OrderBy(g => g.Id).ToListAsync(Cancel);
            Assert.Equal([(1, 1, 1), (2, 0, 0)], guests.Select(g => (g.Id, g.Stays.Count, g.Rooms.Count)));
            context.ChangeTracker.Clear();
        }

        Assert.Empty(await context.Guests.FromSql($"SELECT * FROM \"Guests\" WHERE \"HotelId\" = {"theirs"}").ToListAsync(Cancel));
        // SQL that is joined with the tenant's rows finds nothing of another's by them.
        var numbers = context.Database.SqlQuery<int>($"SELECT \"Id\" AS \"Value\" FROM \"Guests\"");
        Assert.Equal([1, 2], await numbers.Join(context.Guests, n => n, g => g.Id, (_, g) => g.Id).Order().ToListAsync(Cancel));
        Assert.Equal([1, 2], await context.Guests.Where(g => numbers.Contains(g.Id)).Select(g => g.Id).Order().ToListAsync(Cancel));
    }

    [Theory, InlineData("postgresql"), InlineData("sqlite")]
    public async Task Bulk_updates_by_navigations_reach_the_tenants_rows(string provider)
    {
        await using var shop = await ExtendedShop.CreateAsync(provider);
        await shop.Database.ExecuteAsync("INSERT INTO \"Stays\" (\"Id\", \"HotelId\", \"Nights\", \"Taste\", \"GuestId\") VALUES (100, 'mine', 1, '{\"Drink\": \"x\"}', 11)");
        var before = await shop.TheirsAsync();
        await using var context = shop.Open("mine");
        foreach (var act in (Func<Task<int>>[])
        [
            () => context.Stays.ExecuteUpdateAsync(s => s.SetProperty(x => x.Guest!.HotelId, "theirs"), Cancel),
            () => context.Stays.ExecuteUpdateAsync(s => s.SetProperty(x => x.GuestId, 11), Cancel),
            () => context.Stays.Select(x => x.Guest!).ExecuteUpdateAsync(s => s.SetProperty(g => g.HotelId, "theirs"), Cancel),
        ])
            await Assert.ThrowsAsync<TenantException>(act);
        // What it reads by a navigation is the tenant's: of the stay that refers to another's guest there is nothing to count.
        Assert.Equal(2, await context.Stays.Select(x => new { x, x.Guest!.Stays.Count }).ExecuteUpdateAsync(s => s.SetProperty(p => p.x.Nights, p => 10 + p.Count), Cancel));
        Assert.Equal(["10", "11"], await shop.Database.RowsAsync("SELECT \"Nights\" FROM \"Stays\" WHERE \"HotelId\" = 'mine' ORDER BY 1"));
        Assert.Equal(1, await context.Stays.Where(x => x.Guest != null).Select(x => new { x, x.Guest!.Id }).ExecuteUpdateAsync(s => s.SetProperty(p => p.x.Nights, p => p.Id), Cancel));
        var error = await Record.ExceptionAsync(() => context.Stays.ExecuteUpdateAsync(s => s.SetProperty(x => x.Guest!.DeletedAt, DateTime.UnixEpoch), Cancel));
        Assert.True(error is null or InvalidOperationException, error?.ToString());
        await shop.Database.ExecuteAsync("UPDATE \"Stays\" SET \"Nights\" = 1 WHERE \"Id\" = 100");
        Assert.Equal(before, await shop.TheirsAsync());
    }
}
