using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using MovieLms.ServiceDefaults.Http;
using MovieLms.ServiceDefaults.RateLimiting;

namespace MovieLms.ApiService.OpenApi;

/// <summary>Declares the headers of responses, from the metadata of results and limits and from the meaning of statuses.</summary>
internal sealed class ResponseHeaders : IOpenApiOperationTransformer, IOpenApiDocumentTransformer
{
    private static readonly string[] LimitHeaders = ["RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"];

    private static readonly Dictionary<string, string[]> ByStatus = new()
    {
        ["201"] = ["Location"],
        ["401"] = ["WWW-Authenticate"],
        ["429"] = ["Retry-After", .. LimitHeaders],
        ["503"] = ["Retry-After"],
    };

    private static readonly Dictionary<string, OpenApiHeader> Known = new()
    {
        ["Age"] = Number("How old the response is, in seconds."),
        ["Content-Disposition"] = Text("`attachment` with the name of the file."),
        ["Deprecation"] = Text("Since when the endpoint is deprecated, as `@` and a Unix time (RFC 9745)."),
        ["ETag"] = Text("An opaque, strong entity tag, for `If-None-Match` and, if the resource has a `version`, for `If-Match`."),
        ["Link"] = Text("The endpoint to use instead, with `rel=\"successor-version\"` (RFC 8288)."),
        ["Location"] = Text("The path of the new resource."),
        ["RateLimit-Limit"] = Number("The number of requests that the limit allows."),
        ["RateLimit-Remaining"] = Number("The number of requests that remain."),
        ["RateLimit-Reset"] = Number("Seconds until further requests are allowed."),
        ["Retry-After"] = Number("Seconds to wait before the next attempt."),
        ["Sunset"] = Text("When the endpoint may be removed, as an HTTP date (RFC 8594)."),
        ["WWW-Authenticate"] = Text("The scheme of authentication, `Bearer`."),
        ["X-Cache"] = Text("`HIT` for a stored response, `MISS` for a computed one, `STALE` for a stored one that a write has outdated."),
    };

    public Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        foreach (var header in metadata.OfType<ResponseHeader>())
            Add(operation, $"{header.Status}", header.Name, context.Document);
        foreach (var (status, _) in operation.Responses ?? [])
        {
            foreach (var name in ByStatus.GetValueOrDefault(status, []))
                Add(operation, status, name, context.Document);
            foreach (var name in metadata.OfType<IReportsAttempts>().Any() ? LimitHeaders : [])
                Add(operation, status, name, context.Document);
        }
        return Task.CompletedTask;
    }

    public Task TransformAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Components ??= new OpenApiComponents();
        document.Components.Headers = Known.ToDictionary(header => header.Key, IOpenApiHeader (header) => header.Value);
        return Task.CompletedTask;
    }

    /// <summary>Declares a header of a response.</summary>
    internal static void Add(OpenApiResponse response, string name, OpenApiDocument? document)
    {
        response.Headers ??= new Dictionary<string, IOpenApiHeader>();
        response.Headers[name] = new OpenApiHeaderReference(name, document);
    }

    private static void Add(OpenApiOperation operation, string status, string name, OpenApiDocument? document)
    {
        if (operation.Responses?.TryGetValue(status, out var found) == true && found is OpenApiResponse response)
            Add(response, name, document);
    }

    private static OpenApiHeader Text(string description) =>
        new()
        {
            Description = description,
            Schema = new OpenApiSchema { Type = JsonSchemaType.String },
        };

    private static OpenApiHeader Number(string description) =>
        new()
        {
            Description = description,
            Schema = new OpenApiSchema { Type = JsonSchemaType.Integer, Format = "int64" },
        };
}
