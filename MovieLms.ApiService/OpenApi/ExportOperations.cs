using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using MovieLms.ApiService.Exports;

namespace MovieLms.ApiService.OpenApi;

/// <summary>
/// Declares the formats in which a list can be exported: in its description and as <c>x-export</c>. They are not among the media types of
/// the response, because generated clients would then type every page as a page or a text.
/// </summary>
internal sealed class ExportOperations : IOpenApiOperationTransformer
{
    public Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        if (!context.Description.ActionDescriptor.EndpointMetadata.OfType<ExportableList>().Any())
            return Task.CompletedTask;
        var mediaTypes = ExportFormat.All.Select(format => format.MediaType).ToArray();
        operation.Description =
            $"{operation.Description} To export all items instead of a page, accept {string.Join(" or ", mediaTypes.Select(type => $"`{type}`"))}.";
        operation.Extensions ??= new Dictionary<string, IOpenApiExtension>();
        operation.Extensions["x-export"] = new JsonNodeExtension(new JsonArray([.. mediaTypes.Select(type => JsonValue.Create(type))]));
        return Task.CompletedTask;
    }
}
