using System.Net.Mime;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.Options;
using Microsoft.OpenApi;
using MovieLms.ServiceDefaults.Caching;

namespace MovieLms.ApiService.Http;

/// <summary>
/// Serves the OpenAPI document and generates it only once. The framework's endpoint generates it for every request and writes it with
/// blocking calls, so slow readers could exhaust the thread pool.
/// </summary>
internal sealed class ApiDocument
{
    internal const string Name = "v1";
    internal const string Path = $"/openapi/{Name}.json";
    private readonly Lazy<Task<CachedJson>> _json;

    public ApiDocument([FromKeyedServices(Name)] IOpenApiDocumentProvider provider, IOptionsMonitor<OpenApiOptions> options) =>
        _json = new Lazy<Task<CachedJson>>(() => GenerateAsync(provider, options.Get(Name).OpenApiVersion));

    /// <summary>Sends the document. Its <c>ETag</c> is the same in all processes of a release.</summary>
    internal static async Task GetAsync(HttpContext http, ApiDocument document) =>
        await (await document._json.Value).WriteAsync(http, "no-cache", MediaTypeNames.Application.Json);

    private static async Task<CachedJson> GenerateAsync(IOpenApiDocumentProvider provider, OpenApiSpecVersion version)
    {
        using var json = new MemoryStream();
        var document = await provider.GetOpenApiDocumentAsync(CancellationToken.None);
        await document.SerializeAsJsonAsync(json, version, CancellationToken.None);
        return CachedJson.Of(json.ToArray());
    }
}
