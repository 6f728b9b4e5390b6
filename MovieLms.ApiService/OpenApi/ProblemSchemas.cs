using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace MovieLms.ApiService.OpenApi;

/// <summary>Declares the members that every problem has, among them the trace ID, which is an extension member.</summary>
internal sealed class ProblemSchemas : IOpenApiSchemaTransformer
{
    public Task TransformAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        if (!context.JsonTypeInfo.Type.IsAssignableTo(typeof(ProblemDetails)) || schema.Properties is not { Count: > 0 } properties)
            return Task.CompletedTask;
        properties["traceId"] = new OpenApiSchema
        {
            Type = JsonSchemaType.String,
            Description = "Identifies the request in the logs and traces of the installation.",
        };
        return Task.CompletedTask;
    }
}
