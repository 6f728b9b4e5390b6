using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace MovieLms.ApiService.OpenApi;

/// <summary>
/// Declares that a polymorphic value is exactly one of its variants, and that each variant has the discriminator. The generator declares
/// <c>anyOf</c>, an optional discriminator, and a mapping to other names than it gives to the variants.
/// </summary>
internal sealed class Variants : IOpenApiSchemaTransformer, IOpenApiDocumentTransformer
{
    public Task TransformAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        if (schema is { Discriminator: not null, AnyOf: { Count: > 0 } variants })
            (schema.OneOf, schema.AnyOf) = (variants, null);
        return Task.CompletedTask;
    }

    /// <summary>Runs when the variants have their names.</summary>
    public Task TransformAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        var schemas = document.Components?.Schemas ?? new Dictionary<string, IOpenApiSchema>();
        foreach (var schema in schemas.Values.OfType<OpenApiSchema>())
        {
            if (schema.Discriminator is not { PropertyName: { } member } discriminator)
                continue;
            discriminator.Mapping = new Dictionary<string, OpenApiSchemaReference>();
            foreach (var variant in (schema.OneOf ?? []).OfType<OpenApiSchemaReference>())
            {
                var value = variant.Properties![member].Enum![0].GetValue<string>();
                discriminator.Mapping[value] = variant;
                var target = (OpenApiSchema)schemas[variant.Reference.Id!];
                target.Type = JsonSchemaType.Object;
                target.Required = new HashSet<string>([member, .. target.Required ?? new HashSet<string>()]);
            }
        }
        return Task.CompletedTask;
    }
}
