using System.Globalization;
using Ploy.Relational.Sessions;

namespace Ploy.Migrations.Engine;

/// <summary>Tries work again whose locks were not to be had, with growing pauses that differ from one run to the next.</summary>
/// <param name="services">The clock, and who is told.</param>
/// <param name="name">What is tried.</param>
/// <param name="limit">How long to go on trying; null for as long as is usual.</param>
internal sealed class LockRetry(MigrationServices services, string name, TimeSpan? limit)
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    private readonly long _start = services.Time.GetTimestamp();
    private readonly Random _random = new(name.Length + Environment.ProcessId);
    private int _tries;

    /// <summary>How long it was tried, as a note; null where no lock was in the way.</summary>
    public string? Note => _tries == 0
        ? null
        : string.Create(CultureInfo.InvariantCulture, $"tried {_tries} time{(_tries == 1 ? "" : "s")} in {services.Time.GetElapsedTime(_start).TotalSeconds:0.#} s");

    /// <summary>Whether the failure is that of a lock, and there is time for another try; waits then.</summary>
    public async ValueTask<bool> WaitAsync(StatementException exception, CancellationToken cancellationToken)
    {
        if (exception.Fault != StatementFault.Lock) return false;
        _tries++;
        var pause = TimeSpan.FromMilliseconds(Math.Min(LongestPause.TotalMilliseconds, 200 * Math.Pow(2, _tries - 1)) * (0.5 + _random.NextDouble()));
        if (services.Time.GetElapsedTime(_start) + pause > (limit ?? services.Limits.Retry)) return false;
        services.Report(new MigrationRetried(name, _tries, pause, exception.Message));
        await Task.Delay(pause, services.Time, cancellationToken).ConfigureAwait(false);
        return true;
    }
}
