using System.Net.Http.Headers;

namespace MovieLms.Web.Access;

/// <summary>The headers that describe a client to a service.</summary>
internal static class ClientHeaders
{
    /// <summary>
    /// Adds the client's address and scheme to a request to a service. The request may be proxied, or made by the gateway for the client.
    /// </summary>
    internal static void Add(HttpContext http, HttpRequestHeaders headers)
    {
        if (http.Connection.RemoteIpAddress is { } address)
            headers.TryAddWithoutValidation("X-Forwarded-For", (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString());
        headers.TryAddWithoutValidation("X-Forwarded-Proto", http.Request.Scheme);
    }
}
