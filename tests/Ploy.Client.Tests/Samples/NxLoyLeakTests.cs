using System.Linq.Expressions;
using System.Reflection;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Npgsql;
using NxLoy.Data;
using NxLoy.Data.CustomerDomain;
using Ploy.EntityFrameworkCore;
using Ploy.EntityFrameworkCore.SoftDelete;
using Ploy.EntityFrameworkCore.Tenancy;
using Xunit;
using Xunit.Sdk;

namespace Ploy.Client.Tests.Samples;

/// <summary>
/// No path of NxLoy's generated client reads or writes a row of another tenant, for each of its tenant models: by the client's filters alone, and by
/// row-level security alone. Each check is also run with neither, where it must fail.
/// </summary>
public sealed class NxLoyLeakTests
{
    private static readonly MethodInfo[] Paths = [.. typeof(NxLoyLeakTests).GetMethods(BindingFlags.NonPublic | BindingFlags.Static).Where(m => m.IsGenericMethodDefinition && m.Name.EndsWith("Path", StringComparison.Ordinal))];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string> PathNames => [.. Paths.Select(p => p.Name).Order(StringComparer.Ordinal)];

    [Theory, MemberData(nameof(PathNames))]
    public Task The_filters_alone_hold(string path) => HoldsAsync(path, Protection.Filters);

    [Theory, MemberData(nameof(PathNames))]
    public Task Row_level_security_alone_holds(string path) => HoldsAsync(path, Protection.RowSecurity);

    [Theory, MemberData(nameof(PathNames))]
    public async Task With_neither_the_leak_is_found(string path)
    {
        await using var shop = await NxLoyTenants.CreateAsync(Protection.Nothing);
        foreach (var model in shop.Models) await Assert.ThrowsAnyAsync<XunitException>(() => RunAsync(shop, path, model));
    }

    [Theory, InlineData(Protection.Filters), InlineData(Protection.RowSecurity)]
    public async Task Sixty_four_requests_at_once_see_their_own_rows_only(Protection protection)
    {
        await using var shop = await NxLoyTenants.CreateAsync(protection);
        await Parallel.ForEachAsync(Enumerable.Range(0, 64), new ParallelOptions { MaxDegreeOfParallelism = 64, CancellationToken = Cancel }, async (i, cancel) =>
        {
            var tenant = i % 2 == 0 ? NxLoyTenants.Rich : NxLoyTenants.Other;
            await using var context = shop.Open(tenant);
            var customers = await context.Customers.Include(c => c.Activities).Include(c => c.Segments).ToListAsync(cancel);
            Assert.NotEmpty(customers);
            AssertOwn(context, tenant);
            context.Add(new CustomerSegment { Name = "request " + i, BusinessId = tenant });
            await context.SaveChangesAsync(cancel);
            customers[0].FirstName = "request " + i;
            await context.SaveChangesAsync(cancel);
            Assert.Equal([tenant], await context.CustomerSegments.Select(s => s.BusinessId).Distinct().ToListAsync(cancel));
        });
        await using var rich = shop.Open(NxLoyTenants.Rich);
        await using var other = shop.Open(NxLoyTenants.Other);
        Assert.Equal((32, 32), (await rich.CustomerSegments.CountAsync(s => s.Name.StartsWith("request"), Cancel), await other.CustomerSegments.CountAsync(s => s.Name.StartsWith("request"), Cancel)));
    }

    /// <summary>Its rows name no tenant, so that the database alone cannot keep them apart.</summary>
    [Theory, InlineData(Protection.Filters), InlineData(Protection.Nothing)]
    public async Task The_join_table_of_a_many_to_many_relation_is_the_tenants(Protection protection)
    {
        await using var shop = await NxLoyTenants.CreateAsync(protection);
        string customer;
        await using (var rich = shop.Open(NxLoyTenants.Rich))
        {
            var own = await rich.Customers.Where(c => c.BusinessId == NxLoyTenants.Rich).FirstAsync(Cancel);
            customer = own.Id;
            own.Segments.Add(new CustomerSegment { Name = "joined", BusinessId = NxLoyTenants.Rich });
            await rich.SaveChangesAsync(Cancel);
        }

        await using var context = shop.Open(NxLoyTenants.Other);
        var join = context.Set<Dictionary<string, object>>("_CustomerToCustomerSegment");
        var seen = await join.IgnoreQueryFilters().CountAsync(j => EF.Property<string>(j, "A") == customer, Cancel);
        var deleted = await join.Where(j => EF.Property<string>(j, "A") == customer).ExecuteDeleteAsync(Cancel);
        if (protection == Protection.Nothing)
        {
            Assert.True(seen > 0 && deleted > 0);
            return;
        }

        Assert.Equal((0, 0), (seen, deleted));
        await using var again = shop.Open(NxLoyTenants.Rich);
        Assert.Equal(1, await again.Customers.Where(c => c.Id == customer).SelectMany(c => c.Segments).CountAsync(s => s.Name == "joined", Cancel));
    }

    private static async Task HoldsAsync(string path, Protection protection)
    {
        await using var shop = await NxLoyTenants.CreateAsync(protection);
        Assert.Equal(16, shop.Models.Length);
        foreach (var model in shop.Models) await RunAsync(shop, path, model);
    }

    private static Task RunAsync(NxLoyTenants shop, string path, Type model) =>
        (Task)Paths.Single(p => p.Name == path).MakeGenericMethod(model).Invoke(null, [shop])!;

    private static async Task LinqPath<T>(NxLoyTenants shop)
        where T : class
    {
        await using var context = shop.Open(NxLoyTenants.Other);
        var rows = await context.Set<T>().IgnoreQueryFilters().ToListAsync(Cancel);
        AssertOwn(context, NxLoyTenants.Other);
        Assert.Equal((await shop.RowsAsync(TableOf<T>(context), NxLoyTenants.Other)).Count, rows.Count);
        Assert.Equal(0, await context.Set<T>().CountAsync(IsRich<T>(), Cancel));
    }

    private static async Task FindPath<T>(NxLoyTenants shop)
        where T : class
    {
        var key = await RichKeyAsync<T>(shop);
        await using (var rich = shop.Open(NxLoyTenants.Rich)) Assert.NotNull(await rich.Set<T>().FindAsync(key, Cancel));
        await using var context = shop.Open(NxLoyTenants.Other);
        Assert.Null(await context.Set<T>().FindAsync(key, Cancel));
        Assert.Null(context.Set<T>().Find(key));
    }

    private static async Task IncludePath<T>(NxLoyTenants shop)
        where T : class
    {
        await using var context = shop.Open(NxLoyTenants.Other);
        IQueryable<T> query = context.Set<T>();
        foreach (var navigation in context.Model.FindEntityType(typeof(T))!.GetNavigations()) query = query.Include(navigation.Name);
        await query.AsSplitQuery().LoadAsync(Cancel);
        AssertOwn(context, NxLoyTenants.Other);
    }

    /// <summary>From a business, which every tenant may read, down to its rows.</summary>
    private static async Task NavigationLoadingPath<T>(NxLoyTenants shop)
        where T : class
    {
        await using var context = shop.Open(NxLoyTenants.Other);
        var beans = await context.Businesses.SingleAsync(b => b.Id == NxLoyTenants.Rich, Cancel);
        var down = context.Entry(beans).Metadata.GetNavigations().FirstOrDefault(n => n.TargetEntityType.ClrType == typeof(T));
        if (down is not null)
        {
            await context.Entry(beans).Navigation(down.Name).LoadAsync(Cancel);
            Assert.Empty(context.ChangeTracker.Entries<T>());
        }
        else
        {
            Assert.Equal(0, await context.Businesses.Where(b => b.Id == NxLoyTenants.Rich).SelectMany(b => context.Set<T>().Where(r => EF.Property<string>(r, "BusinessId") == b.Id)).CountAsync(Cancel));
        }
    }

    private static async Task ProjectionPath<T>(NxLoyTenants shop)
        where T : class
    {
        await using var context = shop.Open(NxLoyTenants.Other);
        Assert.DoesNotContain(NxLoyTenants.Rich, await context.Set<T>().Select(r => EF.Property<string>(r, "BusinessId")).Distinct().ToListAsync(Cancel));
        Assert.DoesNotContain(NxLoyTenants.Rich, (await context.Set<T>().GroupBy(r => EF.Property<string>(r, "BusinessId")).Select(g => new { g.Key, Count = g.Count() }).ToListAsync(Cancel)).Select(g => g.Key));
        Assert.False(await context.Businesses.AnyAsync(b => b.Id == NxLoyTenants.Rich && context.Set<T>().Any(r => EF.Property<string>(r, "BusinessId") == b.Id), Cancel));
    }

    private static async Task CompiledQueryInTurnPath<T>(NxLoyTenants shop)
        where T : class
    {
        var compiled = EF.CompileAsyncQuery((NxLoyContext c) => c.Set<T>().Select(r => EF.Property<string>(r, "BusinessId")));
        for (var i = 0; i < 4; i++)
        {
            var tenant = i % 2 == 0 ? NxLoyTenants.Rich : NxLoyTenants.Other;
            await using var context = shop.Open(tenant);
            var seen = await compiled(context).ToListAsync(Cancel);
            Assert.All(seen, s => Assert.Equal(tenant, s));
            if (tenant == NxLoyTenants.Rich) Assert.NotEmpty(seen);
        }
    }

    /// <summary>A query that stands in a variable or comes from a method of the program's own, inside of another one.</summary>
    private static async Task CapturedQueryPath<T>(NxLoyTenants shop)
        where T : class
    {
        await using var context = shop.Open(NxLoyTenants.Other);
        var all = context.Set<T>().IgnoreQueryFilters();
        Assert.Equal(0, await context.SubscriptionPlans.CountAsync(p => all.Any(r => EF.Property<string>(r, "BusinessId") == NxLoyTenants.Rich), Cancel));
        Assert.Equal(0, await context.SubscriptionPlans.CountAsync(p => All<T>(context).Any(r => EF.Property<string>(r, "BusinessId") == NxLoyTenants.Rich), Cancel));
        await context.Set<T>().Where(r => all.Any()).LoadAsync(Cancel);
        await context.Set<T>().Concat(all).LoadAsync(Cancel);
        AssertOwn(context, NxLoyTenants.Other);
    }

    private static IQueryable<T> All<T>(NxLoyContext context)
        where T : class => context.Set<T>().IgnoreQueryFilters();

    private static async Task RawSqlPath<T>(NxLoyTenants shop)
        where T : class
    {
        await using var context = shop.Open(NxLoyTenants.Other);
#pragma warning disable EF1002 // the table's name comes from the model, and names are no parameters
        await context.Set<T>().FromSqlRaw($"SELECT * FROM \"{TableOf<T>(context)}\"").LoadAsync(Cancel);
#pragma warning restore EF1002
        AssertOwn(context, NxLoyTenants.Other);
    }

    private static async Task ExecuteUpdatePath<T>(NxLoyTenants shop)
        where T : class
    {
        var before = await RichRowsAsync<T>(shop);
        await using var context = shop.Open(NxLoyTenants.Other);
        await TryAsync(() => context.Set<T>().Where(IsRich<T>()).ExecuteUpdateAsync(s => s.SetProperty(Some<T>(context), Some<T>(context)), Cancel));
        await TryAsync(() => context.Set<T>().ExecuteUpdateAsync(s => s.SetProperty(Some<T>(context), Some<T>(context)), Cancel), mayBeOwn: true);
        await TryAsync(() => context.Set<T>().Where(IsRich<T>()).ExecuteUpdateAsync(s => s.SetProperty(r => EF.Property<string>(r, "BusinessId"), NxLoyTenants.Other), Cancel));
        Assert.Equal(before, await RichRowsAsync<T>(shop));
    }

    private static async Task ExecuteDeletePath<T>(NxLoyTenants shop)
        where T : class
    {
        var before = await RichRowsAsync<T>(shop);
        await using var context = shop.Open(NxLoyTenants.Other);
        await TryAsync(() => context.Set<T>().Where(IsRich<T>()).ExecuteDeleteAsync(Cancel));
        await TryAsync(() => context.Set<T>().Where(IsRich<T>()).ExecuteHardDeleteAsync(Cancel));
        Assert.Equal(before, await RichRowsAsync<T>(shop));
    }

    /// <summary>Fifty rows in one save, the last of them another tenant's: none is written.</summary>
    private static async Task BulkInsertPath<T>(NxLoyTenants shop)
        where T : class
    {
        var before = await RichRowsAsync<T>(shop);
        await using var context = shop.Open(NxLoyTenants.Other);
        await TryAsync(async () =>
        {
            // A row that must refer to another one's only row cannot be there fifty times.
            var isLone = TypeOf<T>(context).GetIndexes().Any(i => i.IsUnique && i.Properties.All(p => p.IsForeignKey() && !p.IsNullable));
            for (var i = isLone ? 49 : 0; i < 50; i++) context.Add(await CopyAsync<T>(shop, i == 49 ? NxLoyTenants.Rich : NxLoyTenants.Other, i));
            return await context.SaveChangesAsync(Cancel);
        });
        Assert.Equal(before, await RichRowsAsync<T>(shop));
    }

    private static async Task TrackedPath<T>(NxLoyTenants shop)
        where T : class
    {
        var before = await RichRowsAsync<T>(shop);
        foreach (var state in (EntityState[])[EntityState.Modified, EntityState.Deleted])
        {
            foreach (var owner in (string[])[NxLoyTenants.Rich, NxLoyTenants.Other])
            {
                await using var context = shop.Open(NxLoyTenants.Other);
                await TryAsync(async () =>
                {
                    var row = await RichRowAsync<T>(shop);
                    typeof(T).GetProperty("BusinessId")!.SetValue(row, owner);
                    context.Entry(row).State = state;
                    return await context.SaveChangesAsync(Cancel);
                });
            }
        }

        Assert.Equal(before, await RichRowsAsync<T>(shop));
    }

    /// <summary>Runs what must have found nothing, or be refused: by the guard, the condition on the tenant, a policy, or a trigger that lets nobody.</summary>
    private static async Task TryAsync(Func<Task<int>> act, bool mayBeOwn = false)
    {
        int count;
        try
        {
            count = await act();
        }
        catch (Exception error) when (error is TenantException or DbUpdateConcurrencyException || error.GetBaseException() is PostgresException { SqlState: "42501" }
            || (mayBeOwn && error.GetBaseException() is PostgresException { SqlState: "23001" }))
        {
            return;
        }
        catch (Exception error) when (error is SoftDeleteException || error.GetBaseException() is PostgresException)
        {
            throw new XunitException($"The database was reached: {error.GetBaseException().Message}");
        }

        if (!mayBeOwn && count > 0) throw new XunitException($"{count} rows were reached.");
    }

    private static void AssertOwn(NxLoyContext context, string tenant)
    {
        foreach (var entry in context.ChangeTracker.Entries())
            if (entry.Metadata.ClrType.GetProperty("BusinessId") is { } property && entry.Metadata.FindProperty("BusinessId") is { IsNullable: false })
                Assert.Equal((entry.Metadata.ClrType.Name, tenant), (entry.Metadata.ClrType.Name, (string?)property.GetValue(entry.Entity)));
    }

    private static Expression<Func<T, bool>> IsRich<T>()
        where T : class => r => EF.Property<string>(r, "BusinessId") == NxLoyTenants.Rich;

    /// <summary>Some plain property, to be set to itself.</summary>
    private static Expression<Func<T, object?>> Some<T>(NxLoyContext context)
        where T : class
    {
        var property = context.Model.FindEntityType(typeof(T))!.GetProperties().First(p => !p.IsKey() && !p.IsForeignKey() && p.Name != "BusinessId" && p.FindAnnotation("Ploy:UpdatedAt") is null);
        var row = Expression.Parameter(typeof(T), "row");
        return Expression.Lambda<Func<T, object?>>(Expression.Convert(Expression.Property(row, property.Name), typeof(object)), row);
    }

    private static string TableOf<T>(NxLoyContext context) => context.Model.FindEntityType(typeof(T))!.GetTableName()!; // tenant models are tables

    private static async Task<IReadOnlyList<string>> RichRowsAsync<T>(NxLoyTenants shop)
    {
        await using var context = shop.Open(NxLoyTenants.Rich);
        var rows = await shop.RowsAsync(TableOf<T>(context), NxLoyTenants.Rich);
        Assert.NotEmpty(rows);
        return rows;
    }

    private static async Task<T> RichRowAsync<T>(NxLoyTenants shop)
        where T : class
    {
        await using var context = shop.Open(NxLoyTenants.Rich);
        return await context.Set<T>().AsNoTracking().FirstAsync(IsRich<T>(), Cancel);
    }

    private static async Task<object?[]> RichKeyAsync<T>(NxLoyTenants shop)
        where T : class
    {
        var row = await RichRowAsync<T>(shop);
        await using var context = shop.Open(NxLoyTenants.Rich);
        return [.. TypeOf<T>(context).FindPrimaryKey()!.Properties.Select(p => p.PropertyInfo!.GetValue(row))];
    }

    private static IEntityType TypeOf<T>(NxLoyContext context) => context.Model.FindEntityType(typeof(T))!; // all are asked of its own model

    /// <summary>A row like the rich tenant's, with a key and unique values of its own, for a tenant.</summary>
    private static async Task<T> CopyAsync<T>(NxLoyTenants shop, string tenant, int number)
        where T : class
    {
        var row = await RichRowAsync<T>(shop);
        await using var context = shop.Open(tenant);
        foreach (var property in Unique(TypeOf<T>(context)))
        {
            var value = property.PropertyInfo!.GetValue(row);
            property.PropertyInfo.SetValue(row, value switch
            {
                _ when property.IsForeignKey() => property.IsNullable ? null : value,
                string => $"c{number}",
                DateOnly date => date.AddDays(-1 - number),
                DateTime time => time.AddDays(-1 - number),
                int => property.ValueGenerated == ValueGenerated.OnAdd ? 0 : 1000 + number,
                long => property.ValueGenerated == ValueGenerated.OnAdd ? 0L : 1000L + number,
                _ => value,
            });
        }

        typeof(T).GetProperty("BusinessId")!.SetValue(row, tenant);
        return row;
    }

    private static IEnumerable<IProperty> Unique(IEntityType type) => type.GetIndexes().Where(i => i.IsUnique).SelectMany(i => i.Properties)
        .Concat(type.FindPrimaryKey()!.Properties).Where(p => p.Name != "BusinessId").Distinct();
}
