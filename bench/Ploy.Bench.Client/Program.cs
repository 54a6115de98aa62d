using System.Diagnostics;
using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Npgsql;
using Ploy.Bench.Client;
using Ploy.EntityFrameworkCore;

// Arguments: a connection string of an empty database, how many rounds, and how many statements the driver keeps prepared on a connection (0: none, its
// default). In each round both clients do each piece of work, one after the other.
const int Rows = 5000;
const int Repeats = 25;
var rounds = int.Parse(args[1], CultureInfo.InvariantCulture);
var connection = new NpgsqlConnectionStringBuilder(args[0]) { MaxPoolSize = 4, MaxAutoPrepare = int.Parse(args[2], CultureInfo.InvariantCulture) };

await using var source = NpgsqlDataSource.Create(connection);
var (plain, ploy) = Clients(source);
await using (var context = plain.CreateDbContext())
{
    await context.Database.EnsureCreatedAsync();
    await context.Database.ExecuteSqlAsync(
        $"""INSERT INTO customers SELECT 'c' || n, CASE n % 10 WHEN 0 THEN 'acme' ELSE 'b' || n % 10 END, 'm' || n, n, NULL FROM generate_series(1, {Rows}) n""");
    await context.Database.ExecuteSqlRawAsync("ANALYZE customers");
}

Work[] works =
[
    new("read one by key",
        c => c.Set<Customer>().Where(x => x.BusinessId == OneTenant.Id && x.DeletedAt == null).FirstAsync(x => x.Id == "c10"),
        c => c.Set<Customer>().FirstAsync(x => x.Id == "c10")),
    new("read a page of 50",
        c => c.Set<Customer>().AsNoTracking().Where(x => x.BusinessId == OneTenant.Id && x.DeletedAt == null).OrderBy(x => x.Email).Take(50).ToListAsync(),
        c => c.Set<Customer>().AsNoTracking().OrderBy(x => x.Email).Take(50).ToListAsync()),
    new("count",
        c => c.Set<Customer>().CountAsync(x => x.BusinessId == OneTenant.Id && x.DeletedAt == null),
        c => c.Set<Customer>().CountAsync()),
    new("insert one", c => InsertAsync(c, OneTenant.Id), c => InsertAsync(c, null!)),
    new("read, change and save one", c => ChangeAsync(c, c.Set<Customer>().Where(x => x.BusinessId == OneTenant.Id && x.DeletedAt == null)), c => ChangeAsync(c, c.Set<Customer>())),
    new("a transaction of three statements",
        c => TransactionAsync(c, c.Set<Customer>().Where(x => x.BusinessId == OneTenant.Id && x.DeletedAt == null), OneTenant.Id),
        c => TransactionAsync(c, c.Set<Customer>(), null!)),
];

using var trips = new RoundTrips(connection.Host!, connection.Port); // named in the arguments
await using var counted = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(args[0]) { Host = "127.0.0.1", Port = trips.Port, MaxPoolSize = 1 });
var (countedPlain, countedPloy) = Clients(counted);

Console.WriteLine("| what | plain µs | ploy µs | ratio of medians | median of ratios | round trips plain | ploy |");
Console.WriteLine("|---|---:|---:|---:|---:|---:|---:|");
foreach (var work in works)
{
    var (first, second) = (await TripsAsync(countedPlain, work.Plain), await TripsAsync(countedPloy, work.Ploy));
    for (var i = 0; i < 200; i++)
    {
        await RunAsync(plain, work.Plain);
        await RunAsync(ploy, work.Ploy);
    }

    var (plainTimes, ployTimes, ratios) = (new List<double>(), new List<double>(), new List<double>());
    for (var round = 0; round < rounds; round++)
    {
        // Whoever goes first in one round goes second in the next.
        if (round % 2 == 0) plainTimes.Add(await TimeAsync(plain, work.Plain));
        ployTimes.Add(await TimeAsync(ploy, work.Ploy));
        if (round % 2 == 1) plainTimes.Add(await TimeAsync(plain, work.Plain));
        ratios.Add(ployTimes[^1] / plainTimes[^1]);
    }

    Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"| {work.Name} | {Median(plainTimes):0} | {Median(ployTimes):0} | {Median(ployTimes) / Median(plainTimes):0.00} | {Median(ratios):0.00} | {first} | {second} |"));
}

static (PooledDbContextFactory<PlainContext> Plain, PooledDbContextFactory<PloyContext> Ploy) Clients(NpgsqlDataSource source)
{
    var plain = new DbContextOptionsBuilder<PlainContext>().UseNpgsql(source);
    var ploy = new DbContextOptionsBuilder<PloyContext>().UseNpgsql(source).UsePloy();
    return (new PooledDbContextFactory<PlainContext>(plain.Options), new PooledDbContextFactory<PloyContext>(ploy.Options));
}

static async Task RunAsync<TContext>(IDbContextFactory<TContext> factory, Func<DbContext, Task> work)
    where TContext : DbContext
{
    await using var context = await factory.CreateDbContextAsync();
    if (context is PloyDbContext ploy) ploy.TenantAccessor = new OneTenant();
    await work(context);
}

async Task<int> TripsAsync<TContext>(IDbContextFactory<TContext> factory, Func<DbContext, Task> work)
    where TContext : DbContext
{
    // The first times connect and learn types.
    for (var i = 0; i < 3; i++) await RunAsync(factory, work);
    var before = trips.Count;
    for (var i = 0; i < 10; i++) await RunAsync(factory, work);
    return (int)Math.Round((trips.Count - before) / 10.0);
}

static async Task<double> TimeAsync<TContext>(IDbContextFactory<TContext> factory, Func<DbContext, Task> work)
    where TContext : DbContext
{
    var start = Stopwatch.GetTimestamp();
    for (var i = 0; i < Repeats; i++) await RunAsync(factory, work);
    return Stopwatch.GetElapsedTime(start).TotalMicroseconds / Repeats;
}

static Task InsertAsync(DbContext context, string business)
{
    context.Add(new Customer { Id = "n" + Guid.NewGuid().ToString("N"), BusinessId = business, Email = "new" });
    return context.SaveChangesAsync();
}

static async Task ChangeAsync(DbContext context, IQueryable<Customer> customers)
{
    var customer = await customers.FirstAsync(x => x.Id == "c20");
    customer.Points++;
    await context.SaveChangesAsync();
}

static async Task TransactionAsync(DbContext context, IQueryable<Customer> customers, string business)
{
    await using var transaction = await context.Database.BeginTransactionAsync();
    await ChangeAsync(context, customers);
    await InsertAsync(context, business);
    await transaction.CommitAsync();
}

static double Median(List<double> values)
{
    var sorted = values.Order().ToList();
    return sorted[sorted.Count / 2];
}

namespace Ploy.Bench.Client
{
    /// <summary>One piece of work, as plain EF Core has to say it and as a client of Ploy says it.</summary>
    internal sealed record Work(string Name, Func<DbContext, Task> Plain, Func<DbContext, Task> Ploy);
}
