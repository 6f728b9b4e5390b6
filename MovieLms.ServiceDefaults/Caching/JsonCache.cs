using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Options;
using ZiggyCreatures.Caching.Fusion;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace MovieLms.ServiceDefaults.Caching;

/// <summary>
/// Caches responses as the bytes that were sent, so that a hit costs a few look-ups and one copy: no query, no serialization. The result
/// sets <c>X-Cache: HIT</c> or <c>MISS</c> and honors <c>If-None-Match</c>.
/// <para>
/// Each tag has a stamp, a random number that all processes share, and a response's key contains the stamps of its tags. A write changes
/// the stamp. A response that was computed before the write and stored after it has a key with the old stamp, which is never read again,
/// whatever the order of events between the processes.
/// </para>
/// </summary>
public sealed class JsonCache
{
    /// <summary>The maximum age of a response while this process may miss the writes of others.</summary>
    private static readonly TimeSpan OutageDuration = TimeSpan.FromSeconds(1);

    /// <summary>The size charged to a response in addition to its body, in bytes.</summary>
    private const int Overhead = 512;

    private readonly IFusionCache _cache;
    private readonly CacheSubscription _subscription;
    private readonly CacheStamps _stamps;
    private readonly JsonSerializerOptions _json;
    private readonly FusionCacheEntryOptions _local;

    internal JsonCache(IFusionCache cache, CacheSubscription subscription, StampChanges changes, IOptions<JsonOptions> json)
    {
        (_cache, _subscription, _stamps, _json) = (cache, subscription, new CacheStamps(cache, changes), json.Value.SerializerOptions);
        cache.Events.Backplane.MessageReceived += (_, received) => changes.Receive(received.Message);
        _local = cache.CreateEntryOptions(Localize);
    }

    /// <summary>Returns the response stored under a key, or creates it.</summary>
    /// <param name="key">A key of <c>CacheKeys</c>.</param>
    /// <param name="tags">The tags that invalidate the response.</param>
    /// <param name="duration">How long the response is fresh.</param>
    /// <param name="create">Reads the value. If that fails, the last response is served, if there is one (fail-safe).</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <param name="isPrivate">True for one user's data, which is sent with <c>Cache-Control: no-store</c>.</param>
    /// <param name="isLocal">True to store the response in this process only: for values that are faster to read again than to get from
    /// Redis, and for values of which there may be many.</param>
    public async ValueTask<CachedJsonResult> GetOrCreateAsync<T>(
        string key,
        string[] tags,
        TimeSpan duration,
        Func<CancellationToken, Task<T>> create,
        CancellationToken cancellationToken,
        bool isPrivate = false,
        bool isLocal = false
    )
    {
        var (entry, isHit) = await EntryAsync(
            key,
            tags,
            duration,
            async token => CachedJson.From(await create(token), _json),
            isLocal,
            cancellationToken
        );
        return new CachedJsonResult(entry, isHit ? CacheOutcome.Hit : CacheOutcome.Miss, isPrivate);
    }

    private async ValueTask<(CachedJson Entry, bool IsHit)> EntryAsync(
        string key,
        string[] tags,
        TimeSpan duration,
        Func<CancellationToken, Task<CachedJson>> create,
        bool isLocal,
        CancellationToken cancellationToken
    )
    {
        var isSubscriptionLost = _subscription.IsLost;
        key = await StampedAsync(key, tags, isSubscriptionLost, cancellationToken);
        var hit = await _cache.TryGetAsync<CachedJson>(key, isLocal || isSubscriptionLost ? _local : null, cancellationToken);
        if (hit.HasValue)
        {
            CacheMetrics.Read(isHit: true);
            return (hit.Value, true);
        }

        var isCreated = false;
        var entry = await _cache.GetOrSetAsync<CachedJson>(
            key,
            async (context, token) =>
            {
                isCreated = true;
                var response = await create(token);
                context.Options.SetSize(response.Size + Overhead);
                return response;
            },
            options =>
            {
                options.SetDuration(isSubscriptionLost && duration > OutageDuration ? OutageDuration : duration);
                if (isSubscriptionLost)
                    options.JitterMaxDuration = TimeSpan.Zero;
                if (isLocal || isSubscriptionLost)
                    Localize(options);
            },
            token: cancellationToken
        );
        CacheMetrics.Read(isHit: !isCreated);
        return (entry, !isCreated);
    }

    /// <summary>Invalidates the responses with one of the tags in all processes.</summary>
    public async ValueTask InvalidateAsync(IEnumerable<string> tags, CancellationToken cancellationToken = default)
    {
        foreach (var tag in tags)
            await InvalidateAsync(tag, cancellationToken);
    }

    /// <inheritdoc cref="InvalidateAsync(IEnumerable{string}, CancellationToken)"/>
    public ValueTask InvalidateAsync(string tag, CancellationToken cancellationToken = default) =>
        _stamps.ChangeAsync(tag, _subscription.IsLost, cancellationToken);

    /// <summary>
    /// Returns a value that changes whenever one of the tags is invalidated, or null while this process may miss the writes of others.
    /// </summary>
    public async ValueTask<string?> ReadVersionAsync(string[] tags, CancellationToken cancellationToken) =>
        _subscription.IsLost ? null : await StampedAsync(string.Empty, tags, isSubscriptionLost: false, cancellationToken);

    private async ValueTask<string> StampedAsync(string key, string[] tags, bool isSubscriptionLost, CancellationToken cancellationToken)
    {
        // Responses of an outage live for a second and have keys of their own.
        if (isSubscriptionLost)
            key += "~";
        foreach (var tag in tags)
        {
            var stamp = await _stamps.ReadAsync(tag, cancellationToken);
            key = string.Create(CultureInfo.InvariantCulture, $"{key}@{stamp:x}");
        }
        return key;
    }

    private static void Localize(FusionCacheEntryOptions options) => options.SetSkipDistributedCache(true, true);
}
