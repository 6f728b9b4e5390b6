using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Http.Resilience;
using Polly;
using Polly.Timeout;

namespace MovieLms.ServiceDefaults.Http;

/// <summary>
/// Configures HTTP clients of other services, which are discovered by name (<c>https+http://apiservice</c>). Reads are retried and
/// have short timeouts. Writes are sent once with a long timeout: the other side may accept one before it responds.
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
                options.AttemptTimeout.TimeoutGenerator = arguments => GetTimeout(arguments, options.AttemptTimeout);
                options.TotalRequestTimeout.TimeoutGenerator = arguments => GetTimeout(arguments, options.TotalRequestTimeout);
            });
            http.AddServiceDiscovery();
        });
    }

    private static ValueTask<TimeSpan> GetTimeout(TimeoutGeneratorArguments arguments, HttpTimeoutStrategyOptions reads) =>
        new(IsRead(arguments.Context) ? reads.Timeout : WriteTimeout);

    private static bool IsRead(ResilienceContext context) =>
        context.GetRequestMessage()?.Method is { } method
        && (method == HttpMethod.Get || method == HttpMethod.Head || method == HttpMethod.Options);
}
