using Microsoft.AspNetCore.Http.Metadata;
using MovieLms.Data.Paging;
using MovieLms.ServiceDefaults.Compression;

namespace MovieLms.ApiService.Http;

/// <summary>Compresses every page of a list and every export. Other endpoints opt in with <c>WithCompression</c>.</summary>
internal static class CompressedLists
{
    private static readonly string[] Exports = ["text/csv", "application/x-ndjson"];

    internal static RouteGroupBuilder CompressLists(this RouteGroupBuilder group)
    {
        ((IEndpointConventionBuilder)group).Finally(endpoint =>
        {
            if (IsListOrExport(endpoint))
                endpoint.Metadata.Add(CompressedResponse.Instance);
        });
        return group;
    }

    private static bool IsListOrExport(EndpointBuilder endpoint) =>
        endpoint.Metadata.OfType<IHttpMethodMetadata>().Any(metadata => metadata.HttpMethods.Contains(HttpMethods.Get))
        && endpoint
            .Metadata.OfType<IProducesResponseTypeMetadata>()
            .Where(metadata => metadata.StatusCode == StatusCodes.Status200OK)
            .Any(metadata => IsPage(metadata.Type) || metadata.ContentTypes.Any(Exports.Contains));

    private static bool IsPage(Type? type) => type is { IsGenericType: true } && type.GetGenericTypeDefinition() == typeof(Page<>);
}
