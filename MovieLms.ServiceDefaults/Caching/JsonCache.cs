using System.IO.Hashing;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using ZiggyCreatures.Caching.Fusion;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace MovieLms.ServiceDefaults.Caching;

/// <summary>
/// Answers that are kept as the bytes that were sent, so that a hit costs one look-up and one copy: no query, no
/// serialization. The result says <c>X-Cache: HIT</c> or <c>MISS</c> and honours <c>If-None-Match</c>.
/// </summary>
public sealed class JsonCache(IFusionCache cache, IOptions<JsonOptions> json)
{
    /// <summary>The answer under <paramref name="key"/>, made by <paramref name="create"/> when there is none.</summary>
    /// <param name="key">From the one file of keys, <c>CacheKeys</c>.</param>
    /// <param name="tags">What a write must drop it by.</param>
    /// <param name="duration">How long it is fresh.</param>
    /// <param name="create">Reads the value; its failure serves the last good answer when there is one (fail-safe).</param>
    /// <param name="cancellationToken">The request's.</param>
    /// <param name="isPrivate">True for one user's data: sent with <c>Cache-Control: no-store</c>.</param>
    public async ValueTask<CachedJsonResult> GetOrCreateAsync<T>(
        string key, string[] tags, TimeSpan duration, Func<CancellationToken, Task<T>> create, CancellationToken cancellationToken, bool isPrivate = false)
    {
        var hit = await cache.TryGetAsync<CachedJson>(key, token: cancellationToken);
        if (hit.HasValue) return new CachedJsonResult(hit.Value, true, isPrivate);

        var made = false;
        var entry = await cache.GetOrSetAsync<CachedJson>(
            key,
            async (_, token) =>
            {
                made = true;
                return CachedJson.From(await create(token), json.Value.SerializerOptions);
            },
            options => options.SetDuration(duration),
            tags,
            cancellationToken);
        return new CachedJsonResult(entry, !made, isPrivate);
    }

    /// <summary>Drops every answer that carries one of the tags, here and in the other processes.</summary>
    public ValueTask DropAsync(IEnumerable<string> tags, CancellationToken cancellationToken = default) =>
        cache.RemoveByTagAsync(tags, token: cancellationToken);

    /// <inheritdoc cref="DropAsync(IEnumerable{string}, CancellationToken)"/>
    public ValueTask DropAsync(string tag, CancellationToken cancellationToken = default) =>
        cache.RemoveByTagAsync(tag, token: cancellationToken);

    /// <summary>Drops one answer, here and in the other processes.</summary>
    public ValueTask DropKeyAsync(string key, CancellationToken cancellationToken = default) =>
        cache.RemoveAsync(key, token: cancellationToken);
}

/// <summary>A stored answer: UTF-8 JSON and its entity tag (RFC 9110, section 8.8.3).</summary>
public sealed record CachedJson(byte[] Body, string ETag)
{
    internal static CachedJson From<T>(T value, JsonSerializerOptions options)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(value, options);
        return new CachedJson(body, $"\"{XxHash3.HashToUInt64(body):x16}\"");
    }
}

/// <summary>Writes a stored answer, or 304 when the client holds it already.</summary>
public sealed class CachedJsonResult(CachedJson entry, bool isHit, bool isPrivate) : IResult
{
    /// <summary>Sends the stored bytes as they are.</summary>
    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.Headers["X-Cache"] = isHit ? "HIT" : "MISS";
        response.Headers.CacheControl = isPrivate ? "no-store" : "private, no-cache";
        response.Headers.ETag = entry.ETag;
        if (httpContext.Request.Headers.IfNoneMatch is { Count: > 0 } known && known.Contains(entry.ETag))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }
        response.ContentType = "application/json; charset=utf-8";
        response.ContentLength = entry.Body.Length;
        return response.Body.WriteAsync(entry.Body, httpContext.RequestAborted).AsTask();
    }
}
