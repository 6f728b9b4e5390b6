using System.Text.Json;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using MovieLms.ServiceDefaults.Errors;
using MovieLms.ServiceDefaults.Http;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace MovieLms.ApiService.Http;

/// <summary>Sends documents with their <see cref="EntityTag"/> and reads <c>If-Match</c>.</summary>
internal static class ETags
{
    /// <summary>The description of every response's <c>version</c>.</summary>
    internal const string VersionDescription = "Increases with each change. In double quotes, it can be sent as If-Match like the ETag.";

    /// <summary>Returns the versions that an <c>If-Match</c> header allows, or null for no condition (no header, or <c>*</c>).</summary>
    /// <exception cref="InvalidInputException">The header is not a list of entity tags.</exception>
    internal static IReadOnlyCollection<long>? Versions(string? ifMatch)
    {
        if (string.IsNullOrWhiteSpace(ifMatch))
            return null;
        if (!EntityTagHeaderValue.TryParseStrictList([ifMatch], out var tags))
        {
            throw new InvalidInputException(
                "If-Match",
                "`If-Match` must be `*` or a list of entity tags in double quotes, as returned in the `ETag` header."
            );
        }

        if (tags.Any(tag => tag.Tag == "*"))
            return null;
        return [.. tags.Where(tag => !tag.IsWeak).Select(Version)];
    }

    /// <summary>Returns the JSON of a response's value, as the framework would write it.</summary>
    internal static byte[] ToJson<T>(HttpContext http, T value) =>
        JsonSerializer.SerializeToUtf8Bytes(
            value,
            http.RequestServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions
        );

    /// <summary>Writes a document with its <c>ETag</c>, or 304 if the client of a GET already has it.</summary>
    /// <param name="http">The request and its response.</param>
    /// <param name="version">The document's version.</param>
    /// <param name="body">The document's JSON.</param>
    /// <param name="isShared">Whether the document is the same for all users (<see cref="ISharedResource"/>).</param>
    internal static Task WriteAsync(HttpContext http, long version, byte[] body, bool isShared)
    {
        var (request, response, etag) = (http.Request, http.Response, EntityTag.Of(version, body));
        response.Headers.ETag = etag;
        response.Headers.CacheControl = isShared ? "private, no-cache" : "no-store";
        var isRead = HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method);
        if (isRead && EntityTag.IsListed(request.Headers.IfNoneMatch, etag))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }
        return WriteJsonAsync(http, body);
    }

    /// <summary>Writes a body.</summary>
    internal static Task WriteJsonAsync(HttpContext http, byte[] body)
    {
        http.Response.ContentType = "application/json; charset=utf-8";
        http.Response.ContentLength = body.Length;
        return http.Response.Body.WriteAsync(body, http.RequestAborted).AsTask();
    }

    /// <summary>Returns 0 for a foreign tag. It matches no version, because versions start at 1.</summary>
    private static long Version(EntityTagHeaderValue tag) => EntityTag.TryParseVersion(tag.Tag.ToString(), out var version) ? version : 0;
}
