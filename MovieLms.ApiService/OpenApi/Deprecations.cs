using Microsoft.AspNetCore.Mvc.Infrastructure;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using MovieLms.ApiService.Http;

namespace MovieLms.ApiService.OpenApi;

/// <summary>Declares deprecated endpoints with their headers and dates, deprecated parameters and deprecated members.</summary>
internal sealed class Deprecations : IOpenApiOperationTransformer, IOpenApiSchemaTransformer
{
    private static readonly string[] Headers = ["Deprecation", "Sunset", "Link"];

    public Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        foreach (var description in context.Description.ParameterDescriptions)
        {
            var info = (description.ParameterDescriptor as IParameterInfoParameterDescriptor)?.ParameterInfo;
            if (
                info?.IsDefined(typeof(DeprecatedAttribute), inherit: true) == true
                && operation.Parameters?.FirstOrDefault(parameter => parameter.Name == description.Name) is OpenApiParameter parameter
            )
            {
                parameter.Deprecated = true;
            }
        }
        if (context.Description.ActionDescriptor.EndpointMetadata.OfType<Deprecation>().LastOrDefault() is not { } deprecation)
            return Task.CompletedTask;
        operation.Deprecated = true;
        var dates = $"Deprecated since {deprecation.On:O}; may be removed on {deprecation.Sunset:O}.";
        operation.Description = $"{operation.Description} {dates} Use `{deprecation.Link}`.".TrimStart();
        foreach (var response in operation.Responses?.Values.OfType<OpenApiResponse>() ?? [])
        {
            foreach (var name in Headers)
                ResponseHeaders.Add(response, name, context.Document);
        }
        return Task.CompletedTask;
    }

    public Task TransformAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        if (context.JsonPropertyInfo?.AttributeProvider?.IsDefined(typeof(DeprecatedAttribute), inherit: true) == true)
            schema.Deprecated = true;
        return Task.CompletedTask;
    }
}
