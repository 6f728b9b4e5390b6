using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Http.Resilience;
using Polly;
using Polly.Timeout;

namespace MovieLms.ServiceDefaults.Http;

/// <summary>
/// Clients of other services: found by name (<c>https+http://apiservice</c>), and for reads retried and timed out after
/// seconds. A write is sent once and waited for: the other side may have accepted it although no response came yet.
/// </summary>
internal static class OutgoingHttp
{
    private static readonly TimeSpan WriteTimeout = TimeSpan.FromMinutes(5);

    internal static void AddOutgoingHttp(this IHostApplicationBuilder builder)
    {
        builder.Services.AddServiceDiscovery();
        builder.Services.ConfigureHttpClientDefaults(http =>
        {
            http.AddStandardResilienceHandler(options =>
            {
                options.Retry.DisableForUnsafeHttpMethods();
                options.AttemptTimeout.TimeoutGenerator = arguments => Limit(arguments, options.AttemptTimeout);
                options.TotalRequestTimeout.TimeoutGenerator = arguments => Limit(arguments, options.TotalRequestTimeout);
            });
            http.AddServiceDiscovery();
        });
    }

    private static ValueTask<TimeSpan> Limit(TimeoutGeneratorArguments arguments, HttpTimeoutStrategyOptions forReads) =>
        new(IsRead(arguments.Context) ? forReads.Timeout : WriteTimeout);

    private static bool IsRead(ResilienceContext context) =>
        context.GetRequestMessage()?.Method is { } method
        && (method == HttpMethod.Get || method == HttpMethod.Head || method == HttpMethod.Options);
}
