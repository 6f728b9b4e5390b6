using System.Net.Mime;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.Options;
using Microsoft.OpenApi;
using MovieLms.ServiceDefaults.RateLimiting;

namespace MovieLms.ApiService.Http;

/// <summary>
/// Serves the OpenAPI document, which is generated once. The framework's endpoint generates it for every request and writes it with
/// blocking calls, so that clients that read slowly would take all threads. An address gets few responses at a time, since each is half
/// a megabyte that waits in memory until its client has read it.
/// </summary>
internal sealed class ApiDocument : IDisposable
{
    internal const string Name = "v1";
    internal const string Path = $"/openapi/{Name}.json";
    private const int ResponsesPerTenSeconds = 30;
    private readonly Lazy<Task<byte[]>> _json;
    private readonly PartitionedRateLimiter<string> _addresses = PartitionedRateLimiter.Create<string, string>(address =>
        RateLimitPartition.GetFixedWindowLimiter(address, _ => new() { PermitLimit = ResponsesPerTenSeconds, Window = TimeSpan.FromSeconds(10) }));

    public ApiDocument([FromKeyedServices(Name)] IOpenApiDocumentProvider provider, IOptionsMonitor<OpenApiOptions> options) =>
        _json = new Lazy<Task<byte[]>>(() => GenerateAsync(provider, options.Get(Name).OpenApiVersion));

    internal static Task GetAsync(ApiDocument document, HttpContext http) => document.WriteAsync(http);

    public void Dispose() => _addresses.Dispose();

    private async Task WriteAsync(HttpContext http)
    {
        using var lease = _addresses.AttemptAcquire(http.Address());
        if (!lease.IsAcquired)
        {
            http.Response.Headers.RetryAfter = "10";
            await TypedResults.Problem(statusCode: StatusCodes.Status429TooManyRequests, detail: "Wait 10 s and try again.").ExecuteAsync(http);
            return;
        }
        await TypedResults.Bytes(await _json.Value, MediaTypeNames.Application.Json).ExecuteAsync(http);
    }

    private static async Task<byte[]> GenerateAsync(IOpenApiDocumentProvider provider, OpenApiSpecVersion version)
    {
        using var json = new MemoryStream();
        var document = await provider.GetOpenApiDocumentAsync(CancellationToken.None);
        await document.SerializeAsJsonAsync(json, version, CancellationToken.None);
        return json.ToArray();
    }
}
