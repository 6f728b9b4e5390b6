using System.Text.Json;

namespace MovieLms.ApiService.Tests.Http;

/// <summary>One operation of the OpenAPI document, as far as a hostile client wants to know it.</summary>
/// <param name="Method">In capitals.</param>
/// <param name="Path">With its parameters in braces.</param>
/// <param name="Query">Names of query parameters.</param>
/// <param name="Headers">Names of header parameters.</param>
/// <param name="Members">The JSON body's members, and whether each is a scalar; null when it takes no JSON.</param>
/// <param name="TakesForm">True when it takes a multipart upload.</param>
internal sealed record ApiOperation(
    string Method, string Path, IReadOnlyList<string> Query, IReadOnlyList<string> Headers, IReadOnlyList<(string Name, bool IsScalar)>? Members, bool TakesForm)
{
    public override string ToString() => $"{Method} {Path}";

    /// <summary>Every operation of the document, so that new endpoints join by themselves.</summary>
    internal static IEnumerable<ApiOperation> Of(JsonElement document)
    {
        foreach (var path in document.GetProperty("paths").EnumerateObject())
        {
            foreach (var operation in path.Value.EnumerateObject().Where(member => member.Name is "get" or "post" or "put" or "patch" or "delete"))
            {
                var parameters = operation.Value.TryGetProperty("parameters", out var list) ? list.EnumerateArray().ToList() : [];
                var content = operation.Value.TryGetProperty("requestBody", out var body) ? body.GetProperty("content") : default;
                JsonElement json = default;
                var takesJson = content.ValueKind == JsonValueKind.Object && content.TryGetProperty("application/json", out json);
                yield return new ApiOperation(
                    operation.Name.ToUpperInvariant(),
                    path.Name,
                    [.. Named(parameters, "query")],
                    [.. Named(parameters, "header")],
                    takesJson ? [.. MembersOf(document, json.GetProperty("schema"))] : null,
                    content.ValueKind == JsonValueKind.Object && content.TryGetProperty("multipart/form-data", out _));
            }
        }
    }

    private static IEnumerable<string> Named(List<JsonElement> parameters, string place) =>
        parameters.Where(parameter => parameter.GetProperty("in").GetString() == place).Select(parameter => parameter.GetProperty("name").GetString()!);

    private static IEnumerable<(string, bool)> MembersOf(JsonElement document, JsonElement schema)
    {
        schema = Resolved(document, schema);
        return schema.TryGetProperty("properties", out var properties)
            ? properties.EnumerateObject().Select(member => (member.Name, IsScalar(Resolved(document, member.Value))))
            : [];
    }

    private static JsonElement Resolved(JsonElement document, JsonElement schema)
    {
        while (true)
        {
            if (schema.TryGetProperty("oneOf", out var choices)) schema = choices.EnumerateArray().Last();
            if (!schema.TryGetProperty("$ref", out var reference)) return schema;
            schema = document.GetProperty("components").GetProperty("schemas").GetProperty(reference.GetString()!.Split('/')[^1]);
        }
    }

    private static bool IsScalar(JsonElement schema) =>
        schema.TryGetProperty("enum", out _)
        || (schema.TryGetProperty("type", out var type)
            && (type.ValueKind == JsonValueKind.Array ? type.EnumerateArray().Select(item => item.GetString()) : [type.GetString()])
                .All(name => name is "string" or "integer" or "number" or "boolean" or "null"));
}
