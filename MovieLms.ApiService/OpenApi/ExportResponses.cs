using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using MovieLms.ApiService.Exports;

namespace MovieLms.ApiService.OpenApi;

/// <summary>Declares the formats in which a list can be exported.</summary>
internal sealed class ExportResponses : IOpenApiOperationTransformer
{
    public Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        if (!context.Description.ActionDescriptor.EndpointMetadata.OfType<ExportableList>().Any())
            return Task.CompletedTask;
        operation.Description =
            $"{operation.Description} To export all items, without pages, accept {string.Join(" or ", ExportFormat.All.Select(Code))}.";
        if (operation.Responses?.GetValueOrDefault("200") is not OpenApiResponse { Content: { } content } response)
            return Task.CompletedTask;
        foreach (var format in ExportFormat.All)
            content[format.MediaType] = new OpenApiMediaType { Schema = new OpenApiSchema { Type = JsonSchemaType.String } };
        ResponseHeaders.Add(response, "Content-Disposition", context.Document);
        return Task.CompletedTask;
    }

    private static string Code(ExportFormat format) => $"`{format.MediaType}`";
}
