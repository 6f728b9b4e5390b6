using Microsoft.AspNetCore.Http;

namespace MovieLms.ServiceDefaults.Access;

/// <summary>Reads access tokens from requests.</summary>
public static class BearerToken
{
    private const string Prefix = "Bearer ";
    private const string HubPath = "/hubs";

    /// <summary>
    /// Returns the token from the Authorization header (RFC 6750, section 2.1) or, on the hub path, from the query string, because browsers
    /// cannot set headers on WebSocket requests. Null if there is none.
    /// </summary>
    public static string? Read(HttpRequest request) => Find(request) is { Length: > 0 } token ? token.ToString() : null;

    /// <inheritdoc cref="Read"/>
    internal static ReadOnlySpan<char> Find(HttpRequest request)
    {
        var header = request.Headers.Authorization;
        if (header.Count == 1 && header[0] is { } text && text.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
            return text.AsSpan(Prefix.Length).Trim();
        if (header.Count == 0 && request.Path.StartsWithSegments(HubPath) && request.Query["access_token"] is { Count: 1 } query)
            return query[0];
        return default;
    }
}
