using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace MovieLms.ApiService.OpenApi;

/// <summary>
/// Declares enums as strings. The generator omits their type, which some client generators need, and lists null as a value of an enum that
/// it first sees as nullable.
/// </summary>
internal sealed class EnumSchemas : IOpenApiSchemaTransformer
{
    public Task TransformAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        if (!(Nullable.GetUnderlyingType(context.JsonTypeInfo.Type) ?? context.JsonTypeInfo.Type).IsEnum)
            return Task.CompletedTask;
        schema.Type = JsonSchemaType.String;
        schema.Enum = [.. (schema.Enum ?? []).Where(value => value?.GetValueKind() == System.Text.Json.JsonValueKind.String)];
        return Task.CompletedTask;
    }
}
