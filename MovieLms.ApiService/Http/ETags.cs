using System.Globalization;
using Microsoft.Net.Http.Headers;
using MovieLms.ServiceDefaults.Errors;

namespace MovieLms.ApiService.Http;

/// <summary>Entity tags from document versions (RFC 9110, section 8.8.3): <c>"7"</c> is version 7, compared strongly.</summary>
internal static class ETags
{
    internal static string Of(long version) => string.Create(CultureInfo.InvariantCulture, $"\"{version}\"");

    /// <summary>The versions that an <c>If-Match</c> header allows; null for no condition (no header, or <c>*</c>).</summary>
    /// <exception cref="InvalidInputException">The header is no list of entity tags.</exception>
    internal static IReadOnlyCollection<long>? Versions(string? ifMatch)
    {
        if (string.IsNullOrWhiteSpace(ifMatch))
            return null;
        if (!EntityTagHeaderValue.TryParseStrictList([ifMatch], out var tags))
        {
            throw new InvalidInputException(
                "If-Match",
                "The header must be * or entity tags in double quotes, as answers carry them in ETag."
            );
        }

        if (tags.Any(tag => tag.Tag == "*"))
            return null;
        return [.. tags.Where(tag => !tag.IsWeak).Select(Version)];
    }

    /// <summary>
    /// True when <c>If-None-Match</c> says that the client holds this version (RFC 9110, section 13.1.2; compared weakly).
    /// </summary>
    internal static bool IsHeldBy(HttpRequest request, string etag)
    {
        var known = request.Headers.IfNoneMatch;
        if (known.Count == 0)
            return false;
        return EntityTagHeaderValue.TryParseList(known, out var tags) && tags.Any(tag => tag.Tag == "*" || tag.Tag == etag);
    }

    /// <summary>A tag that is not ours matches no version: version numbers begin at 1.</summary>
    private static long Version(EntityTagHeaderValue tag) =>
        long.TryParse(tag.Tag.AsSpan().Trim('"'), NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : 0;
}
