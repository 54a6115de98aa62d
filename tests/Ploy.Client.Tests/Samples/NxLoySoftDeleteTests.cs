using System.Reflection;
using Microsoft.EntityFrameworkCore;
using NxLoy.Data;
using NxLoy.Data.Base;
using NxLoy.Data.CustomerDomain;
using NxLoy.Data.Referral;
using Ploy.EntityFrameworkCore;
using Ploy.EntityFrameworkCore.SoftDelete;
using Xunit;

namespace Ploy.Client.Tests.Samples;

/// <summary>No path of NxLoy's generated client reads or writes a row that is marked as deleted, for each model with a soft delete; and what deletions take along.</summary>
public sealed class NxLoySoftDeleteTests
{
    private const string Tenant = NxLoyTenants.Rich;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_path_of_any_model_meets_a_marked_row()
    {
        await using var shop = await NxLoyTenants.CreateAsync(Protection.Filters);
        List<Type> models;
        await using (var context = shop.Open(Tenant))
            models = [.. context.Model.GetEntityTypes().Where(t => t.FindProperty("DeletedAt") is not null).Select(t => t.ClrType).OrderBy(t => t.Name, StringComparer.Ordinal)];
        Assert.Equal(["Business", "Customer", "CustomerSegment", "LoyaltyProgram", "Partner", "ReferralCode", "Reward", "User"], models.Select(m => m.Name));
        foreach (var model in models)
            await (Task)typeof(NxLoySoftDeleteTests).GetMethod(nameof(HidesAsync), BindingFlags.NonPublic | BindingFlags.Static)!.MakeGenericMethod(model).Invoke(null, [shop])!;
    }

    /// <summary>Each path finds the row first, so that it would find it again.</summary>
    private static async Task HidesAsync<T>(NxLoyTenants shop)
        where T : class
    {
        string id, table;
        await using (var context = shop.Open(Tenant))
        {
            var type = context.Model.FindEntityType(typeof(T))!; // the caller asked the model for it
            table = type.GetTableName()!; // all are tables
            id = await context.Set<T>().OrderBy(r => EF.Property<string>(r, "Id")).Select(r => EF.Property<string>(r, "Id")).FirstAsync(Cancel);
        }

        var live = await SeenAsync<T>(shop, table, id);
        Assert.Equal(live.ToDictionary(s => s.Key, _ => true), live);
        await shop.Database.ExecuteAsync($"UPDATE \"{table}\" SET \"deletedAt\" = now() WHERE id = '{id}'");
        var marked = await SeenAsync<T>(shop, table, id);
        Assert.Equal(marked.ToDictionary(s => s.Key, s => s.Key == "IncludeDeleted"), marked);
        await using (var context = shop.Open(Tenant))
            Assert.Equal([id], await context.Set<T>().OnlyDeleted().Where(r => EF.Property<string>(r, "Id") == id).Select(r => EF.Property<string>(r, "Id")).ToListAsync(Cancel));
        var row = await shop.Database.RowsAsync($"SELECT t::text FROM \"{table}\" t WHERE id = '{id}'");
        await using (var context = shop.Open(Tenant))
        {
            // Neither changed nor marked anew.
            Assert.Equal(0, await context.Set<T>().Where(r => EF.Property<string>(r, "Id") == id).ExecuteUpdateAsync(s => s.SetProperty(r => EF.Property<DateTime>(r, "CreatedAt"), r => EF.Property<DateTime>(r, "CreatedAt")), Cancel));
            Assert.Equal(0, await context.Set<T>().Where(r => EF.Property<string>(r, "Id") == id).ExecuteDeleteAsync(Cancel));
            Assert.Equal(0, await context.Set<T>().Where(r => EF.Property<string>(r, "Id") == id).ExecuteHardDeleteAsync(Cancel));
        }

        Assert.Equal(row, await shop.Database.RowsAsync($"SELECT t::text FROM \"{table}\" t WHERE id = '{id}'"));
        await shop.Database.ExecuteAsync($"UPDATE \"{table}\" SET \"deletedAt\" = NULL WHERE id = '{id}'");
    }

    private static async Task<Dictionary<string, bool>> SeenAsync<T>(NxLoyTenants shop, string table, string id)
        where T : class
    {
        var seen = new Dictionary<string, bool>();
        await using (var context = shop.Open(Tenant))
        {
            seen["LINQ"] = await context.Set<T>().AnyAsync(r => EF.Property<string>(r, "Id") == id, Cancel);
            seen["IncludeDeleted"] = await context.Set<T>().IncludeDeleted().AnyAsync(r => EF.Property<string>(r, "Id") == id, Cancel);
            seen["Projection"] = (await context.Set<T>().Select(r => new { Id = EF.Property<string>(r, "Id") }).ToListAsync(Cancel)).Exists(r => r.Id == id);
            seen["Group"] = (await context.Set<T>().GroupBy(r => EF.Property<string>(r, "Id")).Select(g => g.Key).ToListAsync(Cancel)).Contains(id);
            seen["Subquery"] = await context.SubscriptionPlans.AnyAsync(p => context.Set<T>().Any(r => EF.Property<string>(r, "Id") == id), Cancel);
            seen["Find"] = await context.Set<T>().FindAsync([id], Cancel) is not null;
            seen["Blocking Find"] = context.Set<T>().Find(id) is not null;
        }

        await using (var context = shop.Open(Tenant))
        {
#pragma warning disable EF1002 // the table's name comes from the model, and names are no parameters
            await context.Set<T>().FromSqlRaw($"SELECT * FROM \"{table}\"").LoadAsync(Cancel);
#pragma warning restore EF1002
            seen["Raw SQL"] = Tracks<T>(context, id);
        }

        // Prepared once and used by pooled contexts in turn.
        var compiled = EF.CompileAsyncQuery((NxLoyContext c, string key) => c.Set<T>().Where(r => EF.Property<string>(r, "Id") == key));
        for (var i = 0; i < 3; i++)
        {
            await using var context = shop.Open(i == 1 ? NxLoyTenants.Other : Tenant);
            await foreach (var _ in compiled(context, id)) { }
            if (i != 1) seen["Compiled " + i] = Tracks<T>(context, id);
        }

        await AddNavigationsAsync<T>(shop, id, seen);
        return seen;
    }

    /// <summary>From every other entity that has such rows: by an include, and by loading the navigation of a row that is there.</summary>
    private static async Task AddNavigationsAsync<T>(NxLoyTenants shop, string id, Dictionary<string, bool> seen)
        where T : class
    {
        List<(Type Type, string Name)> navigations;
        await using (var context = shop.Open(Tenant))
        {
            navigations = [.. context.Model.GetEntityTypes().SelectMany(t => t.GetNavigations().Concat<Microsoft.EntityFrameworkCore.Metadata.INavigationBase>(t.GetSkipNavigations()))
                .Where(n => n.TargetEntityType.ClrType == typeof(T) && n.DeclaringEntityType.ClrType != typeof(T)).Select(n => (n.DeclaringEntityType.ClrType, n.Name))];
        }

        bool isIncluded = false, isLoaded = false;
        foreach (var (type, name) in navigations)
        {
            await using var including = shop.Open(Tenant);
            await including.Query(type).Include(name).LoadAsync(Cancel);
            isIncluded |= Tracks<T>(including, id);
            await using var loading = shop.Open(Tenant);
            foreach (var row in await loading.Query(type).ToListAsync(Cancel)) await loading.Entry(row).Navigation(name).LoadAsync(Cancel);
            isLoaded |= Tracks<T>(loading, id);
        }

        (seen["Include"], seen["Navigation"]) = (isIncluded, isLoaded);
    }

    [Fact]
    public async Task A_deletion_takes_along_what_cascades_and_a_restore_brings_back_that_and_no_more()
    {
        await using var shop = await NxLoyTenants.CreateAsync(Protection.Filters);
        await AddCustomerAsync(shop, "new", "A", "B", "C");
        await using (var context = shop.Open(Tenant)) Assert.Equal(1, await context.ReferralCodes.Where(c => c.Code == "A").ExecuteDeleteAsync(Cancel));
        shop.Time.Advance(TimeSpan.FromMinutes(1));
        await using (var context = shop.Open(Tenant))
        {
            var customer = await context.Customers.Include(c => c.Segments).Include(c => c.ReferralCodes).SingleAsync(c => c.Id == "new", Cancel);
            Assert.Equal(["B", "C"], customer.ReferralCodes.Select(c => c.Code).Order());
            Assert.Single(customer.Segments);
            context.Remove(customer);
            await context.SaveChangesAsync(Cancel);
            // As after a real delete: the context has forgotten it.
            Assert.Null(await context.Customers.FindAsync(["new"], Cancel));
            Assert.Empty(context.ChangeTracker.Entries<Customer>());
            Assert.Empty(context.ChangeTracker.Entries<ReferralCode>());
            Assert.Empty(await context.ReferralCodes.Where(c => c.CustomerId == "new").ToListAsync(Cancel));
        }

        // Another tenant's are nobody else's to take along, and activities, which have no mark, stay for the history.
        Assert.Equal(["1"], await shop.Database.RowsAsync("SELECT count(*) FROM customer_activities WHERE \"customerId\" = 'new'"));
        await using (var context = shop.Open(Tenant))
        {
            var customer = await context.Customers.OnlyDeleted().SingleAsync(c => c.Id == "new", Cancel);
            Assert.True(await context.RestoreAsync(customer, Cancel));
            Assert.Null(customer.DeletedAt);
            customer.FirstName = "Back";
            await context.SaveChangesAsync(Cancel);
        }

        await using var again = shop.Open(Tenant);
        Assert.Equal("Back", await again.Customers.Where(c => c.Id == "new").Select(c => c.FirstName).SingleAsync(Cancel));
        Assert.Equal(["B", "C"], await again.ReferralCodes.Where(c => c.CustomerId == "new").OrderBy(c => c.Code).Select(c => c.Code).ToListAsync(Cancel));
        Assert.Equal(["A"], await again.ReferralCodes.OnlyDeleted().Where(c => c.CustomerId == "new").Select(c => c.Code).ToListAsync(Cancel));
    }

    [Fact]
    public async Task A_row_that_its_own_context_deleted_can_be_restored_and_changed()
    {
        await using var shop = await NxLoyTenants.CreateAsync(Protection.Filters);
        await AddCustomerAsync(shop, "new", "A");
        await using var context = shop.Open(Tenant);
        var customer = await context.Customers.SingleAsync(c => c.Id == "new", Cancel);
        context.Remove(customer);
        await context.SaveChangesAsync(Cancel);
        Assert.True(await context.RestoreAsync(customer, Cancel));
        Assert.False(await context.RestoreAsync(customer, Cancel));
        customer.FirstName = "Back";
        Assert.Equal(1, await context.SaveChangesAsync(Cancel));
        Assert.Same(customer, await context.Customers.FindAsync(["new"], Cancel));
        Assert.Equal(["Back|NULL"], await shop.Database.RowsAsync("SELECT \"firstName\", \"deletedAt\" FROM customers WHERE id = 'new'"));
    }

    [Fact]
    public async Task A_refused_deletion_waits_whole_and_marks_nothing_at_the_next_save()
    {
        await using var shop = await NxLoyTenants.CreateAsync(Protection.Filters);
        await AddCustomerAsync(shop, "new", "A");
        await using var context = shop.Open(Tenant);
        var code = await context.ReferralCodes.SingleAsync(c => c.Code == "A", Cancel);
        var reward = new ReferralReward { CodeId = code.Id, ReferredId = "new" };
        context.Add(reward);
        await context.SaveChangesAsync(Cancel);
        context.ChangeTracker.Clear();

        context.Remove(await context.ReferralCodes.SingleAsync(c => c.Code == "A", Cancel));
        for (var i = 0; i < 2; i++)
        {
            await Assert.ThrowsAsync<SoftDeleteException>(() => context.SaveChangesAsync(Cancel));
            Assert.Throws<SoftDeleteException>(() => context.SaveChanges());
        }

        Assert.Equal(["f"], await shop.Database.RowsAsync("SELECT \"deletedAt\" IS NOT NULL FROM referral_codes WHERE code = 'A'"));
        await context.ReferralRewards.Where(r => r.CodeId == code.Id).ExecuteDeleteAsync(Cancel);
        await context.SaveChangesAsync(Cancel);
        Assert.Equal(["t"], await shop.Database.RowsAsync("SELECT \"deletedAt\" IS NOT NULL FROM referral_codes WHERE code = 'A'"));
        Assert.Equal(0, await context.SaveChangesAsync(Cancel));
    }

    [Fact]
    public async Task Unique_values_are_free_again_for_many_rows_at_once()
    {
        await using var shop = await NxLoyTenants.CreateAsync(Protection.Filters);
        for (var round = 0; round < 3; round++)
        {
            await using var context = shop.Open(Tenant);
            context.AddRange(Enumerable.Range(0, 200).Select(i => new CustomerSegment { Name = "bulk " + i }));
            Assert.Equal(200, await context.SaveChangesAsync(Cancel));
            if (round == 0) context.RemoveRange(await context.CustomerSegments.Where(s => s.Name.StartsWith("bulk")).ToListAsync(Cancel));
            if (round == 1) Assert.Equal(200, await context.CustomerSegments.Where(s => s.Name.StartsWith("bulk")).ExecuteDeleteAsync(Cancel));
            await context.SaveChangesAsync(Cancel);
        }

        await using var again = shop.Open(Tenant);
        Assert.Equal((200, 600), (await again.CustomerSegments.CountAsync(s => s.Name.StartsWith("bulk"), Cancel), await again.CustomerSegments.IncludeDeleted().CountAsync(s => s.Name.StartsWith("bulk"), Cancel)));
        again.Add(new CustomerSegment { Name = "bulk 7" });
        await Assert.ThrowsAsync<DbUpdateException>(() => again.SaveChangesAsync(Cancel));
        again.ChangeTracker.Clear();
        // One of that name is there: an older one cannot come back beside it.
        var old = await again.CustomerSegments.OnlyDeleted().FirstAsync(s => s.Name == "bulk 7", Cancel);
        await Assert.ThrowsAnyAsync<Exception>(() => again.RestoreAsync(old, Cancel));
        Assert.NotNull(old.DeletedAt);
    }

    [Fact]
    public async Task Sixty_four_requests_delete_and_make_anew_the_same_values()
    {
        await using var shop = await NxLoyTenants.CreateAsync(Protection.Filters);
        await Parallel.ForEachAsync(Enumerable.Range(0, 64), new ParallelOptions { MaxDegreeOfParallelism = 64, CancellationToken = Cancel }, async (i, cancel) =>
        {
            var (tenant, name) = (i % 2 == 0 ? Tenant : NxLoyTenants.Other, "request " + (i / 2));
            for (var round = 0; round < 2; round++)
            {
                await using (var context = shop.Open(tenant))
                {
                    context.Add(new CustomerSegment { Name = name });
                    await context.SaveChangesAsync(cancel);
                }

                await using (var context = shop.Open(tenant))
                {
                    context.Remove(await context.CustomerSegments.SingleAsync(s => s.Name == name, cancel));
                    await context.SaveChangesAsync(cancel);
                    Assert.False(await context.CustomerSegments.AnyAsync(s => s.Name == name, cancel));
                }
            }
        });
        await using var again = shop.Open(Tenant);
        Assert.Equal((0, 64), (await again.CustomerSegments.CountAsync(s => s.Name.StartsWith("request"), Cancel), await again.CustomerSegments.OnlyDeleted().CountAsync(s => s.Name.StartsWith("request"), Cancel)));
    }

    [Fact]
    public async Task A_purge_by_age_goes_in_batches_and_takes_the_children_of_what_it_purges()
    {
        await using var shop = await NxLoyTenants.CreateAsync(Protection.Filters);
        for (var i = 0; i < 7; i++) await AddCustomerAsync(shop, "old" + i, "A" + i, "B" + i);
        await AddCustomerAsync(shop, "young", "Y");
        await using var context = shop.Open(Tenant);
        Assert.Equal(7, await context.Customers.Where(c => c.Id.StartsWith("old")).ExecuteDeleteAsync(Cancel));
        shop.Time.Advance(TimeSpan.FromDays(20));
        Assert.Equal(1, await context.Customers.Where(c => c.Id == "young").ExecuteDeleteAsync(Cancel));
        Assert.Equal(0, await context.PurgeDeletedAsync<Customer>(TimeSpan.FromDays(30), cancellationToken: Cancel));
        shop.Time.Advance(TimeSpan.FromDays(11));
        Assert.Equal(7, await context.PurgeDeletedAsync<Customer>(TimeSpan.FromDays(30), batchSize: 3, Cancel));
        Assert.Equal(["young"], await shop.Database.RowsAsync("SELECT id FROM customers WHERE \"deletedAt\" IS NOT NULL AND (id LIKE 'old%' OR id = 'young')"));
        Assert.Equal(["Y"], await shop.Database.RowsAsync("SELECT code FROM referral_codes WHERE code ~ '^[ABY][0-9]?$'"));
        Assert.Equal(["1"], await shop.Database.RowsAsync("SELECT count(*) FROM customer_activities WHERE \"customerId\" LIKE 'old%' OR \"customerId\" = 'young'"));
    }

    [Fact]
    public async Task A_hard_delete_leaves_nothing_and_is_for_marked_rows_too()
    {
        await using var shop = await NxLoyTenants.CreateAsync(Protection.Filters);
        await AddCustomerAsync(shop, "a", "A");
        await AddCustomerAsync(shop, "b", "B");
        await AddCustomerAsync(shop, "c", "C");
        await using var context = shop.Open(Tenant);
        context.HardDelete(await context.Customers.Include(c => c.ReferralCodes).SingleAsync(c => c.Id == "a", Cancel));
        await context.Customers.Where(c => c.Id == "b").ExecuteDeleteAsync(Cancel);
        context.HardDelete(await context.Customers.OnlyDeleted().SingleAsync(c => c.Id == "b", Cancel));
        await context.SaveChangesAsync(Cancel);
        Assert.Equal(1, await context.Customers.Where(c => c.Id == "c").ExecuteHardDeleteAsync(Cancel));
        Assert.Equal(["0|0|0"], await shop.Database.RowsAsync("SELECT (SELECT count(*) FROM customers WHERE id IN ('a', 'b', 'c')), (SELECT count(*) FROM referral_codes WHERE code IN ('A', 'B', 'C')), (SELECT count(*) FROM customer_activities WHERE \"customerId\" IN ('a', 'b', 'c'))"));
    }

    private static bool Tracks<T>(NxLoyContext context, string id)
        where T : class => context.ChangeTracker.Entries<T>().Any(e => (string?)e.Property("Id").CurrentValue == id);

    private static async Task AddCustomerAsync(NxLoyTenants shop, string id, params string[] codes)
    {
        await using var context = shop.Open(Tenant);
        context.Add(new Customer
        {
            Id = id,
            Email = id + "@example.com",
            FirstName = id,
            LastName = "X",
            ReferralCodes = [.. codes.Select(c => new ReferralCode { Code = c })],
            Segments = [new CustomerSegment { Name = "of " + id }],
            Activities = [new CustomerActivity { Type = ActivityType.SignUp }],
        });
        await context.SaveChangesAsync(Cancel);
    }
}

file static class Sets
{
    private static readonly MethodInfo SetMethod = typeof(DbContext).GetMethods().Single(m => m.Name == nameof(DbContext.Set) && m.GetParameters().Length == 0);

    /// <summary>The set of a type that is known only at run time.</summary>
    public static IQueryable<object> Query(this DbContext context, Type type) => (IQueryable<object>)SetMethod.MakeGenericMethod(type).Invoke(context, null)!;
}
