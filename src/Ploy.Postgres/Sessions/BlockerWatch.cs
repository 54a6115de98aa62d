using Ploy.Core.Diagnostics;
using Ploy.Relational.Sessions;

namespace Ploy.Postgres.Sessions;

/// <summary>
/// Sees who keeps a session waiting for a lock. It looks from a connection of its own, opened only where something runs for a while: after the
/// time limit nobody waits any more, and the server does not say for whom it was.
/// </summary>
internal sealed class BlockerWatch : IAsyncDisposable
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _end = new();
    private readonly Task _watching;
    private volatile string? _seen;

    private BlockerWatch(PostgresSession session, TimeSpan lockTimeout) => _watching = WatchAsync(session.Address, session.Connection.ProcessID, lockTimeout, _end.Token);

    /// <summary>Runs something with a watch beside it; a failure for want of a lock then names who held it.</summary>
    /// <param name="session">The session that may have to wait.</param>
    /// <param name="lockTimeout">How long it may wait; zero for ever, and then there is no failure to explain.</param>
    /// <param name="run">What runs.</param>
    public static async ValueTask RunAsync(PostgresSession session, TimeSpan lockTimeout, Func<ValueTask> run)
    {
        if (lockTimeout <= TimeSpan.Zero)
        {
            await run().ConfigureAwait(false);
            return;
        }

        await using var watch = new BlockerWatch(session, lockTimeout);
        try
        {
            await run().ConfigureAwait(false);
        }
        catch (StatementException exception) when (exception.Fault == StatementFault.Lock && watch._seen is { } blockers)
        {
            throw new StatementException($"{exception.Message}\nIN THE WAY: {blockers}", exception.SqlState, exception.Position, exception) { Fault = StatementFault.Lock };
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync().ConfigureAwait(false);
        await _watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _end.Dispose();
    }

    private async Task WatchAsync(DatabaseAddress address, int process, TimeSpan lockTimeout, CancellationToken cancellationToken)
    {
        var pause = lockTimeout / 3;
        await Task.Delay(pause < First ? pause : First, cancellationToken).ConfigureAwait(false);
        try
        {
            await using var session = await PostgresSession.OpenAsync(address, cancellationToken).ConfigureAwait(false);
            var query =
                $"""
                 SELECT format('process %s of the server, application `%s`, user `%s`, %s, in a transaction for %s s, last statement `%s`', pid, application_name, usename, state,
                     coalesce(extract(epoch FROM now() - xact_start), 0)::bigint, left(regexp_replace(query, '\s+', ' ', 'g'), 100))
                 FROM pg_catalog.pg_stat_activity WHERE pid = ANY (pg_catalog.pg_blocking_pids({process})) ORDER BY xact_start LIMIT 3
                 """;
            while (true)
            {
                var found = await session.QueryTextsAsync(query, cancellationToken).ConfigureAwait(false);
                if (found.Count > 0) _seen = string.Join("; ", found);
                await Task.Delay(pause < First ? pause : First, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception exception) when (exception is PloyException or StatementException)
        {
            // No connection left, or no right to look: the failure is told without it.
        }
    }
}
