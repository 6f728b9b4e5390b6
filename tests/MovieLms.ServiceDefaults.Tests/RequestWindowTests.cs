using System.Net;
using System.Threading.RateLimiting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using MovieLms.ServiceDefaults.RateLimiting;
using MovieLms.ServiceDefaults.Redis;
using MovieLms.Testing;
using StackExchange.Redis;

namespace MovieLms.ServiceDefaults.Tests;

public sealed class RequestWindowTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly IConfiguration _configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
    {
        ["Redis:Prefix"] = BackingServices.NewName() + ":", ["RateLimits:RequestsPerSecond"] = "5",
    }).Build();
    private ConnectionMultiplexer _redis = null!;

    public async ValueTask InitializeAsync() => _redis = await ConnectionMultiplexer.ConnectAsync((await BackingServices.GetAsync()).Redis);

    public async ValueTask DisposeAsync() => await _redis.DisposeAsync();

    [Fact]
    public void The_window_slides_and_says_when_to_come_back()
    {
        using var windows = Windows(_redis);
        using var ada = windows.For("ada").Factory("ada");
        Assert.Equal(10, Take(ada, 11));
        _time.Advance(TimeSpan.FromSeconds(2.5));
        Assert.Equal(2, Take(ada, 10));

        using var refused = ada.AttemptAcquire();
        Assert.True(refused.TryGetMetadata(MetadataName.RetryAfter, out var wait));
        _time.Advance(wait + TimeSpan.FromMilliseconds(1));
        Assert.Equal(1, Take(ada, 2));

        _time.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal(10, Take(ada, 11));
    }

    [Fact]
    public async Task Replicas_count_together()
    {
        using var one = Windows(_redis);
        using var other = Windows(_redis);
        using var here = one.For("ada").Factory("ada");
        using var there = other.For("ada").Factory("ada");
        using var bob = other.For("bob").Factory("bob");
        Assert.Equal(6, Take(here, 6));
        Assert.Equal(1, Take(there, 1));
        await one.ShareAsync();
        await other.ShareAsync();
        await one.ShareAsync();

        Assert.Equal(3, Take(there, 10));
        Assert.Equal(3, Take(here, 10)); // not told yet
        Assert.Equal(10, Take(bob, 11));
        await other.ShareAsync();
        await one.ShareAsync();
        await other.ShareAsync();

        // The 13 of the window before weigh by the share of it that is still covered, in both.
        _time.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(3, Take(here, 10));
        Assert.Equal(3, Take(there, 10));
    }

    [Fact]
    public async Task An_idle_window_that_is_closed_late_does_not_take_its_callers_new_one_out_of_the_sharing()
    {
        using var one = Windows(_redis);
        using var other = Windows(_redis);
        var idle = one.For("ada").Factory("ada");
        using var here = one.For("ada").Factory("ada");
        using var there = other.For("ada").Factory("ada");
        await idle.DisposeAsync();
        Assert.Equal(4, Take(here, 4));
        Assert.Equal(1, Take(there, 1));
        await one.ShareAsync();
        await other.ShareAsync();
        Assert.Equal(5, Take(there, 10));
    }

    [Fact]
    public async Task Without_Redis_each_counts_for_itself_and_what_it_counted_is_not_lost()
    {
        await using var gone = await ConnectionMultiplexer.ConnectAsync("127.0.0.1:1,abortConnect=false,connectTimeout=100,asyncTimeout=100");
        using var windows = Windows(gone);
        using var ada = windows.For("ada").Factory("ada");
        Assert.Equal(7, Take(ada, 7));
        await Assert.ThrowsAnyAsync<RedisException>(windows.ShareAsync);
        Assert.Equal(3, Take(ada, 10));
    }

    [Fact]
    public async Task A_user_who_asks_two_replicas_has_one_limit()
    {
        var options = new ServiceHostOptions
        {
            Services = Services.Api,
            Settings = new Dictionary<string, string?> { ["RateLimits:RequestsPerSecond"] = "10" },
            Configure = services => services.AddSingleton<TimeProvider>(_time),
        };
        await using var one = await ServiceHost.StartAsync(options);
        await using var other = await ServiceHost.StartAsync(options with { Name = one.Name });
        for (var i = 0; i < 20; i++) Assert.Equal(HttpStatusCode.OK, (await AskAsync(one)).StatusCode);
        Assert.Equal(HttpStatusCode.TooManyRequests, (await AskAsync(one)).StatusCode);

        // The other alone would let 20 through.
        var answer = await AskAsync(other);
        for (var asked = 1; asked < 15 && answer.StatusCode == HttpStatusCode.OK; asked++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Delay(50);
            answer = await AskAsync(other);
        }
        Assert.Equal(HttpStatusCode.TooManyRequests, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal("20", answer.Headers.GetValues("RateLimit-Limit").Single());
        Assert.Equal("0", answer.Headers.GetValues("RateLimit-Remaining").Single());
        Assert.NotNull(answer.Headers.RetryAfter?.Delta);

        static Task<HttpResponseMessage> AskAsync(ServiceHost host) => host.Client.GetAsync("/api/movies?limit=1");
    }

    private RequestWindows Windows(IConnectionMultiplexer redis) =>
        new(redis, new RedisNames(_configuration), _configuration, _time, NullLogger<RequestWindows>.Instance);

    private static int Take(RateLimiter window, int times)
    {
        var taken = 0;
        for (var i = 0; i < times; i++)
        {
            using var lease = window.AttemptAcquire();
            if (lease.IsAcquired) taken++;
        }
        return taken;
    }
}
