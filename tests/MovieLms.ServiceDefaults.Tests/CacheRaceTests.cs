using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using MovieLms.ServiceDefaults.Caching;
using MovieLms.Testing;
using StackExchange.Redis;
using ZiggyCreatures.Caching.Fusion;
using ZiggyCreatures.Caching.Fusion.Backplane;
using ZiggyCreatures.Caching.Fusion.Serialization.SystemTextJson;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace MovieLms.ServiceDefaults.Tests;

/// <summary>Invalidations are not lost, even if they overlap with a read or come from a process whose clock is behind.</summary>
public sealed class CacheRaceTests : IAsyncLifetime
{
    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(5);
    private ServiceHost _host = null!;
    private int _value = 1;

    public async ValueTask InitializeAsync() =>
        _host = await ServiceHost.StartAsync(
            new ServiceHostOptions
            {
                Services = Services.None,
                Map = app => app.MapGet("/t/value", (JsonCache cache, CancellationToken token) => ReadAsync(cache, token)).AllowAnonymous(),
            }
        );

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task An_invalidation_by_a_process_whose_clock_is_behind_takes_effect()
    {
        var redis = _host.App.Services.GetRequiredService<IConnectionMultiplexer>();
        var messages = new TaskCompletionSource<(RedisChannel Channel, BackplaneMessage Message)>(
            TaskCreationOptions.RunContinuationsAsynchronously
        );
        await redis
            .GetSubscriber()
            .SubscribeAsync(
                RedisChannel.Pattern($"*{_host.Name}*"),
                (channel, bytes) =>
                {
                    try
                    {
                        if (BackplaneMessage.FromByteArray((byte[])bytes!) is { CacheKey: "stamp:numbers" } message)
                            messages.TrySetResult((channel, message));
                    }
                    catch (FormatException)
                    {
                        // Not a cache message.
                    }
                }
            );
        await _host.App.Services.GetRequiredService<JsonCache>().InvalidateAsync("numbers");
        var (channel, message) = await messages.Task.WaitAsync(TimeSpan.FromSeconds(20));
        await _host.Client.GetStringAsync("/t/value");
        _value = 2;
        Assert.Equal("""{"value":1}""", await _host.Client.GetStringAsync("/t/value"));

        // Simulates another process whose clock is an hour behind: a new stamp in Redis, and a message with the old time.
        var keys = redis.GetServers().SelectMany(server => server.Keys(pattern: $"*{_host.Name}*stamp:numbers")).ToArray();
        Assert.Single(keys);
        await redis.GetDatabase().KeyDeleteAsync(keys);
        var late = BackplaneMessage.CreateForEntrySet("elsewhere", "stamp:numbers", message.Timestamp - TimeSpan.FromHours(1).Ticks);
        await redis.GetSubscriber().PublishAsync(RedisChannel.Literal(channel.ToString()), BackplaneMessage.ToByteArray(late));
        await Eventually.WaitUntilAsync(async () => await _host.Client.GetStringAsync("/t/value") == """{"value":2}""", "the value is new");
    }

    [Fact]
    public async Task An_invalidation_during_a_read_of_the_stamp_is_not_overwritten_by_the_old_stamp()
    {
        var redis = new GatedCache();
        var ((other, _), (cache, changes)) = (NewProcess(redis), NewProcess(redis));
        Assert.Equal(("MISS", """{"value":1}"""), await ValueAsync(other));
        redis.Close("stamp:numbers");
        var reading = ValueAsync(cache);
        // The old stamp has been read from Redis but is not in memory yet.
        await redis.Reached;
        _value = 2;
        redis.PassOthers();
        await other.InvalidateAsync("numbers");
        changes.ChangedElsewhere("stamp:numbers");
        redis.Open();
        Assert.Equal(("MISS", """{"value":2}"""), await reading);
        Assert.Equal(("HIT", """{"value":2}"""), await ValueAsync(cache));
    }

    private async ValueTask<CachedJsonResult> ReadAsync(JsonCache cache, CancellationToken token) =>
        await cache.GetOrCreateAsync("value", ["numbers"], Fresh, _ => Task.FromResult(new { value = _value }), token);

    private async Task<(string Cache, string Body)> ValueAsync(JsonCache cache)
    {
        using var body = new MemoryStream();
        var http = new DefaultHttpContext();
        http.Response.Body = body;
        await (await ReadAsync(cache, default)).ExecuteAsync(http);
        return (http.Response.Headers["X-Cache"].ToString(), Encoding.UTF8.GetString(body.ToArray()));
    }

    /// <summary>Creates the cache of one process over a shared second level.</summary>
    private (JsonCache Cache, StampChanges Changes) NewProcess(IDistributedCache redis)
    {
        var firstLevel = new FirstLevel();
        var fusion = new FusionCache(new FusionCacheOptions(), firstLevel.Memory);
        fusion.DefaultEntryOptions.Size = FirstLevel.SmallEntry;
        fusion.SetupDistributedCache(redis, new FusionCacheSystemTextJsonSerializer());
        var (services, changes) = (_host.App.Services, new StampChanges(firstLevel));
        return (
            new JsonCache(
                fusion,
                services.GetRequiredService<CacheSubscription>(),
                changes,
                services.GetRequiredService<IOptions<JsonOptions>>()
            ),
            changes
        );
    }

    /// <summary>A cache that blocks the first reader of a key after it has read the value.</summary>
    private sealed class GatedCache : IDistributedCache
    {
        private readonly MemoryDistributedCache _inner = new(Options.Create(new MemoryDistributedCacheOptions()));
        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private volatile string? _gated;

        internal Task Reached => _reached.Task;

        internal void Close(string key) => _gated = key;

        internal void PassOthers() => _gated = null;

        internal void Open() => _open.SetResult();

        public async Task<byte[]?> GetAsync(string key, CancellationToken token = default)
        {
            var value = await _inner.GetAsync(key, token);
            if (_gated is not { } gated || !key.EndsWith(gated, StringComparison.Ordinal))
                return value;
            _reached.TrySetResult();
            await _open.Task;
            return value;
        }

        public byte[]? Get(string key) => _inner.Get(key);

        public void Set(string key, byte[] value, DistributedCacheEntryOptions options) => _inner.Set(key, value, options);

        public Task SetAsync(string key, byte[] value, DistributedCacheEntryOptions options, CancellationToken token = default) =>
            _inner.SetAsync(key, value, options, token);

        public void Refresh(string key) => _inner.Refresh(key);

        public Task RefreshAsync(string key, CancellationToken token = default) => _inner.RefreshAsync(key, token);

        public void Remove(string key) => _inner.Remove(key);

        public Task RemoveAsync(string key, CancellationToken token = default) => _inner.RemoveAsync(key, token);
    }
}
