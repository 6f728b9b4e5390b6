using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using MovieLms.ServiceDefaults.Compression;
using MovieLms.ServiceDefaults.Http;

namespace MovieLms.ServiceDefaults.Caching;

/// <summary>A stored response: UTF-8 JSON or a file, and its <see cref="EntityTag"/>.</summary>
public sealed record CachedJson(byte[] Body, string ETag)
{
    /// <summary>The bytes written at a time, so that a client that does not read holds little memory.</summary>
    private const int ChunkBytes = 64 * 1024;

    private CompressedForm? _gzip;
    private CompressedForm? _brotli;

    /// <summary>The size of the body and its compressed forms, in bytes. Text is compressed to a quarter or less.</summary>
    [JsonIgnore]
    public int Size => Body.Length < ContentCodings.MinBytes ? Body.Length : Body.Length + (Body.Length / 2);

    /// <summary>Returns the value as JSON.</summary>
    public static CachedJson From<T>(T value, JsonSerializerOptions options) => Of(JsonSerializer.SerializeToUtf8Bytes(value, options));

    /// <summary>Returns the bytes with their entity tag.</summary>
    public static CachedJson Of(byte[] body) => new(body, EntityTag.Of(body));

    /// <summary>
    /// Writes the stored bytes, or 304 if the client has them. An endpoint with <see cref="CompressedResponse"/> sends a compressed form,
    /// with an entity tag of its own, to clients that accept it.
    /// </summary>
    public async Task WriteAsync(HttpContext http, string cacheControl, string contentType)
    {
        var (request, response) = (http.Request, http.Response);
        var (body, etag, coding) = (Body, ETag, ContentCoding.None);
        if (Body.Length >= ContentCodings.MinBytes && http.GetEndpoint()?.Metadata.GetMetadata<CompressedResponse>() is not null)
        {
            response.Headers.Append("Vary", "Accept-Encoding");
            coding = ContentCodings.Choose(request.Headers.AcceptEncoding);
            // A client that has the plain form need not receive the other one.
            if (coding != ContentCoding.None && !EntityTag.IsListed(request.Headers.IfNoneMatch, ETag))
                (body, etag) = GetCompressed(coding);
        }
        response.Headers.CacheControl = cacheControl;
        response.Headers.ETag = etag;
        if (EntityTag.IsListed(request.Headers.IfNoneMatch, etag))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }
        if (coding != ContentCoding.None)
            response.Headers.ContentEncoding = ContentCodings.Name(coding);
        response.ContentType = contentType;
        response.ContentLength = body.Length;
        for (var start = 0; start < body.Length; start += ChunkBytes)
            await response.Body.WriteAsync(body.AsMemory(start, Math.Min(ChunkBytes, body.Length - start)), http.RequestAborted);
    }

    private CompressedForm GetCompressed(ContentCoding coding)
    {
        ref var form = ref (coding == ContentCoding.Brotli ? ref _brotli : ref _gzip);
        if (Volatile.Read(ref form) is { } known)
            return known;
        var created = new CompressedForm(
            ContentCodings.Compress(coding, Body),
            $"\"{ETag.AsSpan().Trim('"')}-{ContentCodings.Name(coding)}\""
        );
        return Interlocked.CompareExchange(ref form, created, null) ?? created;
    }

    private sealed record CompressedForm(byte[] Body, string ETag);
}

/// <summary>Where a response comes from: the value of <c>X-Cache</c>.</summary>
public enum CacheOutcome
{
    /// <summary>The stored response, and nothing that it contains has changed.</summary>
    Hit,

    /// <summary>Computed for this request.</summary>
    Miss,

    /// <summary>The stored response, although something that it contains has changed.</summary>
    Stale,
}

internal static class CacheOutcomes
{
    /// <summary>Sets <c>X-Cache</c> and <c>Age</c>.</summary>
    internal static void WriteHeaders(this CacheOutcome outcome, HttpContext http, TimeSpan? age)
    {
        var headers = http.Response.Headers;
        headers["X-Cache"] = outcome switch
        {
            CacheOutcome.Hit => "HIT",
            CacheOutcome.Miss => "MISS",
            _ => "STALE",
        };
        if (age is { } time)
            headers.Age = ((long)time.TotalSeconds).ToString(CultureInfo.InvariantCulture);
    }
}

/// <summary>Writes a stored response, or 304 if the client has it.</summary>
/// <param name="entry">The response.</param>
/// <param name="outcome">Where it comes from.</param>
/// <param name="isPrivate">True for one user's data, which is sent with <c>Cache-Control: no-store</c>.</param>
/// <param name="age">The value of <c>Age</c>; null omits the header.</param>
public sealed class CachedJsonResult(CachedJson entry, CacheOutcome outcome, bool isPrivate, TimeSpan? age = null)
    : IResult,
        IEndpointMetadataProvider
{
    /// <inheritdoc/>
    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) => builder.AddCacheHeaders();

    /// <inheritdoc/>
    public Task ExecuteAsync(HttpContext httpContext)
    {
        outcome.WriteHeaders(httpContext, age);
        return entry.WriteAsync(httpContext, isPrivate ? "no-store" : "private, no-cache", "application/json; charset=utf-8");
    }
}

/// <summary>The type and name of a stored file.</summary>
/// <param name="MediaType">The value of <c>Content-Type</c>.</param>
/// <param name="Name">The ASCII name in <c>Content-Disposition</c>.</param>
public sealed record CachedFileType(string MediaType, string Name)
{
    /// <summary>True for a file that browsers show in place of downloading it.</summary>
    public bool IsInline { get; init; }
}

/// <summary>Writes a stored file, or 304 if the client has it.</summary>
/// <param name="entry">The file.</param>
/// <param name="outcome">Where it comes from.</param>
/// <param name="type">The file's type and name.</param>
/// <param name="age">The value of <c>Age</c>; null omits the header.</param>
public sealed class CachedFileResult(CachedJson entry, CacheOutcome outcome, CachedFileType type, TimeSpan? age = null)
    : IResult,
        IEndpointMetadataProvider
{
    /// <inheritdoc/>
    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) => builder.AddCacheHeaders();

    /// <inheritdoc/>
    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.Headers.ContentDisposition = $"{(type.IsInline ? "inline" : "attachment")}; filename=\"{type.Name}\"";
        httpContext.Response.Headers.XContentTypeOptions = "nosniff";
        outcome.WriteHeaders(httpContext, age);
        return entry.WriteAsync(httpContext, "private, no-cache", type.MediaType);
    }
}
