using System.Net.Http.Headers;

namespace MovieLms.Web.Access;

/// <summary>Describes the client of a request to a service.</summary>
internal static class Visitor
{
    /// <summary>
    /// Names the client and its scheme in a request to a service: in one that is proxied, or one that the gateway makes for it.
    /// </summary>
    internal static void Describe(HttpContext client, HttpRequestHeaders headers)
    {
        if (client.Connection.RemoteIpAddress is { } address)
            headers.TryAddWithoutValidation("X-Forwarded-For", (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString());
        headers.TryAddWithoutValidation("X-Forwarded-Proto", client.Request.Scheme);
    }
}
