using Ploy.Testing;
using Xunit;

namespace Ploy.Unit.Tests.Testing;

public sealed class FakeTimeTests
{
    [Fact]
    public async Task A_delay_ends_when_the_clock_has_moved_that_far()
    {
        var time = new FakeTime();
        var delay = Task.Delay(TimeSpan.FromSeconds(10), time, TestContext.Current.CancellationToken);
        time.Advance(TimeSpan.FromSeconds(9));
        Assert.False(delay.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(1));
        await delay;
        Assert.Equal(new DateTimeOffset(2026, 3, 1, 10, 15, 10, TimeSpan.Zero), time.GetUtcNow());
    }

    [Fact]
    public void A_periodic_timer_fires_once_for_each_period_at_its_own_time()
    {
        var time = new FakeTime();
        var seen = new List<int>();
        using var timer = time.CreateTimer(_ => seen.Add(time.GetUtcNow().Second), null, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(3));
        time.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal([2, 5, 8], seen);
        Assert.Equal(9, time.GetElapsedTime(new FakeTime().GetTimestamp(), time.GetTimestamp()).TotalSeconds);
    }
}
