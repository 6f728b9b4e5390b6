using System.Globalization;

namespace MovieLms.ApiService.Http;

/// <summary>Endpoint metadata: clients should stop using the endpoint. <c>docs/versioning.md</c> describes the policy.</summary>
/// <param name="On">The first day of the deprecation, in UTC.</param>
/// <param name="Sunset">The day on which the endpoint may be removed, in UTC.</param>
/// <param name="Link">The endpoint to use instead.</param>
internal sealed record Deprecation(DateOnly On, DateOnly Sunset, string Link)
{
    internal string OnHeader => $"@{Midnight(On).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)}";

    internal string SunsetHeader => Midnight(Sunset).ToString("R", CultureInfo.InvariantCulture);

    internal string LinkHeader => $"<{Link}>; rel=\"successor-version\"";

    private static DateTimeOffset Midnight(DateOnly day) => new(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);
}

/// <summary>Marks endpoints as deprecated.</summary>
internal static class DeprecationExtensions
{
    /// <summary>
    /// Sends <c>Deprecation</c> (RFC 9745), <c>Sunset</c> (RFC 8594) and a link to the successor with every response of the handler,
    /// and declares the endpoint as deprecated in OpenAPI.
    /// </summary>
    internal static RouteHandlerBuilder Deprecated(this RouteHandlerBuilder endpoint, DateOnly on, DateOnly sunset, string link)
    {
        var deprecation = new Deprecation(on, sunset, link);
        return endpoint
            .WithMetadata(deprecation)
            .AddEndpointFilter(
                (context, next) =>
                {
                    // Set when the response starts, because an exception handler clears the headers that are set before.
                    context.HttpContext.Response.OnStarting(() =>
                    {
                        var headers = context.HttpContext.Response.Headers;
                        headers["Deprecation"] = deprecation.OnHeader;
                        headers["Sunset"] = deprecation.SunsetHeader;
                        headers.Append("Link", deprecation.LinkHeader);
                        return Task.CompletedTask;
                    });
                    return next(context);
                }
            );
    }
}

/// <summary>Declares a query parameter or a member as deprecated in OpenAPI.</summary>
[AttributeUsage(AttributeTargets.Parameter | AttributeTargets.Property)]
internal sealed class DeprecatedAttribute : Attribute;
