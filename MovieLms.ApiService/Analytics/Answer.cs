using MovieLms.Data.Analytics;
using MovieLms.ServiceDefaults.Caching;

namespace MovieLms.ApiService.Analytics;

/// <summary>The result of an analytic.</summary>
/// <param name="Content">The response.</param>
/// <param name="Version">The version of the data before the computation. Null if it was unknown.</param>
/// <param name="ComputedAt">When the computation started. The answer includes all earlier writes.</param>
/// <param name="Cost">How long the computation took.</param>
internal sealed record Answer(CachedJson Content, string? Version, DateTimeOffset ComputedAt, TimeSpan Cost)
{
    /// <summary>An answer is computed again after this time, or after a longer one if it is expensive, even if no write is known.</summary>
    internal static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(60);

    /// <summary>The maximum age while this process may miss writes. Another process's clock may be ahead by as much.</summary>
    private static readonly TimeSpan OutageMaxAge = TimeSpan.FromSeconds(1);

    private volatile FirstElements? _first;

    /// <summary>Returns true if no write is known since the computation.</summary>
    /// <param name="version">The version of the data; null while this process may miss writes.</param>
    /// <param name="now">The time.</param>
    /// <param name="maxAge">The maximum age if no write is known.</param>
    internal bool IsCurrent(string? version, DateTimeOffset now, TimeSpan maxAge) =>
        version is null ? (now - ComputedAt).Duration() < OutageMaxAge : Version == version && AgeAt(now) < maxAge;

    /// <summary>Returns the answer's age. Never negative, because another process's clock may be ahead.</summary>
    internal TimeSpan AgeAt(DateTimeOffset now) => now > ComputedAt ? now - ComputedAt : TimeSpan.Zero;

    /// <summary>Returns the first elements of an answer that is a list. The last requested length is kept.</summary>
    /// <param name="count">The maximum number of elements, at least 1.</param>
    internal CachedJson First(int count)
    {
        if (_first is { } known && known.Count == count)
            return known.Content;
        var content = CachedJson.Of(JsonArrays.Take(Content.Body, count));
        _first = new FirstElements(count, content);
        return content;
    }

    /// <summary>Computes an answer.</summary>
    /// <param name="version">The version of the data, read before the call: a write during the computation makes the answer outdated.</param>
    /// <param name="compute">Returns the response's body.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Cancels the computation.</param>
    internal static async Task<Answer> ComputeAsync(
        string? version,
        Func<CancellationToken, Task<byte[]>> compute,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var (computedAt, started) = (time.GetUtcNow(), time.GetTimestamp());
        var content = CachedJson.Of(await compute(cancellationToken));
        return new Answer(content, version, computedAt, time.GetElapsedTime(started));
    }

    internal static Answer From(StoredAnswer stored) =>
        new(CachedJson.Of(stored.Body ?? []), stored.Version, stored.ComputedAt, TimeSpan.FromMilliseconds(stored.CostMilliseconds));

    private sealed record FirstElements(int Count, CachedJson Content);
}
