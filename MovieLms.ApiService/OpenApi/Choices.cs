using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Mvc.Infrastructure;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using MovieLms.ApiService.Http;

namespace MovieLms.ApiService.OpenApi;

/// <summary>Declares the values of texts that have a <see cref="ChoicesAttribute"/>: parameters and members.</summary>
internal sealed class Choices : IOpenApiOperationTransformer, IOpenApiSchemaTransformer
{
    public Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        foreach (var description in context.Description.ParameterDescriptions)
        {
            var info = (description.ParameterDescriptor as IParameterInfoParameterDescriptor)?.ParameterInfo;
            var parameter = operation.Parameters?.FirstOrDefault(parameter => parameter.Name == description.Name);
            if (parameter?.Schema is not OpenApiSchema schema)
                continue;
            Declare(schema, info?.GetCustomAttributes(typeof(ChoicesAttribute), inherit: true));
            // Otherwise client generators number the types of parameters with the same name, and a new endpoint changes the numbers.
            if (schema.Enum is { Count: > 0 })
                schema.Title = Capitalize(operation.OperationId!) + Capitalize(parameter.Name!);
        }
        return Task.CompletedTask;
    }

    public Task TransformAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        Declare(schema, context.JsonPropertyInfo?.AttributeProvider?.GetCustomAttributes(typeof(ChoicesAttribute), inherit: true));
        return Task.CompletedTask;
    }

    private static string Capitalize(string name) => char.ToUpperInvariant(name[0]) + name[1..];

    private static void Declare(OpenApiSchema schema, object[]? attributes)
    {
        if (attributes is not [ChoicesAttribute choices, ..])
            return;
        schema.Enum = [.. choices.Values.Select(value => (JsonNode)value)];
        // A nullable text with an enum would otherwise reject null.
        if (schema.Type is { } type && type.HasFlag(JsonSchemaType.Null))
            schema.Enum.Add(null!);
    }
}
