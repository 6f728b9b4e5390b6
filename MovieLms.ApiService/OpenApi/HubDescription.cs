using System.Net.Mime;
using Microsoft.Net.Http.Headers;
using MovieLms.ServiceDefaults.Http;

namespace MovieLms.ApiService.OpenApi;

/// <summary>Serves the AsyncAPI document of the chat hub, which the build embeds, next to the OpenAPI document.</summary>
internal static class HubDescription
{
    internal const string Path = "/openapi/hub.json";
    private const string Resource = "hub.asyncapi.json";
    private static readonly byte[] Json = Read();
    private static readonly EntityTagHeaderValue ETag = new(EntityTag.Of(Json));

    internal static void MapHubDescription(this IEndpointRouteBuilder routes) =>
        routes.MapGet(Path, Get).AllowAnonymous().ExcludeFromDescription();

    private static IResult Get(HttpResponse response)
    {
        response.Headers.CacheControl = "no-cache";
        return TypedResults.Stream(new MemoryStream(Json, writable: false), MediaTypeNames.Application.Json, entityTag: ETag);
    }

    private static byte[] Read()
    {
        using var resource =
            typeof(HubDescription).Assembly.GetManifestResourceStream(Resource)
            ?? throw new InvalidOperationException($"The resource {Resource} is missing.");
        using var copy = new MemoryStream();
        resource.CopyTo(copy);
        return copy.ToArray();
    }
}
