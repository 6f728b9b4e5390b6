using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using MovieLms.ServiceDefaults.Http;

namespace MovieLms.ApiService.OpenApi;

/// <summary>Declares the request headers that filters and results honor. Handlers bind the others as parameters.</summary>
internal sealed class RequestHeaders : IOpenApiOperationTransformer
{
    private static readonly Dictionary<string, string> Descriptions = new()
    {
        ["Idempotency-Key"] =
            "Makes a retry safe: for 24 hours, a request with the same key gets the response of the first one, 409 while that one is running, and "
            + "422 if its content differs. A response with a credential is not stored, and a retry gets 409. Use a new UUID per request.",
        ["If-None-Match"] = "Return 304 without a body if the resource still has one of these entity tags.",
    };

    public Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        foreach (var header in context.Description.ActionDescriptor.EndpointMetadata.OfType<RequestHeader>().Distinct())
        {
            operation.Parameters ??= [];
            operation.Parameters.Add(
                new OpenApiParameter
                {
                    Name = header.Name,
                    In = ParameterLocation.Header,
                    Description = Descriptions[header.Name],
                    Schema = new OpenApiSchema { Type = JsonSchemaType.String },
                }
            );
        }
        return Task.CompletedTask;
    }
}
