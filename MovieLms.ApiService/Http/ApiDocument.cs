using System.Net.Mime;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.Options;
using Microsoft.OpenApi;

namespace MovieLms.ApiService.Http;

/// <summary>
/// Serves the OpenAPI document and generates it only once. The framework's endpoint generates it for every request and writes it with
/// blocking calls, so slow readers could exhaust the thread pool.
/// </summary>
internal sealed class ApiDocument
{
    internal const string Name = "v1";
    internal const string Path = $"/openapi/{Name}.json";
    private readonly Lazy<Task<byte[]>> _json;

    public ApiDocument([FromKeyedServices(Name)] IOpenApiDocumentProvider provider, IOptionsMonitor<OpenApiOptions> options) =>
        _json = new Lazy<Task<byte[]>>(() => GenerateAsync(provider, options.Get(Name).OpenApiVersion));

    /// <summary>Streams the document in chunks. A single write would hold half a megabyte in memory per slow client.</summary>
    internal static async Task<IResult> GetAsync(ApiDocument document) =>
        TypedResults.Stream(new MemoryStream(await document._json.Value), MediaTypeNames.Application.Json);

    private static async Task<byte[]> GenerateAsync(IOpenApiDocumentProvider provider, OpenApiSpecVersion version)
    {
        using var json = new MemoryStream();
        var document = await provider.GetOpenApiDocumentAsync(CancellationToken.None);
        await document.SerializeAsJsonAsync(json, version, CancellationToken.None);
        return json.ToArray();
    }
}
