using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MovieLms.ServiceDefaults.RateLimiting;

/// <summary>What a response says of a limit of attempts.</summary>
public static class AttemptLimitExtensions
{
    /// <summary>
    /// The address a request comes from, as limits count it: of IPv6 the first 64 bits, which one customer has as a whole.
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

    /// <summary>The headers of draft-ietf-httpapi-ratelimit-headers in their plain form.</summary>
    public static void Describe(this HttpContext http, Attempt attempt)
    {
        var headers = http.Response.Headers;
        headers["RateLimit-Limit"] = attempt.Limit.ToString(CultureInfo.InvariantCulture);
        headers["RateLimit-Remaining"] = attempt.Remaining.ToString(CultureInfo.InvariantCulture);
        headers["RateLimit-Reset"] = Seconds(attempt);
    }

    /// <summary>429 with when to come back; the headers are those of the limit that was met, whichever was described before.</summary>
    public static ProblemHttpResult TooMany(HttpContext http, Attempt attempt)
    {
        http.Describe(attempt);
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
