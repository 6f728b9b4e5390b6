using System.Reflection;
using Microsoft.AspNetCore.Http.Metadata;
using MovieLms.ServiceDefaults.Http;

namespace MovieLms.ApiService.Http;

/// <summary>
/// Marks a resource that is the same for all users. Browsers may cache it but must revalidate it; everything else is sent with
/// <c>no-store</c>.
/// </summary>
internal interface ISharedResource;

/// <summary>A 200 response with a document and its <c>ETag</c>, or 304 if the client of a GET already has that version.</summary>
internal sealed class Versioned<T>(T value, long version) : IResult, IEndpointMetadataProvider, IStatusCodeHttpResult, IValueHttpResult<T>
{
    public T? Value => value;

    public int? StatusCode => StatusCodes.Status200OK;

    public Task ExecuteAsync(HttpContext httpContext) =>
        ETags.WriteAsync(httpContext, version, ETags.ToJson(httpContext, value), isShared: value is ISharedResource);

    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder)
    {
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status200OK, typeof(T), ["application/json"]));
        builder.AddETag(StatusCodes.Status200OK);
    }
}

/// <summary>A 201 response with a new document, its <c>ETag</c> and its <c>Location</c>.</summary>
internal sealed class CreatedVersioned<T>(string location, T value, long version)
    : IResult,
        IEndpointMetadataProvider,
        IStatusCodeHttpResult,
        IValueHttpResult<T>
{
    public T? Value => value;

    public int? StatusCode => StatusCodes.Status201Created;

    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.StatusCode = StatusCodes.Status201Created;
        httpContext.Response.Headers.Location = location;
        var body = ETags.ToJson(httpContext, value);
        httpContext.Response.Headers.ETag = EntityTag.Of(version, body);
        return ETags.WriteJsonAsync(httpContext, body);
    }

    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder)
    {
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status201Created, typeof(T), ["application/json"]));
        builder.AddETag(StatusCodes.Status201Created);
    }
}
