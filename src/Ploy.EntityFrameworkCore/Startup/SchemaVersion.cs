using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace Ploy.EntityFrameworkCore.Startup;

/// <summary>A generated context that knows the migration its schema ended with.</summary>
public interface IVersionedContext
{
    /// <summary>The folder name of the last migration when the client was generated; null where there was none.</summary>
    static abstract string? LastMigration { get; }
}

/// <summary>Compares a database with the schema that a client was generated from.</summary>
public static class SchemaVersion
{
    /// <summary>Says in one sentence what is wrong; null where the database has the migration.</summary>
    /// <param name="context">The context, and by it the database.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public static async Task<string?> FindProblemAsync<TContext>(TContext context, CancellationToken cancellationToken = default)
        where TContext : DbContext, IVersionedContext
    {
        ArgumentNullException.ThrowIfNull(context);
        if (TContext.LastMigration is not { } expected) return null;
        List<string> applied;
        try
        {
            applied = await context.Database.SqlQuery<string>(
                $"SELECT migration_name AS \"Value\" FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL")
                .ToListAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (System.Data.Common.DbException e)
        {
            return $"The database's migration history cannot be read: {e.Message}";
        }

        return applied.Contains(expected)
            ? null
            : $"The client was generated for migration {expected}, which the database does not have: run `ploy migrate deploy` first.";
    }
}

/// <summary>Ends the start of an application whose database is behind its client.</summary>
internal sealed class SchemaVersionCheck<TContext>(IServiceProvider services) : IHostedService
    where TContext : DbContext, IVersionedContext
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await using var scope = services.CreateAsyncScope();
        var context = scope.ServiceProvider.GetRequiredService<TContext>();
        if (await SchemaVersion.FindProblemAsync(context, cancellationToken).ConfigureAwait(false) is { } problem)
            throw new InvalidOperationException(problem);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

/// <summary>Unhealthy where the database cannot be reached or is behind the client.</summary>
internal sealed class SchemaVersionHealthCheck<TContext>(TContext context) : IHealthCheck
    where TContext : DbContext, IVersionedContext
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext healthCheck, CancellationToken cancellationToken = default) =>
        await SchemaVersion.FindProblemAsync(context, cancellationToken).ConfigureAwait(false) is { } problem
            ? new HealthCheckResult(healthCheck.Registration.FailureStatus, problem)
            : HealthCheckResult.Healthy();
}
