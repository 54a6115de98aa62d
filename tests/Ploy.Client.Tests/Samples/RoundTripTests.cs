using System.Collections.Concurrent;
using System.Data.Common;
using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Xunit;

namespace Ploy.Client.Tests.Samples;

/// <summary>The database is told the tenant in the message of the statement itself: no path pays a message of its own for it.</summary>
public sealed class RoundTripTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_lone_update_is_one_message_and_needs_no_transaction()
    {
        var (messages, transactions) = await SeeAsync(async context =>
        {
            var customer = await context.Customers.FirstAsync(Cancel);
            customer.FirstName = "Renamed";
            await context.SaveChangesAsync(Cancel);
        });
        Assert.Equal((2, 0), (messages, transactions));
    }

    [Fact]
    public async Task Several_updates_at_once_are_one_message()
    {
        var (messages, transactions) = await SeeAsync(async context =>
        {
            foreach (var customer in await context.Customers.ToListAsync(Cancel)) customer.FirstName += "!";
            await context.SaveChangesAsync(Cancel);
        });
        Assert.Equal((2, 1), (messages, transactions));
    }

    [Fact]
    public async Task A_lone_update_that_blocks_is_one_message_too()
    {
        var (messages, transactions) = await SeeAsync(context =>
        {
            context.Customers.First().FirstName = "Renamed";
            context.SaveChanges();
            return Task.CompletedTask;
        });
        Assert.Equal((2, 0), (messages, transactions));
    }

    [Fact]
    public async Task Queries_bulk_updates_and_raw_statements_are_one_message_each()
    {
        var (messages, transactions) = await SeeAsync(async context =>
        {
            await context.Customers.CountAsync(Cancel);
            await context.CustomerSegments.ExecuteUpdateAsync(s => s.SetProperty(x => x.IsDynamic, true), Cancel);
            await context.Database.ExecuteSqlAsync($"UPDATE customers SET \"firstName\" = 'x'", Cancel);
        });
        Assert.Equal((3, 0), (messages, transactions));
    }

    /// <summary>How many messages the driver sends and how many transactions EF Core begins (the driver sends BEGIN with the next message).</summary>
    private static async Task<(int Messages, int Transactions)> SeeAsync(Func<NxLoy.Data.NxLoyContext, Task> act)
    {
        var counter = new Transactions();
        await using var shop = await NxLoyTenants.CreateAsync(Protection.RowSecurity, counter);
        var messages = new ConcurrentQueue<string>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = s => s.Name == "Npgsql",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = a =>
            {
                if (a.TagObjects.Any(t => Equals(t.Value, shop.DatabaseName)) && a.TagObjects.Any(t => t.Key is "db.query.text" or "db.statement")) messages.Enqueue(a.DisplayName);
            },
        };
        ActivitySource.AddActivityListener(listener);
        await using var context = shop.Open(NxLoyTenants.Rich);
        await act(context);
        return (messages.Count, counter.Count);
    }

    private sealed class Transactions : DbTransactionInterceptor
    {
        private int _count;

        public int Count => _count;

        public override InterceptionResult<DbTransaction> TransactionStarting(DbConnection connection, TransactionStartingEventData eventData, InterceptionResult<DbTransaction> result)
        {
            Interlocked.Increment(ref _count);
            return result;
        }

        public override ValueTask<InterceptionResult<DbTransaction>> TransactionStartingAsync(
            DbConnection connection, TransactionStartingEventData eventData, InterceptionResult<DbTransaction> result, CancellationToken cancellationToken = default)
        {
            Interlocked.Increment(ref _count);
            return new(result);
        }
    }
}
