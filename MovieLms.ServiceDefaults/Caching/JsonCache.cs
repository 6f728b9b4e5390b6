using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Options;
using ZiggyCreatures.Caching.Fusion;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace MovieLms.ServiceDefaults.Caching;

/// <summary>
/// Answers that are kept as the bytes that were sent, so that a hit costs a few look-ups and one copy: no query, no
/// serialization. The result says <c>X-Cache: HIT</c> or <c>MISS</c> and honours <c>If-None-Match</c>.
/// <para>
/// Each tag has a stamp, a random number that every process knows, and the stamps of an answer's tags are part of the key it is
/// kept under. A write changes the stamp. An answer that was read before the write but kept after it thus lies under the old
/// stamp, where nobody looks any more: no order of events between processes brings it back.
/// </para>
/// </summary>
public sealed class JsonCache
{
    /// <summary>How old an answer may be while this process cannot hear the others' writes.</summary>
    private static readonly TimeSpan UnheardDuration = TimeSpan.FromSeconds(1);

    /// <summary>What the memory counts for an answer beyond its body.</summary>
    private const int Overhead = 512;

    private readonly IFusionCache _cache;
    private readonly CacheHearing _hearing;
    private readonly CacheStamps _stamps;
    private readonly JsonSerializerOptions _json;
    private readonly FusionCacheEntryOptions _local;

    internal JsonCache(IFusionCache cache, CacheHearing hearing, StampChanges changes, IOptions<JsonOptions> json)
    {
        (_cache, _hearing, _stamps, _json) = (cache, hearing, new CacheStamps(cache, changes), json.Value.SerializerOptions);
        _local = cache.CreateEntryOptions(Localize);
    }

    /// <summary>The answer under <paramref name="key"/>, made by <paramref name="create"/> when there is none.</summary>
    /// <param name="key">From the one file of keys, <c>CacheKeys</c>.</param>
    /// <param name="tags">What a write must drop it by.</param>
    /// <param name="duration">How long it is fresh.</param>
    /// <param name="create">Reads the value; its failure serves the last good answer when there is one (fail-safe).</param>
    /// <param name="cancellationToken">The request's.</param>
    /// <param name="isPrivate">True for one user's data: sent with <c>Cache-Control: no-store</c>.</param>
    /// <param name="isLocal">True to keep it in this process only: for what is read again faster than it is fetched from Redis, and for
    /// what there may be much of.</param>
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
        return new CachedJsonResult(entry, isHit, isPrivate);
    }

    /// <summary>
    /// The file under <paramref name="key"/>, made by <paramref name="create"/> when there is none; who asks meanwhile waits for that one.
    /// </summary>
    /// <param name="key">From the one file of keys, <c>CacheKeys</c>.</param>
    /// <param name="tags">What a write must drop it by.</param>
    /// <param name="duration">How long it is fresh.</param>
    /// <param name="type">Its media type and its name when it is saved.</param>
    /// <param name="create">Makes its bytes.</param>
    /// <param name="cancellationToken">The request's.</param>
    public async ValueTask<CachedFileResult> GetOrCreateFileAsync(
        string key,
        string[] tags,
        TimeSpan duration,
        CachedFileType type,
        Func<CancellationToken, Task<byte[]>> create,
        CancellationToken cancellationToken
    )
    {
        var (entry, isHit) = await EntryAsync(
            key,
            tags,
            duration,
            async token => CachedJson.Of(await create(token)),
            isLocal: false,
            cancellationToken
        );
        return new CachedFileResult(entry, isHit, type);
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
        var isSubscriptionLost = _hearing.IsSubscriptionLost;
        key = await StampedAsync(key, tags, isSubscriptionLost, cancellationToken);
        var hit = await _cache.TryGetAsync<CachedJson>(key, isLocal || isSubscriptionLost ? _local : null, cancellationToken);
        if (hit.HasValue)
        {
            CacheMetrics.Read(isHit: true);
            return (hit.Value, true);
        }

        var made = false;
        var entry = await _cache.GetOrSetAsync<CachedJson>(
            key,
            async (context, token) =>
            {
                made = true;
                var answer = await create(token);
                context.Options.SetSize(answer.Body.Length + Overhead);
                return answer;
            },
            options =>
            {
                options.SetDuration(isSubscriptionLost && duration > UnheardDuration ? UnheardDuration : duration);
                if (isSubscriptionLost)
                    options.JitterMaxDuration = TimeSpan.Zero;
                if (isLocal || isSubscriptionLost)
                    Localize(options);
            },
            token: cancellationToken
        );
        CacheMetrics.Read(!made);
        return (entry, !made);
    }

    /// <summary>Drops every answer that carries one of the tags, here and in the other processes.</summary>
    public async ValueTask DropAsync(IEnumerable<string> tags, CancellationToken cancellationToken = default)
    {
        foreach (var tag in tags)
            await DropAsync(tag, cancellationToken);
    }

    /// <inheritdoc cref="DropAsync(IEnumerable{string}, CancellationToken)"/>
    public ValueTask DropAsync(string tag, CancellationToken cancellationToken = default) =>
        _stamps.ChangeAsync(tag, _hearing.IsSubscriptionLost, cancellationToken);

    private async ValueTask<string> StampedAsync(string key, string[] tags, bool isSubscriptionLost, CancellationToken cancellationToken)
    {
        // Answers of the time without Redis live a second and are kept apart from the others.
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
