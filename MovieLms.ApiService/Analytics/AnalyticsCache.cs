using System.Collections.Concurrent;
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
    ILogger<AnalyticsCache> logger
)
{
    /// <summary>The size charged to an answer in addition to its body, in bytes.</summary>
    private const int Overhead = 1024;

    /// <summary>Processes of two releases may share a database and return different shapes.</summary>
    private static readonly string Release = typeof(AnalyticsCache).Module.ModuleVersionId.ToString("N");

    private readonly ConcurrentDictionary<string, KeptAnswer> _kept = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Lazy<Task<Answer>>> _running = new(StringComparer.Ordinal);
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
        return new CachedJsonResult(answer.First(count), outcome, isPrivate, answer.AgeAt(time.GetUtcNow()));
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
    /// Returns the answer of an analytic with parameters that the caller chooses, from this process's bounded memory. After a write, an
    /// expensive answer is still served for up to a minute. A few answers are computed concurrently, each one once.
    /// </summary>
    /// <param name="key">A key of <see cref="CacheKeys"/> with the normalized parameters.</param>
    /// <param name="tags">The tags that invalidate the answer.</param>
    /// <param name="compute">Reads the value.</param>
    /// <param name="cancellationToken">Cancels the wait, not the computation.</param>
    internal async Task<CachedJsonResult> GetCustomAsync<T>(
        string key,
        string[] tags,
        Func<CancellationToken, Task<T>> compute,
        CancellationToken cancellationToken
    )
    {
        while (true)
        {
            var version = await cache.ReadVersionAsync(tags, cancellationToken);
            if (await FindCustomAsync(key, version, cancellationToken) is { } found)
                return found;
            var created = new Lazy<Task<Answer>>(() => gate.RunAsync(() => ComputeAsync(key, tags, compute), CancellationToken.None));
            var running = _running.GetOrAdd(key, created);
            var answer = await AwaitAndRemoveAsync(running).WaitAsync(cancellationToken);
            if (running == created)
                return Custom(answer, CacheOutcome.Miss);
            // The computation of another request may have started before the caller's last write.
            if (answer.IsCurrent(version, time.GetUtcNow(), Answer.MaxAge))
                return Custom(answer, CacheOutcome.Hit);
        }

        async Task<Answer> AwaitAndRemoveAsync(Lazy<Task<Answer>> running)
        {
            try
            {
                return await running.Value;
            }
            finally
            {
                _running.TryRemove(KeyValuePair.Create(key, running));
            }
        }
    }

    private async Task<Answer> ComputeAsync<T>(string key, string[] tags, Func<CancellationToken, Task<T>> compute)
    {
        using var limit = new CancellationTokenSource(StoredAnswers.MaxDuration, time);
        var version = await cache.ReadVersionAsync(tags, limit.Token);
        var answer = await Answer.ComputeAsync(version, async token => ToJson(await compute(token)), time, limit.Token);
        await memory.SetAsync(key, answer, _custom.Duplicate().SetSize(answer.Content.Size + Overhead), token: limit.Token);
        return answer;
    }

    private async ValueTask<CachedJsonResult?> FindCustomAsync(string key, string? version, CancellationToken cancellationToken)
    {
        var found = await memory.TryGetAsync<Answer>(key, _custom, cancellationToken);
        if (!found.HasValue)
            return null;
        var (answer, now) = (found.Value, time.GetUtcNow());
        if (answer.IsCurrent(version, now, Answer.MaxAge))
            return Custom(answer, CacheOutcome.Hit);
        var age = answer.AgeAt(now);
        return age < Answer.MaxAge && age < options.Value.GetInterval(answer.Cost) ? Custom(answer, CacheOutcome.Stale) : null;
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
        var kept = _kept.GetOrAdd(name, (name, tags) => new(name + "@" + Release, tags, cache, store, options.Value, time, logger), tags);
        var result = await kept.GetAsync(compute, cancellationToken);
        CacheMetrics.Read(result.Outcome != CacheOutcome.Miss);
        return result;
    }

    private byte[] ToJson<T>(T value) => JsonSerializer.SerializeToUtf8Bytes(value, _json);
}
