using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Caching.StackExchangeRedis;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using MovieLms.ServiceDefaults.Redis;
using StackExchange.Redis;
using ZiggyCreatures.Caching.Fusion;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace MovieLms.ServiceDefaults.Caching;

/// <summary>
/// One cache: memory first, Redis second, a Redis backplane that tells the other processes what changed. Its values
/// may be stale for an outage's length (fail-safe), never for longer than a pub/sub message takes otherwise.
/// </summary>
internal static class CachingExtensions
{
    internal static void AddCaching(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<CacheHearing>();
        builder.Services.AddSingleton(services => new JsonCache(
            services.GetRequiredService<IFusionCache>(),
            services.GetRequiredService<CacheHearing>(),
            services.GetRequiredService<StampChanges>(),
            services.GetRequiredService<IOptions<JsonOptions>>()
        ));
        builder.Services.AddSingleton<FirstLevel>().AddSingleton<StampChanges>();
        builder.Services.AddSingleton(services => new RedisCache(
            new RedisCacheOptions
            {
                ConnectionMultiplexerFactory = () => Task.FromResult(services.GetRequiredService<IConnectionMultiplexer>()),
                InstanceName = services.GetRequiredService<RedisNames>().Prefix + "cache:",
            }
        ));
        builder
            .Services.AddFusionCache()
            .WithOptions(options =>
            {
                options.DistributedCacheCircuitBreakerDuration = TimeSpan.FromSeconds(2);
                options.BackplaneCircuitBreakerDuration = TimeSpan.FromSeconds(2);
            })
            .WithDefaultEntryOptions(
                new FusionCacheEntryOptions
                {
                    Duration = TimeSpan.FromSeconds(60),
                    Size = FirstLevel.SmallEntry,
                    JitterMaxDuration = TimeSpan.FromSeconds(2),
                    IsFailSafeEnabled = true,
                    FailSafeMaxDuration = TimeSpan.FromHours(1),
                    FailSafeThrottleDuration = TimeSpan.FromSeconds(5),
                    DistributedCacheSoftTimeout = TimeSpan.FromMilliseconds(100),
                    DistributedCacheHardTimeout = TimeSpan.FromMilliseconds(500),
                    AllowBackgroundDistributedCacheOperations = false,
                    AllowBackgroundBackplaneOperations = false,
                }
            )
            .WithMemoryCache(services => services.GetRequiredService<FirstLevel>().Memory)
            .WithSerializer(new FusionCacheJsonSerializer())
            .WithDistributedCache(services => services.GetRequiredService<RedisCache>())
            .WithBackplane(services => services.GetRequiredService<RedisBackplane>());
        builder.Services.AddSingleton<RedisBackplane>();
    }
}

/// <summary>The in-process level. It is emptied when Redis comes back, since what others changed meanwhile was not heard.</summary>
internal sealed class FirstLevel : IDisposable
{
    /// <summary>What an entry counts whose size is not said, in bytes.</summary>
    internal const int SmallEntry = 1024;

    /// <summary>All entries together, in bytes: callers who ask for what nobody asked before only push out what is used least.</summary>
    private const long MaxBytes = 64 * 1024 * 1024;

    internal MemoryCache Memory { get; } = new(new MemoryCacheOptions { SizeLimit = MaxBytes });

    internal void Drop() => Memory.Clear();

    public void Dispose() => Memory.Dispose();
}
