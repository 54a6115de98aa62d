using System.Data.Common;
using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Ploy.EntityFrameworkCore;
using Ploy.EntityFrameworkCore.Tenancy;
using Xunit;

namespace Ploy.Client.Tests.Runtime;

/// <summary>
/// No row of another tenant is read or written, whatever the path: every tenant model, once by the client's filters and guards with row-level
/// security below, once by row-level security alone. Each check has its twin: the tenant's own rows are there.
/// </summary>
public sealed class LeakTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, InlineData(true), InlineData(false)]
    public Task Reads(bool isTenantAware) => ForEveryModelAsync(isTenantAware, new Reading());

    [Theory, InlineData(true), InlineData(false)]
    public Task Bulk_updates_and_deletes(bool isTenantAware) => ForEveryModelAsync(isTenantAware, new BulkWriting());

    [Theory, InlineData(true), InlineData(false)]
    public Task Raw_SQL(bool isTenantAware) => ForEveryModelAsync(isTenantAware, new Raw());

    [Theory, InlineData(true), InlineData(false)]
    public async Task Navigations_and_projections(bool isTenantAware)
    {
        await using var shop = await PostgresShop.CreateAsync(isTenantAware);
        // A foreign key that crosses tenants, as no path of ours can write it.
        await shop.Database.ExecuteAsync("UPDATE \"Orders\" SET \"CustomerId\" = 'globex-1' WHERE \"BusinessId\" = 'acme'");
        await using (var acme = shop.Open("acme"))
        {
            // A required relation is an inner join: without its target the row is not shown at all.
            Assert.Empty(await acme.Orders.Include(o => o.Customer).ToListAsync(Cancel));
            Assert.Empty(await acme.Orders.Select(o => o.Customer!.Email).ToListAsync(Cancel));
            var order = await acme.Orders.Include(o => o.Lines).SingleAsync(Cancel);
            Assert.Equal(["acme", "acme"], order.Lines.Select(l => l.BusinessId));
            await acme.Entry(order).Reference(o => o.Customer).LoadAsync(Cancel);
            Assert.Null(order.Customer);
            await acme.Entry(order).Collection(o => o.Lines).LoadAsync(Cancel);
            Assert.Equal(2, order.Lines.Count);
        }

        await using var globex = shop.Open("globex");
        var customer = await globex.Customers.Include(c => c.Orders).ThenInclude(o => o.Lines).SingleAsync(Cancel);
        Assert.Equal(["globex"], customer.Orders.Select(o => o.BusinessId));
        Assert.Equal([(1, 2)], (await globex.Customers.Select(c => new { Orders = c.Orders.Count, Lines = c.Orders.SelectMany(o => o.Lines).Count() }).ToListAsync(Cancel)).Select(x => (x.Orders, x.Lines)));
        await globex.Entry(customer).Collection(c => c.Orders).LoadAsync(Cancel);
        Assert.Single(customer.Orders);
        Assert.Equal(["a@globex"], await globex.Orders.Join(globex.Customers, o => o.CustomerId, c => c.Id, (_, c) => c.Email).ToListAsync(Cancel));
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task Compiled_queries_and_pooled_contexts_used_by_two_tenants_in_turn(bool isTenantAware)
    {
        await using var shop = await PostgresShop.CreateAsync(isTenantAware);
        var compiled = EF.CompileAsyncQuery((ShopContext c) => c.Customers.Where(x => x.Email != ""));
        for (var i = 0; i < 6; i++)
        {
            var tenant = i % 2 == 0 ? "acme" : "globex";
            await using var context = shop.Open(tenant);
            Assert.Equal([tenant + "-1"], await compiled(context).Select(c => c.Id).ToListAsync(Cancel));
            Assert.Equal([tenant + "-1"], await context.Customers.Select(c => c.Id).ToListAsync(Cancel));
        }
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task Transactions_savepoints_and_what_is_left_on_pooled_connections(bool isTenantAware)
    {
        await using var shop = await PostgresShop.CreateAsync(isTenantAware);
        for (var i = 0; i < 10; i++)
        {
            var tenant = i % 3 == 0 ? "acme" : "globex";
            await using var context = shop.Open(tenant);
            await using var transaction = await context.Database.BeginTransactionAsync(Cancel);
            Assert.Equal([tenant + "-1"], await context.Customers.Select(c => c.Id).ToListAsync(Cancel));
            await transaction.CreateSavepointAsync("here", Cancel);
            context.Add(new Badge { BusinessId = tenant });
            await context.SaveChangesAsync(Cancel);
            await transaction.RollbackToSavepointAsync("here", Cancel);
            Assert.Equal(1, await context.Badges.CountAsync(Cancel));
            if (i % 2 == 0) await transaction.CommitAsync(Cancel);
        }

        // Four connections are all there are; none remembers a tenant.
        var open = new List<NpgsqlConnection>();
        for (var i = 0; i < 4; i++)
        {
            open.Add(await shop.Source.OpenConnectionAsync(Cancel));
            await using var command = new NpgsqlCommand("SELECT coalesce(current_setting('app.current_business_id', true), '')", open[^1]);
            Assert.Equal("", await command.ExecuteScalarAsync(Cancel));
        }

        foreach (var connection in open) await connection.DisposeAsync();
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task Sixty_four_requests_at_once(bool isTenantAware)
    {
        await using var shop = await PostgresShop.CreateAsync(isTenantAware);
        var before = (Acme: await shop.StateOfAsync("acme"), Globex: await shop.StateOfAsync("globex"));
        await Parallel.ForEachAsync(Enumerable.Range(0, 64), new ParallelOptions { MaxDegreeOfParallelism = 64, CancellationToken = Cancel }, async (i, cancel) =>
        {
            var tenant = i % 2 == 0 ? "acme" : "globex";
            await using var context = shop.Open(tenant);
            Assert.Equal([tenant + "-1"], await context.Customers.Select(c => c.Id).ToListAsync(cancel));
            var badge = new Badge { BusinessId = tenant, CustomerId = tenant + "-1" };
            context.Add(badge);
            await context.SaveChangesAsync(cancel);
            await using (var transaction = await context.Database.BeginTransactionAsync(cancel))
            {
                Assert.Equal(1, await context.Customers.ExecuteUpdateAsync(s => s.SetProperty(c => c.Points, c => c.Points + 1), cancel));
                Assert.Equal(2, await context.OrderLines.CountAsync(cancel));
                await transaction.RollbackAsync(cancel);
            }

            Assert.All(await context.Badges.AsNoTracking().ToListAsync(cancel), b => Assert.Equal(tenant, b.BusinessId));
            context.Remove(badge);
            await context.SaveChangesAsync(cancel);
        });
        Assert.Equal(before, (await shop.StateOfAsync("acme"), await shop.StateOfAsync("globex")));
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task Inserts_one_by_one_and_in_bulk(bool isTenantAware)
    {
        await using var shop = await PostgresShop.CreateAsync(isTenantAware);
        var before = await shop.StateOfAsync("globex");
        await using (var context = shop.Open("acme"))
        {
            // Not even one foreign row among many: nothing of the batch is written.
            await AssertRefusedAsync(async () =>
            {
                context.AddRange(Enumerable.Range(0, 300).Select(i => new Customer { Id = "new" + i, BusinessId = i == 250 ? "globex" : "acme", Email = "x" + i }));
                await context.SaveChangesAsync(Cancel);
            });
        }

        await using (var context = shop.Open("acme"))
        {
            context.AddRange(Enumerable.Range(0, 300).Select(i => new Customer { Id = "own" + i, BusinessId = "acme", Email = "x" + i }));
            Assert.Equal(300, await context.SaveChangesAsync(Cancel));
            Assert.Equal(301, await context.Customers.CountAsync(Cancel));
        }

        // The driver's own bulk copy is past every client; row-level security does not let it in at all.
        await using var connection = await shop.Source.OpenConnectionAsync(Cancel);
        var error = await Assert.ThrowsAsync<PostgresException>(() => connection.BeginBinaryImportAsync("COPY \"Badges\" (\"BusinessId\") FROM STDIN (FORMAT BINARY)", Cancel));
        Assert.Equal("0A000", error.SqlState);
        Assert.Equal(before, await shop.StateOfAsync("globex"));
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task Tracked_rows_of_another_tenant(bool isTenantAware)
    {
        await using var shop = await PostgresShop.CreateAsync(isTenantAware);
        var before = await shop.StateOfAsync("globex");
        foreach (var change in (Action<ShopContext>[])
        [
            c => c.Update(new Customer { Id = "globex-1", BusinessId = "globex", Email = "stolen" }),
            c => c.Update(new Customer { Id = "globex-1", BusinessId = "acme", Email = "stolen" }),
            c => c.Remove(new Customer { Id = "globex-1", BusinessId = "globex", Email = "" }),
            c => c.HardDelete(new Customer { Id = "globex-1", BusinessId = "acme", Email = "" }),
            c => c.Customers.Single().BusinessId = "globex",
            c => c.Add(new Badge { BusinessId = "globex" }),
        ])
        {
            await using var context = shop.Open("acme");
            await AssertRefusedAsync(async () =>
            {
                change(context);
                await context.SaveChangesAsync(Cancel);
            });
        }

        Assert.Equal(before, await shop.StateOfAsync("globex"));
    }

    [Fact]
    public async Task Without_a_tenant_the_database_shows_nothing()
    {
        await using var shop = await PostgresShop.CreateAsync(isTenantAware: false);
        await using var context = shop.Open(null);
        Assert.Empty(await context.Customers.ToListAsync(Cancel));
        Assert.Equal(0, await context.Database.ExecuteSqlAsync($"UPDATE \"Customers\" SET \"Points\" = 9", Cancel));
        Assert.Equal(2, await context.Businesses.CountAsync(Cancel));
    }

    private static async Task ForEveryModelAsync(bool isTenantAware, Path path)
    {
        await using var shop = await PostgresShop.CreateAsync(isTenantAware);
        await path.RunAsync<Customer>(shop);
        await path.RunAsync<Order>(shop);
        await path.RunAsync<OrderLine>(shop);
        await path.RunAsync<Badge>(shop);
        await path.RunAsync<Contract>(shop);
    }

    /// <summary>Refused by the guard, by the condition on the tenant, or by the database's policy.</summary>
    private static async Task AssertRefusedAsync(Func<Task> act)
    {
        var error = await Assert.ThrowsAnyAsync<Exception>(act);
        Assert.True(error is TenantException or DbUpdateConcurrencyException || error.GetBaseException() is PostgresException { SqlState: "42501" }, error.ToString());
    }

    /// <summary>One way to rows.</summary>
    private abstract class Path
    {
        public abstract Task RunAsync<T>(PostgresShop shop)
            where T : class, ITenantRow;

        protected static object KeyOf<T>(ShopContext context, T row)
            where T : class => context.Entry(row).Property(context.Model.FindEntityType(typeof(T))!.FindPrimaryKey()!.Properties[0].Name).CurrentValue!;

        protected static string Table<T>(ShopContext context) => context.Model.FindEntityType(typeof(T))!.GetTableName()!;
    }

    private sealed class Reading : Path
    {
        public override async Task RunAsync<T>(PostgresShop shop)
        {
            object foreign;
            await using (var globex = shop.Open("globex")) foreign = KeyOf(globex, await globex.Set<T>().FirstAsync(Cancel));
            await using var context = shop.Open("acme");
            var own = await context.Set<T>().ToListAsync(Cancel);
            Assert.NotEmpty(own);
            Assert.All(own, r => Assert.Equal("acme", r.BusinessId));
            var key = KeyOf(context, own[0]);
            context.ChangeTracker.Clear();
            Assert.NotNull(await context.Set<T>().FindAsync([key], Cancel));
            Assert.Null(await context.Set<T>().FindAsync([foreign], Cancel));
            Assert.Equal(own.Count, await context.Set<T>().IgnoreQueryFilters().CountAsync(Cancel));
            Assert.Equal(own.Count, context.Set<T>().AsNoTracking().AsEnumerable().Count());
            Assert.False(await context.Set<T>().AnyAsync(r => r.BusinessId == "globex", Cancel));
            Assert.Equal(["acme"], await context.Set<T>().Select(r => r.BusinessId).Distinct().ToListAsync(Cancel));
            Assert.Equal([("acme", own.Count)], (await context.Set<T>().GroupBy(r => r.BusinessId).Select(g => new { g.Key, Count = g.Count() }).ToListAsync(Cancel)).Select(g => (g.Key, g.Count)));
            Assert.Equal(1, await context.Businesses.CountAsync(b => context.Set<T>().Any(r => r.BusinessId == b.Id), Cancel));
            Assert.Equal(own.Count, await context.Set<T>().Union(context.Set<T>()).CountAsync(Cancel));
        }
    }

    private sealed class BulkWriting : Path
    {
        public override async Task RunAsync<T>(PostgresShop shop)
        {
            var before = await shop.StateOfAsync("globex");
            await using var context = shop.Open("acme");
            var count = await context.Set<T>().CountAsync(Cancel);
            // A harmless column that every table has; the tenant's own column cannot be set at all.
            await using (var transaction = await context.Database.BeginTransactionAsync(Cancel))
            {
                Assert.Equal(count, await context.Set<T>().ExecuteUpdateAsync(s => s.SetProperty(Numbered<T>(context), Numbered<T>(context)), Cancel));
                Assert.Equal(0, await context.Set<T>().Where(r => r.BusinessId == "globex").ExecuteUpdateAsync(s => s.SetProperty(Numbered<T>(context), Numbered<T>(context)), Cancel));
                await transaction.RollbackAsync(Cancel);
            }

            await AssertRefusedAsync(() => context.Set<T>().ExecuteUpdateAsync(s => s.SetProperty(r => r.BusinessId, "globex"), Cancel));
            Assert.Equal(0, await context.Set<T>().Where(r => r.BusinessId == "globex").ExecuteDeleteAsync(Cancel));
            await using (var transaction = await context.Database.BeginTransactionAsync(Cancel))
            {
                if (typeof(T) == typeof(Customer)) await context.Contracts.ExecuteDeleteAsync(Cancel);
                Assert.Equal(count, await context.Set<T>().ExecuteDeleteAsync(Cancel));
                Assert.Equal(0, await context.Set<T>().CountAsync(Cancel));
                await transaction.RollbackAsync(Cancel);
            }

            Assert.Equal(before, await shop.StateOfAsync("globex"));
        }

        /// <summary>The customer's reference, or for customers and lines their points or order: set to itself.</summary>
        private static Expression<Func<T, object?>> Numbered<T>(ShopContext context)
            where T : class
        {
            var property = typeof(T) == typeof(Customer) ? nameof(Customer.Points) : nameof(Customer.DeletedAt);
            if (context.Model.FindEntityType(typeof(T))!.FindProperty(property) is null) property = context.Model.FindEntityType(typeof(T))!.FindPrimaryKey()!.Properties[0].Name;
            var row = Expression.Parameter(typeof(T), "row");
            return Expression.Lambda<Func<T, object?>>(Expression.Convert(Expression.Property(row, property), typeof(object)), row);
        }
    }

    private sealed class Raw : Path
    {
        public override async Task RunAsync<T>(PostgresShop shop)
        {
            var before = await shop.StateOfAsync("globex");
            await using var context = shop.Open("acme");
            var table = Table<T>(context);
            var count = await context.Set<T>().CountAsync(Cancel);
#pragma warning disable EF1002 // the table's name comes from the model, and names are no parameters
            Assert.Equal(count, (await context.Set<T>().FromSqlRaw($"SELECT * FROM \"{table}\"").ToListAsync(Cancel)).Count);
            // Past every filter of the client: row-level security holds all the same, inside a transaction and outside.
            Assert.Equal(["acme"], await context.Database.SqlQueryRaw<string>($"SELECT DISTINCT \"BusinessId\" AS \"Value\" FROM \"{table}\"").ToListAsync(Cancel));
            Assert.Equal(0, await context.Database.ExecuteSqlRawAsync($"DELETE FROM \"{table}\" WHERE \"BusinessId\" = 'globex'", Cancel));
            Assert.Equal(count, await context.Database.ExecuteSqlRawAsync($"UPDATE \"{table}\" SET \"BusinessId\" = 'acme'", Cancel));
            await AssertRefusedAsync(() => context.Database.ExecuteSqlRawAsync($"UPDATE \"{table}\" SET \"BusinessId\" = 'globex'", Cancel));
            await using var transaction = await context.Database.BeginTransactionAsync(Cancel);
            Assert.Equal(count, await context.Database.ExecuteSqlRawAsync($"UPDATE \"{table}\" SET \"BusinessId\" = 'acme'", Cancel));
#pragma warning restore EF1002
            // A command of one's own in a transaction that the context has begun and used is the tenant's too.
            await using DbCommand command = context.Database.GetDbConnection().CreateCommand();
            command.CommandText = $"SELECT count(*) FROM \"{table}\"";
            Assert.Equal((long)count, await command.ExecuteScalarAsync(Cancel));
            await transaction.RollbackAsync(Cancel);
            Assert.Equal(before, await shop.StateOfAsync("globex"));
        }
    }
}
