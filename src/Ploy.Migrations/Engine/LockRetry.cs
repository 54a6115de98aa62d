using Ploy.Relational.Sessions;

namespace Ploy.Migrations.Engine;

/// <summary>Tries work again whose locks were not to be had, with growing pauses that differ from one run to the next.</summary>
internal sealed class LockRetry(MigrationServices services, string migration)
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    private readonly long _start = services.Time.GetTimestamp();
    private readonly Random _random = new(migration.Length + Environment.ProcessId);
    private int _tries;

    /// <summary>Whether the failure is that of a lock, and there is time for another try; waits then.</summary>
    public async ValueTask<bool> WaitAsync(StatementException exception, CancellationToken cancellationToken)
    {
        if (!IsLock(exception)) return false;
        _tries++;
        var pause = TimeSpan.FromMilliseconds(Math.Min(LongestPause.TotalMilliseconds, 200 * Math.Pow(2, _tries - 1)) * (0.5 + _random.NextDouble()));
        if (services.Time.GetElapsedTime(_start) + pause > services.Limits.Retry) return false;
        services.Report(new MigrationRetried(migration, _tries, pause, exception.Message));
        await Task.Delay(pause, services.Time, cancellationToken).ConfigureAwait(false);
        return true;
    }

    // PostgreSQL: lock_not_available, deadlock_detected; SQLite: SQLITE_BUSY, SQLITE_LOCKED.
    private static bool IsLock(StatementException exception) => exception.SqlState is "55P03" or "40P01" or "5" or "6";
}
