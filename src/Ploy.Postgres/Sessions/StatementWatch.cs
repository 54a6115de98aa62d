using System.Collections.Immutable;
using Npgsql;
using Ploy.Core.Diagnostics;
using Ploy.Relational.Sessions;

namespace Ploy.Postgres.Sessions;

/// <summary>
/// Looks at a session's work from a second connection: which of the statements that were sent together is running, since when, and whom it waits for.
/// The answers to a message come only at its end, and after its time limit nobody waits any more: nothing else could tell. What is over within a second
/// is not looked at.
/// </summary>
internal sealed class StatementWatch : IAsyncDisposable
{
    private static readonly TimeSpan LongestPatience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestInterval = TimeSpan.FromMilliseconds(500);

    // https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-ACTIVITY-VIEW; query_start is that of each statement of a batch.
    private const string Look =
        """
        SELECT a.query, (extract(epoch FROM clock_timestamp() - a.query_start) * 1000)::bigint, coalesce(b.pid, 0), coalesce(b.application_name, ''), coalesce(b.usename::text, ''), coalesce(b.state, ''),
            coalesce(left(regexp_replace(b.query, '\s+', ' ', 'g'), 100), ''), coalesce((extract(epoch FROM clock_timestamp() - coalesce(b.xact_start, b.query_start)) * 1000)::bigint, 0)
        FROM pg_catalog.pg_stat_activity a
        LEFT JOIN pg_catalog.pg_stat_activity b ON a.wait_event_type = 'Lock' AND b.pid = ANY (pg_blocking_pids(a.pid))
        WHERE a.pid = $1 AND a.state = 'active'
        ORDER BY b.pid
        """;

    private readonly PostgresSession _session;
    private readonly TimeSpan _patience;
    private readonly Action<StatementProgress>? _progress;
    private readonly CancellationTokenSource _end = new();
    private readonly TimeProvider _time = TimeProvider.System;
    private readonly Task _work;
    private (string Migration, int Statement, int Total)? _current;
    private long _began;
    private volatile string? _blockers;

    private StatementWatch(PostgresSession session, TimeSpan lockTimeout, Action<StatementProgress>? progress)
    {
        (_session, _progress) = (session, progress);
        _patience = lockTimeout > TimeSpan.Zero && lockTimeout / 3 < LongestPatience ? lockTimeout / 3 : LongestPatience;
        _work = WatchAsync();
    }

    /// <summary>Runs something with a watch beside it; a failure for want of a lock then names who held it.</summary>
    /// <param name="session">The session that works.</param>
    /// <param name="lockTimeout">How long it may wait for a lock; zero for ever, and then there is no failure to explain.</param>
    /// <param name="progress">Hears what is seen; null for nobody.</param>
    /// <param name="run">What runs.</param>
    public static async ValueTask RunAsync(PostgresSession session, TimeSpan lockTimeout, Action<StatementProgress>? progress, Func<ValueTask> run)
    {
        if (lockTimeout <= TimeSpan.Zero && progress is null)
        {
            await run().ConfigureAwait(false);
            return;
        }

        await using var watch = new StatementWatch(session, lockTimeout, progress);
        try
        {
            await run().ConfigureAwait(false);
        }
        catch (StatementException exception) when (exception.Fault == StatementFault.Lock && watch._blockers is { } blockers)
        {
            throw new StatementException($"{exception.Message}\nIN THE WAY: {blockers}", exception.SqlState, exception.Position, exception) { Fault = StatementFault.Lock };
        }

        await watch.StopAsync().ConfigureAwait(false);
        watch.FinishCurrent(watch._time.GetElapsedTime(watch._began));
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await StopAsync().ConfigureAwait(false);
        _end.Dispose();
    }

    private async ValueTask StopAsync()
    {
        await _end.CancelAsync().ConfigureAwait(false);
        await _work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task WatchAsync()
    {
        try
        {
            await Task.Delay(_patience, _time, _end.Token).ConfigureAwait(false);
            var address = _session.Address with { Application = $"{_session.Address.Application ?? "ploy"} (watch)" };
            await using var own = await PostgresSession.OpenAsync(address, _end.Token).ConfigureAwait(false);
            while (true)
            {
                await LookAsync(own).ConfigureAwait(false);
                await Task.Delay(_patience < LongestInterval ? _patience : LongestInterval, _time, _end.Token).ConfigureAwait(false);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or PloyException or StatementException or NpgsqlException or InvalidOperationException or IOException)
        {
            // The end; or nobody can look, which is no reason for the work to fail.
        }
    }

    private async ValueTask LookAsync(PostgresSession own)
    {
        await using var command = new NpgsqlCommand(Look, own.Connection) { Parameters = { new NpgsqlParameter<int> { TypedValue = _session.Connection.ProcessID } } };
        await using var reader = await command.ExecuteReaderAsync(_end.Token).ConfigureAwait(false);
        StatementProgress? seen = null;
        var holders = ImmutableArray.CreateBuilder<LockHolder>();
        while (await reader.ReadAsync(_end.Token).ConfigureAwait(false))
        {
            var elapsed = TimeSpan.FromMilliseconds(reader.GetInt64(1));
            if (StatementTag.Read(reader.GetString(0)) is { } found) seen = new StatementProgress(found.Migration, found.Statement, found.Total, elapsed, IsFinished: false);
            if (reader.GetInt32(2) != 0) holders.Add(new LockHolder(reader.GetInt32(2), reader.GetString(3), reader.GetString(4), reader.GetString(5), reader.GetString(6), TimeSpan.FromMilliseconds(reader.GetInt64(7))));
        }

        if (holders.Count > 0) _blockers = string.Join("; ", holders.Take(3).Select(Describe));
        if (seen is null || _progress is null || _end.IsCancellationRequested) return;
        var now = _time.GetTimestamp() - (long)(seen.Elapsed.TotalSeconds * _time.TimestampFrequency);
        if (_current != (seen.Migration, seen.Statement, seen.Total))
        {
            // The one before ended where this one began, or those between were too short to be seen.
            FinishCurrent(_time.GetElapsedTime(_began, now));
            (_current, _began) = ((seen.Migration, seen.Statement, seen.Total), now);
        }

        _progress(seen with { WaitsFor = holders.ToImmutable() });
    }

    private static string Describe(LockHolder holder) => string.Create(
        System.Globalization.CultureInfo.InvariantCulture,
        $"process {holder.Process} of the server, application `{holder.Application}`, user `{holder.User}`, {holder.State}, in a transaction for {(long)holder.Since.TotalSeconds} s, last statement `{holder.Query}`");

    private void FinishCurrent(TimeSpan elapsed)
    {
        if (_current is not { } done) return;
        _progress?.Invoke(new StatementProgress(done.Migration, done.Statement, done.Total, elapsed, IsFinished: true));
        _current = null;
    }
}
