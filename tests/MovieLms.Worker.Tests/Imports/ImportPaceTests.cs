using MovieLms.Worker.Imports;

namespace MovieLms.Worker.Tests.Imports;

public sealed class ImportPaceTests
{
    private readonly ImportPace _pace = new();
    private readonly Random _random = new(6);

    [Fact]
    public void Batches_that_vary_by_half_are_left_alone()
    {
        var (busy, rest) = Store(400, 40);
        Assert.InRange(rest / busy, 0, 0.02);
    }

    [Fact]
    public void Batches_that_take_twice_as_long_are_followed_by_rests_until_the_load_is_gone()
    {
        Store(60, 40);
        Store(8, 90);
        var (busy, rest) = Store(40, 90);
        Assert.InRange(rest / busy, 0.4, 2);
        Store(16, 40);
        var (busyAfter, restAfter) = Store(40, 40);
        Assert.InRange(restAfter / busyAfter, 0, 0.02);
    }

    [Fact]
    public void A_database_that_stays_slow_is_in_time_taken_for_what_it_is()
    {
        Store(60, 40);
        Store(300, 90);
        var (busy, rest) = Store(40, 90);
        Assert.InRange(rest / busy, 0, 0.02);
    }

    [Fact]
    public void A_rest_is_short_however_long_a_batch_took()
    {
        Store(60, 40);
        var longest = Enumerable.Range(0, 20).Max(_ => _pace.RestAfter(TimeSpan.FromMinutes(1)));
        Assert.Equal(TimeSpan.FromMilliseconds(500), longest);
    }

    [Fact]
    public void The_first_batches_wait_for_nothing()
    {
        Assert.Equal(TimeSpan.Zero, _pace.RestAfter(TimeSpan.FromMilliseconds(1)));
        for (var i = 0; i < 6; i++)
            Assert.Equal(TimeSpan.Zero, _pace.RestAfter(TimeSpan.FromSeconds(1)));
    }

    /// <summary>Stores batches of 0.75 to 1.25 times a duration.</summary>
    /// <returns>Milliseconds at work and at rest.</returns>
    private (double Busy, double Rested) Store(int batches, double milliseconds)
    {
        var (busy, rested) = (0.0, 0.0);
        for (var i = 0; i < batches; i++)
        {
            var took = milliseconds * (0.75 + (_random.NextDouble() / 2));
            busy += took;
            rested += _pace.RestAfter(TimeSpan.FromMilliseconds(took)).TotalMilliseconds;
        }
        return (busy, rested);
    }
}
