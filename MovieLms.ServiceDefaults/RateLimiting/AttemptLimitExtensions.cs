using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MovieLms.ServiceDefaults.RateLimiting;

/// <summary>Describes attempt limits in responses.</summary>
public static class AttemptLimitExtensions
{
    /// <summary>
    /// Returns the client address by which limits count. For IPv6 it is the first 64 bits, because one customer usually owns a whole
    /// /64.
    /// </summary>
    public static string Address(this HttpContext http)
    {
        if (http.Connection.RemoteIpAddress is not { } address)
            return "unknown";
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        return address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6
            ? Convert.ToHexString(address.GetAddressBytes().AsSpan(0, 8))
            : address.ToString();
    }

    /// <summary>Sets the <c>RateLimit-*</c> headers (draft-ietf-httpapi-ratelimit-headers) of the response.</summary>
    public static void SetLimitHeaders(this HttpContext http, Attempt attempt)
    {
        var headers = http.Response.Headers;
        headers["RateLimit-Limit"] = attempt.Limit.ToString(CultureInfo.InvariantCulture);
        headers["RateLimit-Remaining"] = attempt.Remaining.ToString(CultureInfo.InvariantCulture);
        headers["RateLimit-Reset"] = Seconds(attempt);
    }

    /// <summary>
    /// Returns a 429 with <c>Retry-After</c>. Its headers describe the limit that was exceeded and replace those of any other limit.
    /// </summary>
    public static ProblemHttpResult TooManyRequests(HttpContext http, Attempt attempt)
    {
        http.SetLimitHeaders(attempt);
        http.Response.Headers.RetryAfter = Seconds(attempt);
        return TypedResults.Problem(
            statusCode: StatusCodes.Status429TooManyRequests,
            title: "Too many requests",
            detail: $"Wait {Seconds(attempt)} s and try again."
        );
    }

    private static string Seconds(Attempt attempt) =>
        Math.Max(1, (int)Math.Ceiling(attempt.RetryAfter.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
}
