using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace MovieLms.ApiService.OpenApi.Examples;

/// <summary>Adds an example to every request and response. It runs last, when all schemas are complete.</summary>
internal sealed class ExampleTransformer : IOpenApiDocumentTransformer
{
    private const string Form = "multipart/form-data";
    private const string Json = "application/json";
    private const string Problem = "application/problem+json";

    public Task TransformAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Components ??= new OpenApiComponents();
        document.Components.Examples = new Dictionary<string, IOpenApiExample>();
        foreach (var operation in document.Paths.Values.SelectMany(path => path.Operations?.Values ?? Enumerable.Empty<OpenApiOperation>()))
        {
            foreach (var (mediaType, content) in operation.RequestBody?.Content ?? new Dictionary<string, OpenApiMediaType>())
                AddToRequest(document, content, operation.OperationId!, mediaType);
            foreach (var (status, response) in operation.Responses ?? [])
            {
                foreach (var (mediaType, content) in response.Content ?? new Dictionary<string, OpenApiMediaType>())
                    AddToResponse(document, content, operation.OperationId!, status, mediaType);
            }
        }
        return Task.CompletedTask;
    }

    private static void AddToRequest(OpenApiDocument document, OpenApiMediaType content, string operation, string mediaType)
    {
        if (mediaType == Json)
            AddJson(document, content);
        else if (mediaType == Form)
            content.Example = CreateForm(content, operation);
        else if (!mediaType.StartsWith("image/", StringComparison.Ordinal))
            content.Example = ExampleTexts.GetUpload(operation, mediaType);
    }

    private static JsonObject CreateForm(OpenApiMediaType content, string operation)
    {
        var form = new JsonObject();
        foreach (var (name, schema) in content.Schema?.Properties ?? new Dictionary<string, IOpenApiSchema>())
            form[name] = schema.Format == "binary" ? ExampleTexts.GetUpload(operation, Form) : ExampleFactory.Create(schema, "", name);
        return form;
    }

    private static void AddToResponse(OpenApiDocument document, OpenApiMediaType content, string operation, string status, string mediaType)
    {
        if (mediaType == Problem)
        {
            var isValidation = content.Schema?.Properties?.ContainsKey("errors") == true;
            var name = isValidation ? $"InvalidInput{status}" : $"Problem{status}";
            Refer(document, content, name, () => ExampleProblems.Create(status, isValidation));
        }
        else if (mediaType == Json)
        {
            AddJson(document, content);
        }
        else if (ExampleTexts.FindResponse(operation, mediaType) is { } text)
        {
            content.Example = text;
        }
    }

    /// <summary>Adds the example of a type, or one for each of its variants. A list gets an example of its own.</summary>
    private static void AddJson(OpenApiDocument document, OpenApiMediaType content)
    {
        if (content.Schema is not { } schema)
            return;
        var variants = schema is { Discriminator: not null, OneOf: { } derived } ? derived : [schema];
        foreach (var variant in variants)
        {
            var named = variant.OneOf?.FirstOrDefault(choice => choice.Type != JsonSchemaType.Null) ?? variant;
            if (ExampleFactory.GetName(named) is { } name)
                Refer(document, content, name, () => ExampleFactory.Create(named, name, name));
            else
                content.Example = ExampleFactory.Create(named, "", "");
        }
    }

    private static void Refer(OpenApiDocument document, OpenApiMediaType content, string name, Func<JsonNode?> create)
    {
        var examples = document.Components!.Examples!;
        if (!examples.ContainsKey(name))
            examples[name] = new OpenApiExample { Value = create() };
        content.Examples ??= new Dictionary<string, IOpenApiExample>();
        content.Examples[name] = new OpenApiExampleReference(name, document);
    }
}
