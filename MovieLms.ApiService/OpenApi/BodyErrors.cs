using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace MovieLms.ApiService.OpenApi;

/// <summary>Declares 413 and 415 for every endpoint that binds a body: the server rejects other media types and larger bodies.</summary>
internal sealed class BodyErrors : IOpenApiOperationTransformer
{
    private static readonly (string Status, string Description)[] Errors =
    [
        ("413", "Content Too Large"),
        ("415", "Unsupported Media Type"),
    ];

    public Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        if (!context.Description.ActionDescriptor.EndpointMetadata.OfType<IAcceptsMetadata>().Any())
            return Task.CompletedTask;
        operation.Responses ??= [];
        foreach (var (status, description) in Errors)
        {
            if (operation.Responses.ContainsKey(status))
                continue;
            var schema = new OpenApiSchemaReference(nameof(ProblemDetails), context.Document);
            operation.Responses[status] = new OpenApiResponse
            {
                Description = description,
                Content = new Dictionary<string, OpenApiMediaType> { ["application/problem+json"] = new() { Schema = schema } },
            };
        }
        return Task.CompletedTask;
    }
}
