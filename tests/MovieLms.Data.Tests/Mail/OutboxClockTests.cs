using MovieLms.Data.Mail;
using MovieLms.Testing;

namespace MovieLms.Data.Tests.Mail;

/// <summary>The outbox while the clock is set back.</summary>
public sealed class OutboxClockTests(DataFixture data) : IClassFixture<DataFixture>
{
    [Fact]
    public async Task Mail_that_was_accepted_an_hour_ahead_is_due_after_the_clock_is_set_back()
    {
        var now = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
        var ahead = new OutboxStore(data.Database, new Clock(now.AddHours(1)));
        var back = new OutboxStore(data.Database, new Clock(now));
        await ahead.AddAsync(new OutgoingMail("ada@example.test", "Subject", "text", "<p>text</p>"), default);
        Assert.NotNull(await back.TakeAsync(TimeSpan.FromMinutes(5), default));
        // Taken: nobody else gets it before the lease ends.
        Assert.Null(await back.TakeAsync(TimeSpan.FromMinutes(5), default));
    }

    private sealed class Clock(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
