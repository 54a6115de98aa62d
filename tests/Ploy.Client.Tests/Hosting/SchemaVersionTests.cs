using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Ploy.EntityFrameworkCore;
using Ploy.EntityFrameworkCore.Startup;
using Ploy.Testing;
using Xunit;

namespace Ploy.Client.Tests.Hosting;

/// <summary>An application does not start over a database that is behind its client, and says so of one that is ahead.</summary>
public sealed class SchemaVersionTests
{
    private const string Ahead = "The database is 2 migrations ahead of the client, which was generated for 20260102000000_b; the newest is 20260104000000_d. Run `ploy generate` and build again.";
    private const string Behind = "The client was generated for migration 20260102000000_b, which the database does not have: run `ploy migrate deploy` first.";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, InlineData("postgresql"), InlineData("sqlite")]
    public async Task Each_state_of_the_database_is_told_apart(string provider)
    {
        await using var database = await TemporaryDatabase.CreateAsync(provider);
        var (health, said) = await StartAsync(database);
        Assert.Equal(HealthStatus.Unhealthy, health);
        Assert.StartsWith("The database's migration history cannot be read: ", said, StringComparison.Ordinal);

        await database.ExecuteAsync("CREATE TABLE _prisma_migrations (migration_name VARCHAR(255) NOT NULL, finished_at TIMESTAMP, rolled_back_at TIMESTAMP)");
        Assert.Equal((HealthStatus.Unhealthy, Behind), await StartAsync(database));
        await AddAsync("20260101000000_a", "'2026-01-01', NULL");
        // Failed, and taken back.
        await AddAsync("20260102000000_b", "NULL, NULL");
        await AddAsync("20260102000000_b", "'2026-01-01', '2026-01-01'");
        Assert.Equal((HealthStatus.Unhealthy, Behind), await StartAsync(database));
        await AddAsync("20260102000000_b", "'2026-01-01', NULL");
        Assert.Equal((HealthStatus.Healthy, ""), await StartAsync(database));
        Assert.Equal((HealthStatus.Healthy, ""), await StartAsync(database, allowsNewer: false));

        await AddAsync("20260103000000_c", "'2026-01-01', NULL");
        await AddAsync("20260104000000_d", "'2026-01-01', NULL");
        await AddAsync("20260105000000_e", "NULL, NULL");
        Assert.Equal((HealthStatus.Degraded, "logged: " + Ahead), await StartAsync(database));
        Assert.Equal((HealthStatus.Degraded, Ahead), await StartAsync(database, allowsNewer: false));

        Task AddAsync(string name, string times) => database.ExecuteAsync($"INSERT INTO _prisma_migrations VALUES ('{name}', {times})");
    }

    /// <summary>What the health check says, and why the start failed or what it has logged.</summary>
    private static async Task<(HealthStatus Health, string Said)> StartAsync(TemporaryDatabase database, bool allowsNewer = true)
    {
        var log = new WarningLog();
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.AddProvider(log).AddFilter(typeof(VersionedContext).FullName, LogLevel.Warning).AddFilter("Microsoft", LogLevel.None);
        builder.Services.AddPloy<VersionedContext>(o => _ = database.Provider == "sqlite" ? o.AllowManyServices().UseSqlite(database.ConnectionString) : o.AllowManyServices().UseNpgsql(database.ConnectionString))
            .CheckSchemaAtStart(allowsNewer).AddSchemaHealthCheck();
        using var host = builder.Build();
        var health = await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(Cancel);
        var error = await Record.ExceptionAsync(() => host.StartAsync(Cancel));
        return (health.Status, error?.Message ?? string.Concat(log.Messages.Select(m => "logged: " + m)));
    }

    private sealed class VersionedContext(DbContextOptions<VersionedContext> options) : PloyDbContext(options), IVersionedContext
    {
        public static string? LastMigration => "20260102000000_b";
    }

    private sealed class WarningLog : ILoggerProvider, ILogger
    {
        public List<string> Messages { get; } = [];

        public ILogger CreateLogger(string categoryName) => categoryName.Contains(nameof(VersionedContext), StringComparison.Ordinal) ? this : Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Messages.Add(formatter(state, exception));

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public void Dispose()
        {
        }
    }
}
