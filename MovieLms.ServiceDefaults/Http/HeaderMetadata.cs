using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace MovieLms.ServiceDefaults.Http;

/// <summary>Endpoint metadata: responses with this status may have this header.</summary>
public sealed record ResponseHeader(int Status, string Name);

/// <summary>Endpoint metadata: the endpoint honors this request header.</summary>
public sealed record RequestHeader(string Name);

/// <summary>Declares headers of results, so that the API's description cannot differ from what they send.</summary>
public static class HeaderMetadata
{
    /// <summary>Declares that a successful response has an <c>ETag</c> and, for a GET, that <c>If-None-Match</c> may lead to 304.</summary>
    public static void AddETag(this EndpointBuilder endpoint, int status)
    {
        endpoint.Metadata.Add(new ResponseHeader(status, "ETag"));
        if (!endpoint.Metadata.OfType<IHttpMethodMetadata>().Any(metadata => metadata.HttpMethods.Contains(HttpMethods.Get)))
            return;
        endpoint.Metadata.Add(new RequestHeader("If-None-Match"));
        endpoint.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status304NotModified, typeof(void)));
        endpoint.Metadata.Add(new ResponseHeader(StatusCodes.Status304NotModified, "ETag"));
    }

    /// <summary>Declares <c>X-Cache</c> and an <c>ETag</c>.</summary>
    public static void AddCacheHeaders(this EndpointBuilder endpoint)
    {
        endpoint.AddETag(StatusCodes.Status200OK);
        endpoint.AddForCached("X-Cache");
    }

    /// <summary>Declares <c>Age</c>, for responses that may be older than the last write.</summary>
    public static void AddAge(this EndpointBuilder endpoint) => endpoint.AddForCached("Age");

    private static void AddForCached(this EndpointBuilder endpoint, string name)
    {
        endpoint.Metadata.Add(new ResponseHeader(StatusCodes.Status200OK, name));
        endpoint.Metadata.Add(new ResponseHeader(StatusCodes.Status304NotModified, name));
    }
}
