using System.IO.Hashing;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace MovieLms.ServiceDefaults.Caching;

/// <summary>A stored response: UTF-8 JSON or a file, and its entity tag (RFC 9110, section 8.8.3).</summary>
public sealed record CachedJson(byte[] Body, string ETag)
{
    internal static CachedJson From<T>(T value, JsonSerializerOptions options) => Of(JsonSerializer.SerializeToUtf8Bytes(value, options));

    internal static CachedJson Of(byte[] body) => new(body, $"\"{XxHash3.HashToUInt64(body):x16}\"");

    /// <summary>Writes the stored bytes, or 304 if the client has them.</summary>
    internal Task WriteAsync(HttpContext http, bool isHit, string cacheControl, string contentType)
    {
        var response = http.Response;
        response.Headers["X-Cache"] = isHit ? "HIT" : "MISS";
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

/// <summary>Writes a stored response, or 304 if the client has it.</summary>
public sealed class CachedJsonResult(CachedJson entry, bool isHit, bool isPrivate) : IResult
{
    /// <inheritdoc/>
    public Task ExecuteAsync(HttpContext httpContext) =>
        entry.WriteAsync(httpContext, isHit, isPrivate ? "no-store" : "private, no-cache", "application/json; charset=utf-8");
}

/// <summary>The type and name of a stored file.</summary>
/// <param name="MediaType">The value of <c>Content-Type</c>.</param>
/// <param name="Name">The ASCII name in <c>Content-Disposition</c>.</param>
public sealed record CachedFileType(string MediaType, string Name);

/// <summary>Writes a stored file, or 304 if the client has it.</summary>
public sealed class CachedFileResult(CachedJson entry, bool isHit, CachedFileType type) : IResult
{
    /// <inheritdoc/>
    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.Headers.ContentDisposition = $"attachment; filename=\"{type.Name}\"";
        httpContext.Response.Headers.XContentTypeOptions = "nosniff";
        return entry.WriteAsync(httpContext, isHit, "private, no-cache", type.MediaType);
    }
}
