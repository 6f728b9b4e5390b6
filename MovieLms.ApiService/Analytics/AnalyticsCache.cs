using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using Microsoft.Extensions.Options;
using MovieLms.Application.Caching;
using MovieLms.Data.Analytics;
using MovieLms.ServiceDefaults.Caching;
using ZiggyCreatures.Caching.Fusion;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace MovieLms.ApiService.Analytics;

/// <summary>
/// Answers of analytics, which read whole collections. An answer that is cheap to compute is as fresh as any cached response. One that is
/// expensive is served for a while after a write, with its <c>Age</c>, so that the database computes it for a small share of the time.
/// </summary>
internal sealed class AnalyticsCache(
    JsonCache cache,
    IFusionCache memory,
    StoredAnswers store,
    AnalyticsGate gate,
    IOptions<AnalyticsOptions> options,
    IOptions<JsonOptions> json,
    TimeProvider time,
    ILogger<AnalyticsCache> logger,
    IHostApplicationLifetime lifetime
)
{
    /// <summary>The size charged to an answer in addition to its body, in bytes.</summary>
    private const int Overhead = 1024;

    /// <summary>Processes of two releases may share a database and return different shapes.</summary>
    private static readonly string Release = typeof(AnalyticsCache).Assembly.GetName().Version?.ToString(3) ?? "0";

    private readonly ConcurrentDictionary<string, KeptAnswer> _kept = new(StringComparer.Ordinal);
    private readonly JsonSerializerOptions _json = json.Value.SerializerOptions;
    private readonly FusionCacheEntryOptions _custom = memory.CreateEntryOptions(entry =>
        entry.SetSkipDistributedCache(true, true).SetDuration(Answer.MaxAge).SetFailSafe(false)
    );

    /// <summary>Returns the answer of an analytic without parameters. See <see cref="KeptAnswer"/>.</summary>
    /// <param name="name">A key of <see cref="CacheKeys"/>, of which there are only a few.</param>
    /// <param name="tags">The tags that invalidate the answer.</param>
    /// <param name="compute">Reads the value.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <param name="isPrivate">True for responses with <c>Cache-Control: no-store</c>.</param>
    internal async Task<CachedJsonResult> GetAsync<T>(
        string name,
        string[] tags,
        Func<CancellationToken, Task<T>> compute,
        CancellationToken cancellationToken,
        bool isPrivate = false
    )
    {
        var (answer, outcome) = await GetKeptAsync(name, tags, async token => ToJson(await compute(token)), cancellationToken);
        return new CachedJsonResult(answer.Content, outcome, isPrivate, answer.AgeAt(time.GetUtcNow()));
    }

    /// <summary>Returns the first elements of an answer that is a list, so that all lengths share one computation.</summary>
    /// <param name="name">A key of <see cref="CacheKeys"/>, of which there are only a few.</param>
    /// <param name="count">The maximum number of elements to return.</param>
    /// <param name="tags">The tags that invalidate the answer.</param>
    /// <param name="compute">Reads the longest list that callers may request.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <param name="isPrivate">True for responses with <c>Cache-Control: no-store</c>.</param>
    internal async Task<CachedJsonResult> GetFirstAsync<T>(
        string name,
        int count,
        string[] tags,
        Func<CancellationToken, Task<List<T>>> compute,
        CancellationToken cancellationToken,
        bool isPrivate = false
    )
    {
        var (answer, outcome) = await GetKeptAsync(name, tags, async token => ToJson(await compute(token)), cancellationToken);
        var content = CachedJson.Of(JsonArrays.Take(answer.Content.Body, count));
        return new CachedJsonResult(content, outcome, isPrivate, answer.AgeAt(time.GetUtcNow()));
    }

    /// <summary>Returns a file that is created from an analytic.</summary>
    /// <inheritdoc cref="GetAsync"/>
    internal async Task<CachedFileResult> GetFileAsync(
        string name,
        string[] tags,
        CachedFileType type,
        Func<CancellationToken, Task<byte[]>> compute,
        CancellationToken cancellationToken
    )
    {
        var (answer, outcome) = await GetKeptAsync(name, tags, compute, cancellationToken);
        return new CachedFileResult(answer.Content, outcome, type, answer.AgeAt(time.GetUtcNow()));
    }

    /// <summary>
    /// Returns the answer of an analytic with parameters that the caller chooses, from this process's bounded memory. After a write, it is
    /// served for at most a minute, and the less, the cheaper it is. A few are computed concurrently.
    /// </summary>
    /// <param name="key">A key of <see cref="CacheKeys"/> with the normalized parameters.</param>
    /// <param name="tags">The tags that invalidate the answer.</param>
    /// <param name="compute">Reads the value.</param>
    /// <param name="cancellationToken">Cancels the computation.</param>
    internal async Task<CachedJsonResult> GetCustomAsync<T>(
        string key,
        string[] tags,
        Func<CancellationToken, Task<T>> compute,
        CancellationToken cancellationToken
    )
    {
        var version = await cache.ReadVersionAsync(tags, cancellationToken);
        if (await FindCustomAsync(key, version, cancellationToken) is { } found)
            return found;
        return await gate.RunAsync(ComputeAsync, cancellationToken);

        async Task<CachedJsonResult> ComputeAsync()
        {
            // An identical request may have computed it while this one waited.
            version = await cache.ReadVersionAsync(tags, cancellationToken);
            if (await FindCustomAsync(key, version, cancellationToken) is { } computed)
                return computed;
            var (computedAt, started) = (time.GetUtcNow(), Stopwatch.GetTimestamp());
            var content = CachedJson.Of(ToJson(await compute(cancellationToken)));
            var answer = new Answer(content, version, computedAt, Stopwatch.GetElapsedTime(started));
            var entry = _custom.Duplicate().SetSize(content.Body.Length + Overhead);
            await memory.SetAsync(key, answer, entry, token: cancellationToken);
            return Custom(answer, CacheOutcome.Miss);
        }
    }

    private async ValueTask<CachedJsonResult?> FindCustomAsync(string key, string? version, CancellationToken cancellationToken)
    {
        var found = await memory.TryGetAsync<Answer>(key, _custom, cancellationToken);
        if (!found.HasValue)
            return null;
        var (answer, now) = (found.Value, time.GetUtcNow());
        if (answer.IsCurrent(version, now))
            return Custom(answer, CacheOutcome.Hit);
        var age = answer.AgeAt(now);
        return age < Answer.MaxAge && age < answer.Cost / options.Value.MaxRefreshShare ? Custom(answer, CacheOutcome.Stale) : null;
    }

    private CachedJsonResult Custom(Answer answer, CacheOutcome outcome)
    {
        CacheMetrics.Read(outcome != CacheOutcome.Miss);
        return new CachedJsonResult(answer.Content, outcome, isPrivate: false, answer.AgeAt(time.GetUtcNow()));
    }

    private async ValueTask<(Answer Answer, CacheOutcome Outcome)> GetKeptAsync(
        string name,
        string[] tags,
        Func<CancellationToken, Task<byte[]>> compute,
        CancellationToken cancellationToken
    )
    {
        var kept = _kept.GetOrAdd(
            name,
            (name, tags) => new(name + "@" + Release, tags, cache, store, options.Value, time, logger, lifetime.ApplicationStopping),
            tags
        );
        var result = await kept.GetAsync(compute, cancellationToken);
        CacheMetrics.Read(result.Outcome != CacheOutcome.Miss);
        return result;
    }

    private byte[] ToJson<T>(T value) => JsonSerializer.SerializeToUtf8Bytes(value, _json);
}
