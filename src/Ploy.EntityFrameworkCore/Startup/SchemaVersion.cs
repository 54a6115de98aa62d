using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Ploy.EntityFrameworkCore.Startup;

/// <summary>A generated context that knows the migration its schema ended with.</summary>
public interface IVersionedContext
{
    /// <summary>The folder name of the last migration when the client was generated; null where there was none.</summary>
    static abstract string? LastMigration { get; }
}

/// <summary>How a database stands to the schema that a client was generated from.</summary>
/// <param name="IsBehind">Whether the client may ask for what the database does not have.</param>
/// <param name="IsAhead">Whether the database has migrations that the client knows nothing of, as it does while a new version is being rolled out.</param>
/// <param name="Message">What is to be said of it in one sentence; null where there is nothing.</param>
public sealed record SchemaVersion(bool IsBehind, bool IsAhead, string? Message)
{
    /// <summary>Compares them with one query.</summary>
    /// <param name="context">The context, and by it the database.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public static async Task<SchemaVersion> CompareAsync<TContext>(TContext context, CancellationToken cancellationToken = default)
        where TContext : DbContext, IVersionedContext
    {
        ArgumentNullException.ThrowIfNull(context);
        if (TContext.LastMigration is not { } expected)
            return new(false, false, "The client was generated where there was no migration, so that the database cannot be compared with it: run `ploy generate` after `ploy migrate dev`.");
        List<string> applied;
        try
        {
            applied = await context.Database.SqlQuery<string>(
                $"SELECT migration_name AS \"Value\" FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL")
                .ToListAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (DbException e)
        {
            return new(true, false, $"The database's migration history cannot be read: {e.Message}");
        }

        if (!applied.Contains(expected))
            return new(true, false, $"The client was generated for migration {expected}, which the database does not have: run `ploy migrate deploy` first.");
        var newer = applied.Where(m => string.CompareOrdinal(m, expected) > 0).Order(StringComparer.Ordinal).ToList();
        return newer is []
            ? new(false, false, null)
            : new(false, true, $"The database is {(newer.Count == 1 ? "one migration" : $"{newer.Count} migrations")} ahead of the client, which was generated for {expected}; the newest is {newer[^1]}. Run `ploy generate` and build again.");
    }
}

/// <summary>Ends the start of an application whose database is behind its client, and, where that is asked for, ahead of it.</summary>
internal sealed class SchemaVersionCheck<TContext>(IServiceProvider services, ILogger<TContext> logger, bool allowsNewer) : IHostedService
    where TContext : DbContext, IVersionedContext
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await using var scope = services.CreateAsyncScope();
        var version = await SchemaVersion.CompareAsync(scope.ServiceProvider.GetRequiredService<TContext>(), cancellationToken).ConfigureAwait(false);
        if (version.IsBehind || (version.IsAhead && !allowsNewer)) throw new InvalidOperationException(version.Message);
        if (version.Message is { } message) PloyLog.SchemaVersion(logger, message);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

/// <summary>Unhealthy where the database cannot be reached or is behind the client; degraded where it is ahead.</summary>
internal sealed class SchemaVersionHealthCheck<TContext>(TContext context) : IHealthCheck
    where TContext : DbContext, IVersionedContext
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext healthCheck, CancellationToken cancellationToken = default)
    {
        var version = await SchemaVersion.CompareAsync(context, cancellationToken).ConfigureAwait(false);
        return new HealthCheckResult(
            version.IsBehind ? healthCheck.Registration.FailureStatus : version.IsAhead ? HealthStatus.Degraded : HealthStatus.Healthy, version.Message);
    }
}
