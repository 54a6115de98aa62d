using System.Diagnostics;

namespace Ploy.Bench;

/// <summary>What one piece of work costs.</summary>
/// <param name="Milliseconds">Median of the runs.</param>
/// <param name="Bytes">What a run allocates on all threads; the same each time but for a few pages.</param>
internal sealed record Measurement(double Milliseconds, long Bytes)
{
    /// <summary>Runs the work until it is compiled and warm, then measures.</summary>
    public static Measurement Of(Action work, TimeSpan budget)
    {
        var warm = Stopwatch.StartNew();
        for (var i = 0; i < 3 || (i < 60 && warm.Elapsed < budget / 3); i++)
            work();
        var times = new List<double>();
        var bytes = long.MaxValue;
        var total = Stopwatch.StartNew();
        while (times.Count < 5 || (times.Count < 200 && total.Elapsed < budget))
        {
            GC.Collect();
            var before = GC.GetTotalAllocatedBytes(precise: true);
            var start = Stopwatch.GetTimestamp();
            work();
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            bytes = Math.Min(bytes, GC.GetTotalAllocatedBytes(precise: true) - before);
        }

        times.Sort();
        return new Measurement(times[times.Count / 2], bytes);
    }
}
