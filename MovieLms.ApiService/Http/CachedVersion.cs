using System.Reflection;
using Microsoft.AspNetCore.Http.Metadata;
using MovieLms.ServiceDefaults.Caching;
using MovieLms.ServiceDefaults.Http;

namespace MovieLms.ApiService.Http;

/// <summary>A <see cref="Versioned{T}"/> response from the JSON of a cached document.</summary>
internal sealed class CachedVersion<T>(CachedDocument document, bool isHit) : IResult, IEndpointMetadataProvider, IStatusCodeHttpResult
    where T : ISharedResource
{
    public int? StatusCode => StatusCodes.Status200OK;

    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.Headers["X-Cache"] = isHit ? "HIT" : "MISS";
        return ETags.WriteAsync(httpContext, document.Version, document.Body, isShared: true);
    }

    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder)
    {
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status200OK, typeof(T), ["application/json"]));
        builder.AddCacheHeaders();
    }
}
