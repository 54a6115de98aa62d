using Ploy.Core.Diagnostics;
using Ploy.Relational;
using Ploy.Relational.Sessions;

namespace Ploy.Migrations.Engine;

/// <summary>What the engine takes from outside.</summary>
public sealed record MigrationServices
{
    /// <summary>The product.</summary>
    public required Dialect Dialect { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Makes the identifiers of attempts.</summary>
    public required Func<Guid> NewId { get; init; }

    /// <summary>How long statements may wait and run.</summary>
    public Limits Limits { get; init; } = new();

    /// <summary>
    /// Whether memory is collected between scripts: where the process does nothing else and holds little, that costs next to nothing. Not so in an
    /// application, nor where a schema is held.
    /// </summary>
    public bool SavesMemory { get; init; }

    /// <summary>Hears what happens; called on the thread that works.</summary>
    public Action<MigrationEvent> Report { get; init; } = static _ => { };

    /// <summary>Takes the migration lock, and tells whom it waits for.</summary>
    /// <exception cref="PloyException">P1002 where the wait ended.</exception>
    public ValueTask<IAsyncDisposable> LockAsync(DatabaseAddress address, TimeSpan wait, CancellationToken cancellationToken) =>
        Dialect.Connector.LockAsync(address, wait, cancellationToken, holder => Report(new MigrationLockAwaited(holder)));

    /// <summary>Does work that is all or nothing, again where a lock was not to be had within its limit.</summary>
    /// <param name="name">What it is, for those who are told of it.</param>
    /// <param name="work">The work; what it has changed is rolled back when it fails.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="StatementException">It failed for another reason, or there was no lock in all that time.</exception>
    public async ValueTask RetryAsync(string name, Func<ValueTask> work, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(work);
        var retry = new LockRetry(this, name, null);
        while (true)
        {
            try
            {
                await work().ConfigureAwait(false);
                return;
            }
            catch (StatementException exception)
            {
                if (!await retry.WaitAsync(exception, cancellationToken).ConfigureAwait(false)) throw;
            }
        }
    }

    /// <summary>What is seen of statements, as events.</summary>
    public void Tell(StatementProgress progress)
    {
        ArgumentNullException.ThrowIfNull(progress);
        Report(
            progress.IsFinished
                ? new StatementFinished(progress.Migration, progress.Statement, progress.Total, progress.Elapsed)
                : new StatementRunning(progress.Migration, progress.Statement, progress.Total, progress.Elapsed, progress.WaitsFor));
    }

    /// <summary>A new attempt at a script, begun now.</summary>
    internal MigrationAttempt NewAttempt(ReadScript script) => new()
    {
        Id = NewId().ToString(),
        Checksum = script.File.Checksum,
        MigrationName = script.File.Name,
        StartedAt = Time.GetUtcNow(),
    };

    /// <summary>A script as one transaction with the row of its attempt.</summary>
    internal WholeScript Whole(ReadScript script, MigrationAttempt attempt) => new()
    {
        Text = script.Source.Text,
        Statements = script.Statements,
        Attempt = attempt,
        Isolation = script.Isolation,
        Tag = new ScriptTag(script.File.Name, 1, script.Statements.Length),
        Verification = script.Verification,
        LockTimeout = script.Settings.LockTimeout ?? Limits.Lock,
        StatementTimeout = script.Settings.StatementTimeout ?? Limits.Statement,
    };
}
