using System.Globalization;
using Microsoft.Net.Http.Headers;
using MovieLms.ServiceDefaults.Errors;

namespace MovieLms.ApiService.Http;

/// <summary>Strong entity tags made from document versions (RFC 9110, section 8.8.3): <c>"7"</c> is version 7.</summary>
internal static class ETags
{
    internal static string Of(long version) => string.Create(CultureInfo.InvariantCulture, $"\"{version}\"");

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

    /// <summary>
    /// Sets the <c>ETag</c> and <c>Cache-Control</c> of a version. If the client of a GET already has it, sets 304 and returns true: the
    /// response then has no body.
    /// </summary>
    /// <param name="http">The request and its response.</param>
    /// <param name="version">The document's version.</param>
    /// <param name="isShared">Whether the document is the same for all users (<see cref="ISharedResource"/>).</param>
    internal static bool TryRespondNotModified(HttpContext http, long version, bool isShared)
    {
        var etag = Of(version);
        http.Response.Headers.ETag = etag;
        http.Response.Headers.CacheControl = isShared ? "private, no-cache" : "no-store";
        if (!(HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method)) || !IsKnownTo(http.Request, etag))
            return false;
        http.Response.StatusCode = StatusCodes.Status304NotModified;
        return true;
    }

    /// <summary>
    /// Returns true if <c>If-None-Match</c> lists this version, so the client already has it (RFC 9110, section 13.1.2; weak comparison).
    /// </summary>
    private static bool IsKnownTo(HttpRequest request, string etag)
    {
        var header = request.Headers.IfNoneMatch;
        if (header.Count == 0)
            return false;
        return EntityTagHeaderValue.TryParseList(header, out var tags) && tags.Any(tag => tag.Tag == "*" || tag.Tag == etag);
    }

    /// <summary>Returns 0 for a foreign tag. It matches no version, because versions start at 1.</summary>
    private static long Version(EntityTagHeaderValue tag) =>
        long.TryParse(tag.Tag.AsSpan().Trim('"'), NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : 0;
}
