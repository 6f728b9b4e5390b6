using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace MovieLms.ServiceDefaults.RateLimiting;

/// <summary>
/// Limits per address for endpoints that attract password guessing and spam. The limit is endpoint metadata, so a request over the
/// limit is refused before its body is read.
/// </summary>
public static class AddressLimits
{
    /// <summary>Counts every request. For endpoints whose successes are costly, such as a mail or a password hash.</summary>
    public static TBuilder LimitByAddress<TBuilder>(this TBuilder endpoint, AttemptLimit limit)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new AddressLimit(limit, CountsSuccesses: true));

    /// <summary>Counts only failed requests (4xx), so any number of users behind one address can succeed.</summary>
    public static TBuilder LimitFailuresByAddress<TBuilder>(this TBuilder endpoint, AttemptLimit limit)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new AddressLimit(limit, CountsSuccesses: false));

    /// <summary>Declares that the handler counts attempts itself and sets the <c>RateLimit-*</c> headers.</summary>
    public static TBuilder ReportsAttempts<TBuilder>(this TBuilder endpoint)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(ReportedAttempts.Instance);

    internal static void AddAttemptLimits(this IHostApplicationBuilder builder) => builder.Services.AddSingleton<AttemptLimiter>();

    internal static void UseAttemptLimits(this WebApplication app)
    {
        // Created by the first request that needs it: it connects to Redis, and startup does not wait for that.
        var limiter = new Lazy<AttemptLimiter>(app.Services.GetRequiredService<AttemptLimiter>, LazyThreadSafetyMode.PublicationOnly);
        app.Use(next =>
            context =>
                context.GetEndpoint()?.Metadata.GetMetadata<AddressLimit>() is { } limit
                    ? LimitAsync(context, limit, limiter.Value, next)
                    : next(context)
        );
    }

    private static async Task LimitAsync(HttpContext http, AddressLimit address, AttemptLimiter limiter, RequestDelegate next)
    {
        var attempt = address.CountsSuccesses
            ? await limiter.TryAcquireAsync(address.Limit, http.Address(), http.RequestAborted)
            : await limiter.PeekAsync(address.Limit, http.Address(), http.RequestAborted);
        if (!attempt.IsAllowed)
        {
            await AttemptLimitExtensions.TooManyRequests(http, attempt).ExecuteAsync(http);
            return;
        }
        http.SetLimitHeaders(attempt);
        // When the response starts, its status is final, even if an exception handler writes it.
        if (!address.CountsSuccesses)
            http.Response.OnStarting(() => CountFailureAsync(http, address.Limit, limiter));
        await next(http);
    }

    private static async Task CountFailureAsync(HttpContext http, AttemptLimit limit, AttemptLimiter limiter)
    {
        // A request refused by another limit (429) is not an attempt.
        if (http.Response.StatusCode is < 400 or >= 500 or StatusCodes.Status429TooManyRequests)
            return;
        await limiter.TryAcquireAsync(limit, http.Address(), CancellationToken.None);
    }
}

/// <summary>Endpoint metadata: a limit per address. Every response of the endpoint has the <c>RateLimit-*</c> headers.</summary>
/// <param name="Limit">The limit.</param>
/// <param name="CountsSuccesses">False to count only failed requests.</param>
public sealed record AddressLimit(AttemptLimit Limit, bool CountsSuccesses) : IReportsAttempts;

/// <summary>Endpoint metadata: responses may have the <c>RateLimit-*</c> headers.</summary>
public interface IReportsAttempts;

internal sealed class ReportedAttempts : IReportsAttempts
{
    internal static readonly ReportedAttempts Instance = new();
}
