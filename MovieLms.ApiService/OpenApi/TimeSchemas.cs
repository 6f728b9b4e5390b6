using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace MovieLms.ApiService.OpenApi;

/// <summary>Declares times as strings. The generator omits the type of values with a converter of their own.</summary>
internal sealed class TimeSchemas : IOpenApiSchemaTransformer
{
    public Task TransformAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        var type = context.JsonTypeInfo.Type;
        if (type == typeof(DateTimeOffset?) && context.JsonPropertyInfo is not null)
            schema.Type = JsonSchemaType.String | JsonSchemaType.Null;
        else if (type == typeof(DateTimeOffset) || type == typeof(DateTimeOffset?))
            schema.Type = JsonSchemaType.String;
        return Task.CompletedTask;
    }
}
