using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Ploy.Core.Diagnostics;
using Ploy.Migrations.Deploying;
using Ploy.Migrations.Engine;
using Ploy.Migrations.Files;
using Ploy.Postgres;
using Ploy.Relational;
using Ploy.Relational.Sessions;
using Ploy.Sqlite;

namespace Ploy.Hosting;

/// <summary>Applies pending migrations as <c>ploy migrate deploy</c> does: under its lock, with its history, never asking, never resetting.</summary>
/// <param name="options">Which migrations go where.</param>
/// <param name="logger">Hears of each migration; null for nobody.</param>
public sealed class PloyMigrator(PloyMigrationOptions options, ILogger<PloyMigrator>? logger = null)
{
    private readonly ILogger _logger = logger ?? (ILogger)NullLogger.Instance;

    /// <summary>Makes the database where it is missing, and applies what is pending.</summary>
    /// <returns>The names of the migrations applied now, in order; empty where nothing was pending.</returns>
    /// <exception cref="PloyException">PLOY2401 where the folder holds no migrations, P3005, P3009, P3018, P1002, and those of the connection.</exception>
    public async Task<ImmutableArray<string>> ApplyAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            return await ApplyPendingAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (StatementException exception)
        {
            throw StatementFaults.ToError(exception);
        }
    }

    private async Task<ImmutableArray<string>> ApplyPendingAsync(CancellationToken cancellationToken)
    {
        var folder = Path.GetFullPath(options.Folder, AppContext.BaseDirectory);
        var directory = MigrationDirectory.Read(folder, options.Folder);
        if (directory.Files.IsEmpty || directory.Provider is null)
        {
            throw new PloyException(
                "PLOY2401", $"The folder `{options.Folder}` beside the program holds no migrations with a `{MigrationDirectory.LockName}`.",
                "The package copies `prisma/migrations` of the project; say with the property `PloyMigrations` where else they are.");
        }

        Dialect dialect = directory.Provider == SqliteDialect.Instance.Id ? SqliteDialect.Instance : PostgresDialect.Instance;
        directory.RequireProvider(dialect.Id);
        var connector = dialect.Connector;
        var address = connector.Parse(options.Connection ?? throw new PloyException("PLOY2402", "Nothing says where the database is.", "Set `Connection` of the migration options."), Directory.GetCurrentDirectory()) with { Application = "ploy hosting" };
        var services = new MigrationServices
        {
            Dialect = dialect,
            Time = options.TimeProvider,
            NewId = () => Guid.CreateVersion7(options.TimeProvider.GetUtcNow()),
            Limits = new Limits { Statement = options.StatementTimeout },
            Report = Report,
        };
        return (await new Deployment(services, new DeployTarget(address, directory)).RunAsync(new DeployInput { LockWait = options.LockWait }, cancellationToken).ConfigureAwait(false)).Applied;
    }

    private void Report(MigrationEvent happened)
    {
        switch (happened)
        {
            case MigrationStarted started:
                HostingLog.Started(_logger, started.Name, started.Statements);
                break;
            case MigrationFinished finished:
                HostingLog.Finished(_logger, finished.Name, finished.Duration);
                break;
            case MigrationRetried retried:
                HostingLog.Retried(_logger, retried.Name, retried.Reason, retried.Pause);
                break;
        }
    }
}

internal static partial class HostingLog
{
    [LoggerMessage(EventId = 2401, Level = LogLevel.Information, Message = "Applying migration {Name}: {Statements} statements")]
    public static partial void Started(ILogger logger, string name, int statements);

    [LoggerMessage(EventId = 2402, Level = LogLevel.Information, Message = "Applied migration {Name} in {Duration}")]
    public static partial void Finished(ILogger logger, string name, TimeSpan duration);

    [LoggerMessage(EventId = 2403, Level = LogLevel.Warning, Message = "Migration {Name} is tried again in {Pause}: {Reason}")]
    public static partial void Retried(ILogger logger, string name, string reason, TimeSpan pause);
}
