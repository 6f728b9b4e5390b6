using System.Globalization;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using MovieLms.ServiceDefaults.Access;

namespace MovieLms.ServiceDefaults.RateLimiting;

/// <summary>A default limit a user (or an address, when nobody is signed in), which all replicas count together.</summary>
internal static class RateLimitExtensions
{
    internal static void AddRateLimits(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<AttemptLimiter>();
        builder.Services.AddSingleton<RequestWindows>();
        builder.Services.AddHostedService(services => services.GetRequiredService<RequestWindows>());
        builder.Services.AddRateLimiter(options =>
        {
            options.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
            options.OnRejected = WriteAsync;
        });
        builder.Services.AddOptions<RateLimiterOptions>().Configure<RequestWindows>((options, windows) =>
            options.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(
                context => windows.For(context.User.FindFirst(CurrentUser.IdClaim)?.Value ?? context.Address())));
    }

    internal static void UseRateLimits(this WebApplication app) => app.UseRateLimiter();

    private static async ValueTask WriteAsync(OnRejectedContext rejected, CancellationToken cancellationToken)
    {
        var seconds = rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)) : 1;
        var headers = rejected.HttpContext.Response.Headers;
        headers["RateLimit-Limit"] = rejected.HttpContext.RequestServices.GetRequiredService<RequestWindows>().Permits.ToString(CultureInfo.InvariantCulture);
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
