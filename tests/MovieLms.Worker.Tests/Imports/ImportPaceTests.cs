using MovieLms.Worker.Imports;

namespace MovieLms.Worker.Tests.Imports;

public sealed class ImportPaceTests
{
    private readonly ImportPace _pace = new();
    private readonly Random _random = new(6);

    [Fact]
    public void Normal_variation_causes_no_delays()
    {
        var (busy, delay) = Store(400, 40);
        Assert.InRange(delay / busy, 0, 0.02);
    }

    [Fact]
    public void Batches_that_take_twice_as_long_cause_delays_until_the_load_ends()
    {
        Store(60, 40);
        Store(8, 90);
        var (busy, delay) = Store(40, 90);
        Assert.InRange(delay / busy, 0.4, 2);
        Store(16, 40);
        var (busyAfter, delayAfter) = Store(40, 40);
        Assert.InRange(delayAfter / busyAfter, 0, 0.02);
    }

    [Fact]
    public void A_database_that_stays_slow_becomes_the_new_base()
    {
        Store(60, 40);
        Store(300, 90);
        var (busy, delay) = Store(40, 90);
        Assert.InRange(delay / busy, 0, 0.02);
    }

    [Fact]
    public void Delays_are_limited_regardless_of_the_duration_of_a_batch()
    {
        Store(60, 40);
        var longest = Enumerable.Range(0, 20).Max(_ => _pace.GetDelay(TimeSpan.FromMinutes(1)));
        Assert.Equal(TimeSpan.FromMilliseconds(500), longest);
    }

    [Fact]
    public void The_first_batches_are_not_delayed()
    {
        Assert.Equal(TimeSpan.Zero, _pace.GetDelay(TimeSpan.FromMilliseconds(1)));
        for (var i = 0; i < 6; i++)
            Assert.Equal(TimeSpan.Zero, _pace.GetDelay(TimeSpan.FromSeconds(1)));
    }

    /// <summary>Simulates batches that take 0.75 to 1.25 times the given duration.</summary>
    /// <returns>The total durations of the batches and of the delays, in milliseconds.</returns>
    private (double Busy, double Delayed) Store(int batches, double milliseconds)
    {
        var (busy, delayed) = (0.0, 0.0);
        for (var i = 0; i < batches; i++)
        {
            var duration = milliseconds * (0.75 + (_random.NextDouble() / 2));
            busy += duration;
            delayed += _pace.GetDelay(TimeSpan.FromMilliseconds(duration)).TotalMilliseconds;
        }
        return (busy, delayed);
    }
}
