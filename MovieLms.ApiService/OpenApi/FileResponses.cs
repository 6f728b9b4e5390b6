using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace MovieLms.ApiService.OpenApi;

/// <summary>Declares the content of files and pages. The generator omits responses that are not serialized from a type.</summary>
internal sealed class FileResponses : IOpenApiOperationTransformer
{
    private const string Html = "text/html";

    public Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var files = context
            .Description.ActionDescriptor.EndpointMetadata.OfType<IProducesResponseTypeMetadata>()
            .Where(metadata => metadata.Type is null || metadata.Type == typeof(void));
        foreach (var metadata in files)
        {
            foreach (var mediaType in metadata.ContentTypes)
                Declare(operation, $"{metadata.StatusCode}", mediaType, context.Document);
        }
        return Task.CompletedTask;
    }

    private static void Declare(OpenApiOperation operation, string status, string mediaType, OpenApiDocument? document)
    {
        if (operation.Responses?[status] is not OpenApiResponse response)
            return;
        var schema = new OpenApiSchema { Type = JsonSchemaType.String, Format = mediaType == Html ? null : "binary" };
        response.Content ??= new Dictionary<string, OpenApiMediaType>();
        response.Content[mediaType] = new OpenApiMediaType { Schema = schema };
        if (mediaType == Html)
            return;
        ResponseHeaders.Add(response, "Content-Disposition", document);
        if (operation.Responses.GetValueOrDefault("304") is OpenApiResponse notModified)
            ResponseHeaders.Add(notModified, "Content-Disposition", document);
    }
}
