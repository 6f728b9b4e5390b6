using System.Globalization;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using MovieLms.ServiceDefaults.Access;

namespace MovieLms.ServiceDefaults.RateLimiting;

/// <summary>
/// Limits the requests of a user, or of an address if nobody is signed in, to <c>RateLimits:RequestsPerSecond</c> over two seconds. Each
/// replica counts by itself in memory, and the framework removes counters that are idle.
/// </summary>
internal static class RequestLimitExtensions
{
    private const int DefaultPerSecond = 500;
    private const int Segments = 4;
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(2);

    internal static void AddRequestLimits(this IHostApplicationBuilder builder)
    {
        var permits = (int)Window.TotalSeconds * builder.Configuration.GetValue("RateLimits:RequestsPerSecond", DefaultPerSecond);
        Func<string, SlidingWindowRateLimiterOptions> limiter = _ =>
            new()
            {
                PermitLimit = permits,
                Window = Window,
                SegmentsPerWindow = Segments,
                QueueLimit = 0,
            };
        builder.Services.AddRateLimiter(options =>
        {
            options.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
            options.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(
                context => RateLimitPartition.GetSlidingWindowLimiter(Counter(context), limiter),
                StringComparer.Ordinal
            );
            options.OnRejected = (rejected, _) => WriteAsync(rejected, permits);
        });
    }

    internal static void UseRequestLimits(this WebApplication app) => app.UseRateLimiter();

    /// <summary>
    /// Counts the requests of the endpoint apart from all others, so that a busy address does not turn its own probes red.
    /// </summary>
    internal static IEndpointConventionBuilder CountsApart(this IEndpointConventionBuilder endpoint) =>
        endpoint.WithMetadata(CountedApart.Instance);

    private static string Counter(HttpContext context)
    {
        var caller = context.User.FindFirst(CurrentUser.IdClaim)?.Value ?? context.Address();
        return context.GetEndpoint()?.Metadata.GetMetadata<CountedApart>() is null ? caller : $"{context.Request.Path}|{caller}";
    }

    private static async ValueTask WriteAsync(OnRejectedContext rejected, int permits)
    {
        var wait = rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var retryAfter) ? retryAfter : Window / Segments;
        var seconds = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds));
        var headers = rejected.HttpContext.Response.Headers;
        headers["RateLimit-Limit"] = permits.ToString(CultureInfo.InvariantCulture);
        headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        headers["RateLimit-Remaining"] = "0";
        headers["RateLimit-Reset"] = headers.RetryAfter;
        await rejected
            .HttpContext.RequestServices.GetRequiredService<IProblemDetailsService>()
            .TryWriteAsync(
                new ProblemDetailsContext
                {
                    HttpContext = rejected.HttpContext,
                    ProblemDetails =
                    {
                        Status = 429,
                        Title = "Too many requests",
                        Detail = $"Wait {seconds} s and try again.",
                    },
                }
            );
    }

    private sealed class CountedApart
    {
        internal static readonly CountedApart Instance = new();
    }
}
