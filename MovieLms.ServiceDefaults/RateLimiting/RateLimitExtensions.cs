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

/// <summary>A default limit a user (or an address, when nobody is signed in); endpoints may name a stricter policy.</summary>
internal static class RateLimitExtensions
{
    internal static void AddRateLimits(this IHostApplicationBuilder builder)
    {
        var permits = builder.Configuration.GetValue("RateLimits:RequestsPerSecond", 500);
        builder.Services.AddSingleton<AttemptLimiter>();
        builder.Services.AddRateLimiter(options =>
        {
            options.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
            options.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(context => RateLimitPartition.GetTokenBucketLimiter(
                context.User.FindFirst(CurrentUser.IdClaim)?.Value ?? context.Connection.RemoteIpAddress?.ToString() ?? "unknown",
                _ => new TokenBucketRateLimiterOptions
                {
                    TokenLimit = permits * 2,
                    TokensPerPeriod = permits,
                    ReplenishmentPeriod = TimeSpan.FromSeconds(1),
                    AutoReplenishment = true,
                }));
            options.OnRejected = WriteAsync;
        });
    }

    internal static void UseRateLimits(this WebApplication app) => app.UseRateLimiter();

    private static async ValueTask WriteAsync(OnRejectedContext rejected, CancellationToken cancellationToken)
    {
        var seconds = rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)) : 1;
        var headers = rejected.HttpContext.Response.Headers;
        headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        headers["RateLimit-Remaining"] = "0";
        headers["RateLimit-Reset"] = headers.RetryAfter;
        await rejected.HttpContext.RequestServices.GetRequiredService<IProblemDetailsService>().TryWriteAsync(new ProblemDetailsContext
        {
            HttpContext = rejected.HttpContext,
            ProblemDetails = { Status = 429, Title = "Too many requests", Detail = $"Wait {seconds} s and try again." },
        });
    }
}
