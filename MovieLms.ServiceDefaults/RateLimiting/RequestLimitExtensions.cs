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
/// Limits requests to <c>RateLimits:RequestsPerSecond</c>, averaged over 2 s, per user, or per address for anonymous requests. Each
/// replica counts in its own memory, and the framework removes idle counters.
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
                context => RateLimitPartition.GetSlidingWindowLimiter(GetPartition(context), limiter),
                StringComparer.Ordinal
            );
            options.OnRejected = (rejected, _) => WriteAsync(rejected, permits);
        });
    }

    internal static void UseRequestLimits(this WebApplication app) => app.UseRateLimiter();

    /// <summary>
    /// Counts the endpoint's requests separately, so that a busy address does not fail its own health probes.
    /// </summary>
    internal static IEndpointConventionBuilder CountsApart(this IEndpointConventionBuilder endpoint) =>
        endpoint.WithMetadata(CountedApart.Instance);

    private static string GetPartition(HttpContext context)
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
