using System.Data;
using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;
using Ploy.EntityFrameworkCore.Tenancy;
using Xunit;

namespace Ploy.Client.Tests.Runtime;

/// <summary>
/// The database is told the tenant before each statement of it, whatever else happens to statements and transactions: interceptors of the application's own,
/// savepoints, commands that never reach the server, retries. Row-level security is alone here; the model knows nothing of tenants.
/// </summary>
public sealed class TenantSettingTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Interceptors_that_change_statements_leave_the_tenant_in_them()
    {
        await using var shop = await PostgresShop.CreateAsync(isTenantAware: false, configure: o => o.AddInterceptors(new Changing()));
        await using var context = shop.Open("acme");
        Assert.Equal(["acme-1"], await context.Customers.Select(c => c.Id).ToListAsync(Cancel));
        Assert.Equal(1, await context.Customers.CountAsync(Cancel));
        context.Add(new Badge { BusinessId = "acme" });
        (await context.Customers.SingleAsync(Cancel)).Points = 7;
        Assert.Equal(2, await context.SaveChangesAsync(Cancel));
        Assert.Equal(1, await context.Customers.ExecuteUpdateAsync(s => s.SetProperty(c => c.Points, 8), Cancel));
        await using var transaction = await context.Database.BeginTransactionAsync(Cancel);
        Assert.Equal(["acme", "acme"], await context.Badges.Select(c => c.BusinessId).ToListAsync(Cancel));
        Assert.Equal(["acme"], await context.Orders.Select(c => c.BusinessId).ToListAsync(Cancel));
    }

    /// <summary>As a cache does it.</summary>
    [Fact]
    public async Task A_result_that_an_interceptor_gives_itself_is_read_as_it_is_and_tells_the_database_nothing()
    {
        var caching = new Caching();
        await using var shop = await PostgresShop.CreateAsync(isTenantAware: false, configure: o => o.AddInterceptors(caching));
        var tenant = new TenantContext { TenantId = "acme" };
        await using var context = shop.OpenFor(tenant);
        await using var transaction = await context.Database.BeginTransactionAsync(Cancel);
        Assert.Equal(["acme-1"], await context.Customers.Select(c => c.Id).ToListAsync(Cancel));
        tenant.TenantId = "globex";
        caching.Answers = "cached";
        Assert.Equal(["cached"], await context.Customers.Select(c => c.Id).ToListAsync(Cancel));
        Assert.Equal(0, await context.Badges.ExecuteDeleteAsync(Cancel));
        caching.Answers = null;
        Assert.Equal(["globex-1"], await context.Customers.Select(c => c.Id).ToListAsync(Cancel));
        Assert.Equal(["globex"], await context.Badges.Select(c => c.BusinessId).ToListAsync(Cancel));
    }

    [Fact]
    public async Task A_command_that_never_reached_the_server_has_told_it_nothing()
    {
        var failing = new Failing();
        await using var shop = await PostgresShop.CreateAsync(isTenantAware: false, configure: o => o.AddInterceptors(failing));
        var tenant = new TenantContext { TenantId = "acme" };
        await using var context = shop.OpenFor(tenant);
        await using var transaction = await context.Database.BeginTransactionAsync(Cancel);
        Assert.Equal(["acme-1"], await context.Customers.Select(c => c.Id).ToListAsync(Cancel));
        foreach (var (next, act) in ((string, Func<Task>)[])
        [
            ("globex", () => context.Customers.ToListAsync(Cancel)),
            ("acme", () => context.Customers.ExecuteUpdateAsync(s => s.SetProperty(c => c.Points, 1), Cancel)),
            ("globex", () => context.Database.ExecuteSqlAsync($"UPDATE \"Customers\" SET \"Points\" = 1", Cancel)),
        ])
        {
            tenant.TenantId = next;
            failing.Error = new OperationCanceledException("before it was sent");
            await Assert.ThrowsAsync<OperationCanceledException>(act);
            Assert.Equal([next + "-1"], await context.Customers.Select(c => c.Id).ToListAsync(Cancel));
        }
    }

    [Fact]
    public async Task After_a_rollback_to_a_savepoint_by_any_means_the_database_is_told_again()
    {
        await using var shop = await PostgresShop.CreateAsync(isTenantAware: false);
        var tenant = new TenantContext { TenantId = "acme" };
        await using var context = shop.OpenFor(tenant);
        await using var transaction = await context.Database.BeginTransactionAsync(Cancel);
        Assert.Equal(["acme-1"], await context.Customers.Select(c => c.Id).ToListAsync(Cancel));
        await context.Database.ExecuteSqlAsync($"SAVEPOINT here", Cancel);
        tenant.TenantId = "globex";
        Assert.Equal(["globex-1"], await context.Customers.Select(c => c.Id).ToListAsync(Cancel));
        await context.Database.ExecuteSqlAsync($"ROLLBACK TO SAVEPOINT here", Cancel);
        Assert.Equal(["globex-1"], await context.Customers.Select(c => c.Id).ToListAsync(Cancel));

        await transaction.CreateSavepointAsync("there", Cancel);
        tenant.TenantId = "acme";
        Assert.Equal(1, await context.Customers.ExecuteUpdateAsync(s => s.SetProperty(c => c.Points, 1), Cancel));
        await transaction.RollbackToSavepointAsync("there", Cancel);
        Assert.Equal(["acme-1"], await context.Customers.Select(c => c.Id).ToListAsync(Cancel));

        // A save that fails goes back to a savepoint of its own.
        tenant.TenantId = "globex";
        context.Add(new Customer { Id = "acme-1", BusinessId = "globex", Email = "x" });
        await Assert.ThrowsAsync<DbUpdateException>(() => context.SaveChangesAsync(Cancel));
        context.ChangeTracker.Clear();
        Assert.Equal(["globex-1"], await context.Customers.Select(c => c.Id).ToListAsync(Cancel));
        context.Add(new Badge { BusinessId = "globex" });
        Assert.Equal(1, await context.SaveChangesAsync(Cancel));
        await transaction.CommitAsync(Cancel);
        Assert.Equal(["acme|1", "globex|2"], await shop.Database.RowsAsync("SELECT \"BusinessId\", count(*) FROM \"Badges\" GROUP BY 1 ORDER BY 1"));
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task What_is_tried_again_is_the_tenants_too(bool isTenantAware)
    {
        var failing = new Failing();
        await using var shop = await PostgresShop.CreateAsync(isTenantAware, withBadges: false, configure: o =>
            o.AddInterceptors(failing).ReplaceService<IExecutionStrategyFactory, RetryingFactory>());
        var before = await shop.StateOfAsync("globex");
        await using var context = shop.Open("acme");
        Assert.Equal(["acme-1"], await Twice(() => context.Customers.Select(c => c.Id).ToListAsync(Cancel)));
        Assert.Equal(1, await Twice(() => context.Customers.ExecuteUpdateAsync(s => s.SetProperty(c => c.Points, c => c.Points + 1), Cancel)));
        Assert.Equal(1, await Twice(() => context.Database.CreateExecutionStrategy().ExecuteAsync(() => context.Database.ExecuteSqlAsync($"UPDATE \"Customers\" SET \"Points\" = \"Points\" + 1", Cancel))));
        context.Add(new Badge { BusinessId = "acme" });
        Assert.Equal(1, await Twice(() => context.SaveChangesAsync(Cancel)));
        // A delete that is a mark, with all that depends on it, in a transaction of its own.
        foreach (var fails in (int[])[1, 2, 3])
        {
            context.ChangeTracker.Clear();
            var customer = await context.Customers.SingleAsync(Cancel);
            context.Remove(customer);
            Assert.Equal(1, await Twice(() => context.SaveChangesAsync(Cancel), fails));
            Assert.Equal(["t|t|t"], await shop.Database.RowsAsync("SELECT DISTINCT c.\"DeletedAt\" IS NOT NULL, o.\"DeletedAt\" = c.\"DeletedAt\", l.\"DeletedAt\" = c.\"DeletedAt\" FROM \"Customers\" c JOIN \"Orders\" o ON o.\"CustomerId\" = c.\"Id\" JOIN \"OrderLines\" l ON l.\"OrderId\" = o.\"Id\" WHERE c.\"BusinessId\" = 'acme'"));
            Assert.True(await Ploy.EntityFrameworkCore.SoftDeleteExtensions.RestoreAsync(context, customer, Cancel));
        }

        Assert.Equal(["2"], await shop.Database.RowsAsync("SELECT \"Points\" FROM \"Customers\" WHERE \"BusinessId\" = 'acme'"));
        Assert.Equal(before, await shop.StateOfAsync("globex"));

        async Task<T> Twice<T>(Func<Task<T>> act, int at = 1)
        {
            (failing.Error, failing.After, var tries) = (new TimeoutException("tried again"), at - 1, failing.Count);
            var result = await act();
            Assert.Equal(tries + 1, failing.Count);
            return result;
        }
    }

    [Fact]
    public async Task Row_level_security_alone_holds_for_queries_in_parts_and_over_SQL()
    {
        await using var shop = await PostgresShop.CreateAsync(isTenantAware: false);
        await using var context = shop.Open("acme");
        for (var i = 0; i < 2; i++)
        {
            foreach (var query in (IQueryable<Customer>[])
            [
                context.Customers.AsSplitQuery(), context.Customers.AsNoTrackingWithIdentityResolution(), context.Customers.FromSql($"SELECT * FROM \"Customers\" WHERE \"Points\" >= {0}").AsSplitQuery(),
            ])
            {
                var customers = await query.Include(c => c.Orders).ThenInclude(o => o.Lines).ToListAsync(Cancel);
                Assert.Equal([("acme-1", 1, 2)], customers.Select(c => (c.Id, c.Orders.Count, c.Orders.Sum(o => o.Lines.Count))));
                context.ChangeTracker.Clear();
            }

            Assert.Equal(["acme"], await context.Database.SqlQuery<Row>($"SELECT \"BusinessId\", \"Points\" FROM \"Customers\"").Where(r => r.Points >= 0).Select(r => r.BusinessId).ToListAsync(Cancel));
            Assert.Equal(2, await context.Database.SqlQuery<int>($"SELECT \"Id\" AS \"Value\" FROM \"OrderLines\"").CountAsync(Cancel));
            // The same in a transaction, which is told once.
            if (i == 0) await context.Database.BeginTransactionAsync(Cancel);
        }
    }

    private sealed record Row(string BusinessId, int Points);

    /// <summary>Puts a comment before each statement, and a parameter behind the others.</summary>
    private sealed class Changing : DbCommandInterceptor
    {
        public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
            DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default)
        {
            Change(command);
            return new(result);
        }

        public override ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(
            DbCommand command, CommandEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
        {
            Change(command);
            return new(result);
        }

        private static void Change(DbCommand command)
        {
            command.CommandText = "/* traced */ " + command.CommandText;
            command.Parameters.Add(new NpgsqlParameter("unused", "x"));
        }
    }

    /// <summary>Gives answers of its own where there are any.</summary>
    private sealed class Caching : DbCommandInterceptor
    {
        public string? Answers { get; set; }

        public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
            DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default)
        {
            if (Answers is null) return new(result);
            var table = new DataTable();
            table.Columns.Add("Id", typeof(string));
            table.Rows.Add(Answers);
            return new(InterceptionResult<DbDataReader>.SuppressWithResult(table.CreateDataReader()));
        }

        public override ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(
            DbCommand command, CommandEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default) =>
            new(Answers is null ? result : InterceptionResult<int>.SuppressWithResult(0));
    }

    /// <summary>Fails once, in place of a command or of the one so many after it.</summary>
    private sealed class Failing : DbCommandInterceptor
    {
        public Exception? Error { get; set; }

        public int After { get; set; }

        public int Count { get; private set; }

        public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
            DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default)
        {
            Fail();
            return new(result);
        }

        public override ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(
            DbCommand command, CommandEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
        {
            Fail();
            return new(result);
        }

        private void Fail()
        {
            if (Error is not { } error || After-- > 0) return;
            Error = null;
            Count++;
            throw error;
        }
    }

    private sealed class RetryingFactory(ExecutionStrategyDependencies dependencies) : IExecutionStrategyFactory
    {
        public IExecutionStrategy Create() => new Retrying(dependencies);
    }

    private sealed class Retrying(ExecutionStrategyDependencies dependencies) : ExecutionStrategy(dependencies, maxRetryCount: 3, TimeSpan.FromMilliseconds(1))
    {
        protected override bool ShouldRetryOn(Exception exception) => exception is TimeoutException || exception.InnerException is TimeoutException;
    }
}
