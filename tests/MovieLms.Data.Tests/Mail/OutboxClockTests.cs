using MovieLms.Data.Mail;
using MovieLms.Testing;

namespace MovieLms.Data.Tests.Mail;

/// <summary>The outbox after the clock is set back.</summary>
public sealed class OutboxClockTests(DataFixture data) : IClassFixture<DataFixture>
{
    [Fact]
    public async Task Mail_queued_before_the_clock_is_set_back_by_an_hour_is_due_immediately()
    {
        var now = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
        var ahead = new OutboxStore(data.Database, new Clock(now.AddHours(1)));
        var back = new OutboxStore(data.Database, new Clock(now));
        await ahead.AddAsync(new OutgoingMail("ada@example.test", "Subject", "text", "<p>text</p>"), default);
        Assert.NotNull(await back.ClaimAsync(TimeSpan.FromMinutes(5), default));
        // The mail is leased, so no other sender receives it before the lease expires.
        Assert.Null(await back.ClaimAsync(TimeSpan.FromMinutes(5), default));
    }

    private sealed class Clock(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
