using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Caching.StackExchangeRedis;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using MovieLms.ServiceDefaults.Redis;
using StackExchange.Redis;
using ZiggyCreatures.Caching.Fusion;
using ZiggyCreatures.Caching.Fusion.Backplane.StackExchangeRedis;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace MovieLms.ServiceDefaults.Caching;

/// <summary>
/// Registers the cache: memory first, Redis second, and a Redis backplane that publishes changes to the other processes. Values may be
/// stale for the duration of an outage (fail-safe), otherwise never for longer than a message takes.
/// </summary>
public static class CachingExtensions
{
    /// <summary>Adds the <see cref="DocumentCache"/> of an entity.</summary>
    /// <param name="services">The services.</param>
    /// <param name="entity">The entity's name.</param>
    public static void AddDocumentCache(this IServiceCollection services, string entity) =>
        services.TryAddSingleton(provider => new DocumentCache(
            entity,
            provider.GetRequiredService<IFusionCache>(),
            provider.GetRequiredService<CacheSubscription>(),
            provider.GetRequiredService<IOptions<JsonOptions>>()
        ));

    internal static void AddCaching(this IHostApplicationBuilder builder)
    {
        var names = new RedisNames(builder.Configuration);
        builder.Services.AddSingleton<CacheSubscription>();
        builder.Services.AddSingleton(services => new JsonCache(
            services.GetRequiredService<IFusionCache>(),
            services.GetRequiredService<CacheSubscription>(),
            services.GetRequiredService<StampChanges>(),
            services.GetRequiredService<IOptions<JsonOptions>>()
        ));
        const string Size = "Memory:ResponseCacheMegabytes";
        var megabytes = builder.Configuration.GetValue(Size, FirstLevel.DefaultMegabytes);
        if (megabytes is < 1 or > FirstLevel.MaxMegabytes)
            throw new InvalidOperationException($"{Size} must be between 1 and {FirstLevel.MaxMegabytes}.");
        builder.Services.AddSingleton(_ => new FirstLevel(megabytes)).AddSingleton<StampChanges>();
        builder
            .Services.AddFusionCache()
            .WithOptions(options =>
            {
                options.BackplaneChannelPrefix = names.Prefix;
                // JsonCache must know of a change before the next read.
                options.EnableSyncEventHandlersExecution = true;
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
            .WithSystemTextJsonSerializer()
            .WithDistributedCache(services => new RedisCache(
                new RedisCacheOptions
                {
                    ConnectionMultiplexerFactory = () => Task.FromResult(services.GetRequiredService<IConnectionMultiplexer>()),
                    InstanceName = names.Prefix + "cache:",
                }
            ))
            .WithBackplane(services => new SharedBackplane(
                new RedisBackplane(
                    new RedisBackplaneOptions
                    {
                        ConnectionMultiplexerFactory = () => Task.FromResult(services.GetRequiredService<IConnectionMultiplexer>()),
                    }
                )
            ));
    }
}

/// <summary>The level in memory. It is cleared after an outage of Redis.</summary>
/// <param name="megabytes">The maximum size of all entries. The least used entries are evicted.</param>
internal sealed class FirstLevel(int megabytes = FirstLevel.DefaultMegabytes) : IDisposable
{
    /// <summary>The size charged to entries that declare none, in bytes.</summary>
    internal const int SmallEntry = 1024;

    internal const int DefaultMegabytes = 64;
    internal const int MaxMegabytes = 65_536;

    internal MemoryCache Memory { get; } = new(new MemoryCacheOptions { SizeLimit = megabytes * 1024L * 1024 });

    internal void Clear() => Memory.Clear();

    public void Dispose() => Memory.Dispose();
}
