using System.Globalization;
using System.IO.Hashing;
using System.Reflection;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using MovieLms.ServiceDefaults.Http;

namespace MovieLms.ServiceDefaults.Caching;

/// <summary>A stored response: UTF-8 JSON or a file, and its entity tag (RFC 9110, section 8.8.3).</summary>
public sealed record CachedJson(byte[] Body, string ETag)
{
    /// <summary>Returns the value as JSON.</summary>
    public static CachedJson From<T>(T value, JsonSerializerOptions options) => Of(JsonSerializer.SerializeToUtf8Bytes(value, options));

    /// <summary>Returns the bytes with their entity tag.</summary>
    public static CachedJson Of(byte[] body) => new(body, $"\"{XxHash3.HashToUInt64(body):x16}\"");

    /// <summary>Writes the stored bytes, or 304 if the client has them.</summary>
    internal Task WriteAsync(HttpContext http, CacheOutcome outcome, TimeSpan? age, string cacheControl, string contentType)
    {
        var response = http.Response;
        response.Headers["X-Cache"] = outcome switch
        {
            CacheOutcome.Hit => "HIT",
            CacheOutcome.Miss => "MISS",
            _ => "STALE",
        };
        if (age is { } time)
            response.Headers.Age = ((long)time.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        response.Headers.CacheControl = cacheControl;
        response.Headers.ETag = ETag;
        if (http.Request.Headers.IfNoneMatch is { Count: > 0 } known && known.Contains(ETag))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }
        response.ContentType = contentType;
        response.ContentLength = Body.Length;
        return response.Body.WriteAsync(Body, http.RequestAborted).AsTask();
    }
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
    public Task ExecuteAsync(HttpContext httpContext) =>
        entry.WriteAsync(httpContext, outcome, age, isPrivate ? "no-store" : "private, no-cache", "application/json; charset=utf-8");
}

/// <summary>The type and name of a stored file.</summary>
/// <param name="MediaType">The value of <c>Content-Type</c>.</param>
/// <param name="Name">The ASCII name in <c>Content-Disposition</c>.</param>
public sealed record CachedFileType(string MediaType, string Name);

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
        httpContext.Response.Headers.ContentDisposition = $"attachment; filename=\"{type.Name}\"";
        httpContext.Response.Headers.XContentTypeOptions = "nosniff";
        return entry.WriteAsync(httpContext, outcome, age, "private, no-cache", type.MediaType);
    }
}
