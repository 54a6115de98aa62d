using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Ploy.Core.Diagnostics;
using Ploy.Migrations.Engine;
using Ploy.Migrations.Files;
using Ploy.Migrations.History;
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
        var folder = Path.GetFullPath(options.Folder, AppContext.BaseDirectory);
        var directory = MigrationDirectory.Read(folder, options.Folder);
        if (directory.Files.IsEmpty || directory.Provider is null)
        {
            throw new PloyException(
                "PLOY2401", $"The folder `{options.Folder}` beside the program holds no migrations with a `{MigrationDirectory.LockName}`.",
                "Have the build copy it: `<Content Include=\"prisma/migrations/**\" LinkBase=\"migrations\" CopyToOutputDirectory=\"PreserveNewest\" />`.");
        }

        Dialect dialect = directory.Provider == SqliteDialect.Instance.Id ? SqliteDialect.Instance : PostgresDialect.Instance;
        directory.RequireProvider(dialect.Id);
        var connector = dialect.Connector;
        var address = connector.Parse(options.Connection ?? throw new PloyException("PLOY2402", "Nothing says where the database is.", "Set `Connection` of the migration options."), AppContext.BaseDirectory);
        await connector.EnsureDatabaseAsync(address, cancellationToken).ConfigureAwait(false);
        await using var session = await connector.OpenAsync(address, cancellationToken).ConfigureAwait(false);
        var state = HistoryState.Compare(directory.Files, await connector.History(session).ReadAsync(cancellationToken).ConfigureAwait(false));
        if (state.Pending.IsEmpty && state.Failed.IsEmpty) return [];
        await using (await connector.LockAsync(address, options.LockWait, cancellationToken).ConfigureAwait(false))
            return await ApplyAsync(dialect, session, address, directory, cancellationToken).ConfigureAwait(false);
    }

    // Everything is judged again behind the lock: another instance may have been at it.
    private async ValueTask<ImmutableArray<string>> ApplyAsync(
        Dialect dialect, IDatabaseSession session, DatabaseAddress address, MigrationDirectory directory, CancellationToken cancellationToken)
    {
        var history = dialect.Connector.History(session);
        var state = HistoryState.Compare(directory.Files, await history.ReadAsync(cancellationToken).ConfigureAwait(false));
        var engine = new MigrationEngine(new MigrationServices
        {
            Dialect = dialect,
            Time = options.TimeProvider,
            NewId = () => Guid.CreateVersion7(options.TimeProvider.GetUtcNow()),
            Limits = new Limits { Statement = options.StatementTimeout },
            Report = Report,
        });
        foreach (var failed in state.Failed)
            if (directory.Files.All(f => f.Name != failed.MigrationName) || !await engine.CanResumeAsync(session, failed, cancellationToken).ConfigureAwait(false))
                throw new PloyException("P3009", $"The migration `{failed.MigrationName}` failed and was not brought to an end, so that nothing new is applied.", "Look at `ploy migrate status`.");
        if (!state.IsInitialized)
        {
            await RequireEmptyAsync(dialect, session, address, cancellationToken).ConfigureAwait(false);
            await history.CreateAsync(cancellationToken).ConfigureAwait(false);
        }

        var resumed = state.Failed.Select(f => f.MigrationName).Order(StringComparer.Ordinal).ToImmutableArray();
        foreach (var name in resumed)
            await engine.ResumeAsync(session, directory.Files.First(f => f.Name == name), state.Failed.First(f => f.MigrationName == name), cancellationToken).ConfigureAwait(false);
        return [.. resumed, .. await engine.ApplyAsync(session, state.Pending, cancellationToken).ConfigureAwait(false)];
    }

    private static async ValueTask RequireEmptyAsync(Dialect dialect, IDatabaseSession session, DatabaseAddress address, CancellationToken cancellationToken)
    {
        var scope = new IntrospectionScope((address.Namespace ?? dialect.DefaultNamespace) is { } name ? [name] : []);
        var read = await dialect.Connector.Introspector(session).ReadAsync(scope, cancellationToken).ConfigureAwait(false);
        if (read.Tables.IsEmpty) return;
        throw new PloyException(
            "P3005", $"The database `{address}` has tables but no history of migrations.",
            "Record what it holds already as applied with `ploy migrate resolve --applied NAME`, or use an empty database.");
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

    [LoggerMessage(EventId = 2403, Level = LogLevel.Warning, Message = "Migration {Name} waits for a lock ({Reason}); it is tried again in {Pause}")]
    public static partial void Retried(ILogger logger, string name, string reason, TimeSpan pause);
}
