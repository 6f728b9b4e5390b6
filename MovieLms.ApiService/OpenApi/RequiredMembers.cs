using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using MovieLms.ApiService.Http.Strict;

namespace MovieLms.ApiService.OpenApi;

/// <summary>
/// Declares exactly those members of a request as required that validation requires, and declares that they are never null. The generator
/// also requires constructor parameters without a default, which the server does not.
/// </summary>
internal sealed class RequiredMembers : IOpenApiSchemaTransformer, IOpenApiDocumentTransformer
{
    public Task TransformAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        if (schema.Properties is not { Count: > 0 } properties || !RequestTypes.Contains(context.JsonTypeInfo.Type))
            return Task.CompletedTask;
        var required = context
            .JsonTypeInfo.Properties.Where(IsRequired)
            .Select(property => property.Name)
            .ToHashSet(StringComparer.Ordinal);
        schema.Required = required.Count > 0 ? required : null;
        return Task.CompletedTask;
    }

    /// <summary>Runs when all schemas are complete: the generator adds null to references after the schema transformers.</summary>
    public Task TransformAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        var bodies = document
            .Paths.Values.SelectMany(path => path.Operations?.Select(operation => operation.Value) ?? [])
            .SelectMany(operation => operation.RequestBody?.Content?.Values ?? [])
            .Select(content => content.Schema);
        foreach (var body in bodies)
        {
            foreach (var name in body?.Required ?? new HashSet<string>())
                body!.Properties![name] = WithoutNull(body.Properties[name]);
        }
        return Task.CompletedTask;
    }

    private static IOpenApiSchema WithoutNull(IOpenApiSchema member)
    {
        if (member.OneOf is [{ Type: JsonSchemaType.Null }, var only])
            return only;
        if (member is OpenApiSchema { Type: { } type } schema)
            schema.Type = type & ~JsonSchemaType.Null;
        return member;
    }

    private static bool IsRequired(JsonPropertyInfo property) =>
        property.IsRequired
        || property.AttributeProvider?.IsDefined(typeof(RequiredAttribute), inherit: true) == true
        || property.AssociatedParameter?.AttributeProvider?.IsDefined(typeof(RequiredAttribute), inherit: true) == true;
}
