using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using Json.Schema;
using MovieLms.Testing.Processes;

namespace MovieLms.EndToEnd.Contract;

/// <summary>
/// Compares responses with <c>openapi/v1.json</c>: statuses, media types, headers and bodies. Members that a schema does not list are
/// not allowed.
/// </summary>
internal sealed class ApiContract
{
    private const string Root = "https://movielms.test/contract";

    /// <summary>Headers of HTTP itself and of the security policy, which every response may have.</summary>
    private static readonly HashSet<string> Standard = new(StringComparer.OrdinalIgnoreCase)
    {
        "Accept-Ranges",
        "Allow",
        "Cache-Control",
        "Connection",
        "Content-Encoding",
        "Content-Length",
        "Content-Security-Policy",
        "Content-Type",
        "Date",
        "Expires",
        "Keep-Alive",
        "Pragma",
        "Referrer-Policy",
        "Server",
        "Strict-Transport-Security",
        "Transfer-Encoding",
        "Vary",
        "X-Content-Type-Options",
        "X-Frame-Options",
    };

    private readonly ConcurrentDictionary<string, JsonSchema> _schemas = new();
    private readonly EvaluationOptions _options = new() { OutputFormat = OutputFormat.List };

    private ApiContract(JsonObject document)
    {
        Document = document;
        var definitions = document["components"]!["schemas"]!.DeepClone();
        Close(definitions);
        var root = JsonSchema.FromText(new JsonObject { ["$id"] = Root, ["$defs"] = Rebase(definitions) }.ToJsonString());
        SchemaRegistry.Global.Register(new Uri(Root), root);
    }

    /// <summary>The OpenAPI document.</summary>
    internal JsonObject Document { get; }

    /// <summary>The committed document.</summary>
    internal static ApiContract Current { get; } = Read(Repository.File("openapi", "v1.json"));

    /// <summary>Returns the operation of a request, or null if the document has none for it.</summary>
    internal ApiOperation? Find(string method, string path)
    {
        if (method == "HEAD")
            method = "GET";
        var segments = path.Split('/');
        return (
            from template in Document["paths"]!.AsObject()
            where Matches(template.Key, segments)
            orderby template.Key.Count(letter => letter == '{')
            let operation = template.Value![method.ToLowerInvariant()]
            where operation is not null
            select new ApiOperation(method, template.Key, operation.AsObject())
        ).FirstOrDefault();
    }

    /// <summary>Returns all operations.</summary>
    internal IEnumerable<ApiOperation> GetOperations() =>
        from path in Document["paths"]!.AsObject()
        from operation in path.Value!.AsObject()
        select new ApiOperation(operation.Key.ToUpperInvariant(), path.Key, operation.Value!.AsObject());

    /// <summary>Returns how a response differs from the document.</summary>
    /// <param name="operation">The operation of the request.</param>
    /// <param name="status">The status of the response.</param>
    /// <param name="headers">The names of its headers.</param>
    /// <param name="contentType">Its media type; null without a body.</param>
    /// <param name="body">Its body; empty for a HEAD request.</param>
    internal IEnumerable<string> FindDifferences(
        ApiOperation operation,
        int status,
        IEnumerable<string> headers,
        string? contentType,
        ReadOnlyMemory<byte> body
    )
    {
        if (operation.Value["responses"]![$"{status}"] is not JsonObject response)
        {
            yield return $"undeclared status {status}";
            yield break;
        }
        var mediaType = contentType?.Split(';')[0] ?? "";
        var declared = response["headers"]?.AsObject().Select(header => header.Key).ToHashSet(StringComparer.OrdinalIgnoreCase) ?? [];
        var isExport = status == 200 && operation.ExportTypes.Contains(mediaType);
        if (isExport)
            declared.Add("Content-Disposition");
        foreach (var header in headers.Where(name => !declared.Contains(name) && !Standard.Contains(name)))
            yield return $"{status} has the undeclared header {header}";
        if (body.Length == 0 || isExport)
            yield break;
        if (response["content"]?[mediaType] is not JsonObject content)
        {
            yield return $"{status} has an undeclared body of type '{mediaType}'";
            yield break;
        }
        if (mediaType.EndsWith("json", StringComparison.Ordinal))
        {
            foreach (var fault in Validate(content["schema"]!, body))
                yield return $"{status} {fault}";
        }
    }

    /// <summary>Returns how JSON differs from a schema of the document.</summary>
    internal IReadOnlyList<string> Validate(JsonNode schema, ReadOnlyMemory<byte> json)
    {
        var compiled = _schemas.GetOrAdd(
            schema.ToJsonString(),
            text =>
            {
                var closed = JsonNode.Parse(text)!;
                Close(closed);
                return JsonSchema.FromText(Rebase(closed).ToJsonString());
            }
        );
        using var value = JsonDocument.Parse(json);
        var result = compiled.Evaluate(value.RootElement, _options);
        return result.IsValid
            ? []
            :
            [
                .. (result.Details ?? [])
                    .Where(detail => detail.Errors is { Count: > 0 })
                    .Select(detail => $"{detail.InstanceLocation}: {string.Join("; ", detail.Errors!.Values)} ({detail.EvaluationPath})")
                    .Take(5),
            ];
    }

    private static ApiContract Read(string path) => new(JsonNode.Parse(File.ReadAllText(path))!.AsObject());

    private static bool Matches(string template, string[] segments)
    {
        var expected = template.Split('/');
        return expected.Length == segments.Length
            && expected.Zip(segments).All(pair => pair.First == pair.Second || pair.First.StartsWith('{'));
    }

    /// <summary>Disallows members that a schema does not list, and removes what is not a keyword of JSON Schema.</summary>
    private static void Close(JsonNode? node)
    {
        if (node is JsonObject schema)
        {
            if (schema["discriminator"]?["propertyName"] is not null)
                schema.Remove("discriminator");
            if (schema["properties"] is JsonObject && schema["oneOf"] is null)
                schema["additionalProperties"] ??= false;
            foreach (var (_, child) in schema)
                Close(child);
        }
        else if (node is JsonArray items)
        {
            foreach (var child in items)
                Close(child);
        }
    }

    private static JsonNode Rebase(JsonNode schema) =>
        JsonNode.Parse(schema.ToJsonString().Replace("\"#/components/schemas/", $"\"{Root}#/$defs/", StringComparison.Ordinal))!;
}

/// <summary>An operation of the document.</summary>
/// <param name="Method">The HTTP method.</param>
/// <param name="Path">The path with its parameters.</param>
/// <param name="Value">The operation object.</param>
internal sealed record ApiOperation(string Method, string Path, JsonObject Value)
{
    internal string Id => Value["operationId"]!.GetValue<string>();

    /// <summary>The media types in which a list can be exported (<c>x-export</c>).</summary>
    internal IEnumerable<string> ExportTypes => Value["x-export"]?.AsArray().Select(type => type!.GetValue<string>()) ?? [];

    public override string ToString() => $"{Method} {Path}";
}
