using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using MovieLms.ServiceDefaults.RateLimiting;
using MovieLms.ServiceDefaults.Redis;
using MovieLms.Testing;
using StackExchange.Redis;

namespace MovieLms.ServiceDefaults.Tests;

public sealed class AttemptLimiterTests : IAsyncLifetime
{
    private static readonly AttemptLimit Limit = new("Test", 3, TimeSpan.FromSeconds(10));
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly IConfiguration _configuration = new ConfigurationBuilder()
        .AddInMemoryCollection(new Dictionary<string, string?> { ["Redis:Prefix"] = BackingServices.CreateName() + ":" })
        .Build();
    private ConnectionMultiplexer _redis = null!;

    public async ValueTask InitializeAsync() => _redis = await ConnectionMultiplexer.ConnectAsync((await BackingServices.GetAsync()).Redis);

    [Fact]
    public async Task Replicas_share_their_counts()
    {
        var (one, other) = (NewLimiter(_redis), NewLimiter(_redis));
        Assert.True((await one.TryAcquireAsync(Limit, "k", default)).IsAllowed);
        Assert.True((await other.TryAcquireAsync(Limit, "k", default)).IsAllowed);
        var third = await one.TryAcquireAsync(Limit, "k", default);
        Assert.True(third.IsAllowed);
        Assert.Equal(0, third.Remaining);
        var fourth = await other.TryAcquireAsync(Limit, "k", default);
        Assert.False(fourth.IsAllowed);
        Assert.Equal(TimeSpan.FromSeconds(10), fourth.RetryAfter);
        Assert.True((await other.TryAcquireAsync(Limit, "another", default)).IsAllowed);
    }

    [Fact]
    public async Task The_window_slides()
    {
        var limiter = NewLimiter(_redis);
        for (var i = 0; i < 3; i++)
        {
            Assert.True((await limiter.TryAcquireAsync(Limit, "k", default)).IsAllowed);
            _time.Advance(TimeSpan.FromSeconds(3));
        }
        Assert.False((await limiter.TryAcquireAsync(Limit, "k", default)).IsAllowed);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.True((await limiter.TryAcquireAsync(Limit, "k", default)).IsAllowed);
        Assert.False((await limiter.TryAcquireAsync(Limit, "k", default)).IsAllowed);
    }

    [Fact]
    public async Task A_released_attempt_does_not_count()
    {
        var limiter = NewLimiter(_redis);
        for (var i = 0; i < 10; i++)
            await limiter.ReleaseAsync(Limit, "k", await limiter.TryAcquireAsync(Limit, "k", default));
        Assert.Equal(2, (await limiter.TryAcquireAsync(Limit, "k", default)).Remaining);
    }

    [Fact]
    public async Task Without_Redis_each_process_counts_for_itself()
    {
        await using var disconnected = await ConnectionMultiplexer.ConnectAsync("127.0.0.1:1,abortConnect=false,connectTimeout=200");
        var limiter = NewLimiter(disconnected);
        for (var i = 0; i < 3; i++)
            Assert.True((await limiter.TryAcquireAsync(Limit, "k", default)).IsAllowed);
        Assert.False((await limiter.TryAcquireAsync(Limit, "k", default)).IsAllowed);
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.True((await limiter.TryAcquireAsync(Limit, "k", default)).IsAllowed);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Peeking_at_the_window_does_not_count(bool hasRedis)
    {
        await using var disconnected = hasRedis
            ? null
            : await ConnectionMultiplexer.ConnectAsync("127.0.0.1:1,abortConnect=false,connectTimeout=100,asyncTimeout=100");
        var limiter = NewLimiter(disconnected ?? _redis);
        for (var i = 0; i < 10; i++)
            Assert.Equal((true, 3), Of(await limiter.PeekAsync(Limit, "look", default)));
        for (var i = 0; i < 3; i++)
            Assert.True((await limiter.TryAcquireAsync(Limit, "look", default)).IsAllowed);
        Assert.Equal((false, 0), Of(await limiter.PeekAsync(Limit, "look", default)));
        _time.Advance(Limit.Window + TimeSpan.FromSeconds(1));
        Assert.Equal((true, 3), Of(await limiter.PeekAsync(Limit, "look", default)));

        static (bool, int) Of(Attempt attempt) => (attempt.IsAllowed, attempt.Remaining);
    }

    private AttemptLimiter NewLimiter(IConnectionMultiplexer redis) =>
        new(redis, new RedisNames(_configuration), _configuration, _time, NullLogger<AttemptLimiter>.Instance);

    public ValueTask DisposeAsync() => _redis.DisposeAsync();
}
