using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.OpenApi;

namespace MovieLms.ApiService.OpenApi.Examples;

/// <summary>Composes the example of a schema from <see cref="ExampleValues"/> and from the types, formats and enums of its members.</summary>
internal static class ExampleFactory
{
    private const int MaxDepth = 8;
    private const string Time = "2026-09-02T10:15:00Z";

    /// <summary>Returns the example of a schema.</summary>
    /// <param name="schema">The schema.</param>
    /// <param name="type">The name of the type that has the value.</param>
    /// <param name="member">The name of the member that has the value, or the type's name.</param>
    internal static JsonNode? Create(IOpenApiSchema schema, string type, string member, int depth = 0)
    {
        type = GetName(schema) ?? type;
        if (schema.OneOf?.FirstOrDefault(choice => choice.Type != JsonSchemaType.Null) is { } choice)
            return Create(choice, type, member, depth);
        if (schema.Enum?.FirstOrDefault(value => value is not null) is { } first)
            return first.DeepClone();
        if (schema.Properties is { Count: > 0 } properties)
            return depth < MaxDepth ? CreateObject(properties, type, depth) : null;
        var kind = (schema.Type ?? JsonSchemaType.Null) & ~JsonSchemaType.Null;
        return kind switch
        {
            JsonSchemaType.Array => schema.Items is { } items ? new JsonArray(Create(items, type, member, depth + 1)) : new JsonArray(),
            JsonSchemaType.Object => new JsonObject(),
            JsonSchemaType.Boolean => true,
            JsonSchemaType.Integer => 1,
            JsonSchemaType.Number => 1.5,
            JsonSchemaType.String => CreateText(schema.Format, type, member),
            _ => null,
        };
    }

    /// <summary>Returns the name of a schema that is a reference.</summary>
    internal static string? GetName(IOpenApiSchema? schema) => (schema as OpenApiSchemaReference)?.Reference.Id;

    private static JsonObject CreateObject(IDictionary<string, IOpenApiSchema> properties, string type, int depth)
    {
        var example = new JsonObject();
        foreach (var (name, schema) in properties)
        {
            if (!ExampleValues.Omitted.Contains($"{type}.{name}"))
                example[name] = GetKnown(schema, type, name, out var value) ? value : Create(schema, type, name, depth + 1);
        }
        return example;
    }

    /// <summary>Finds a value in the table. A member of another type may have the same name, so the value must fit the schema.</summary>
    private static bool GetKnown(IOpenApiSchema schema, string type, string name, out JsonNode? value) =>
        ExampleValues.TryGet(type, name, out value) && Fits(schema, value);

    private static bool Fits(IOpenApiSchema schema, JsonNode? value)
    {
        if (schema.OneOf is { Count: > 0 } choices)
            return choices.Any(choice => Fits(choice, value));
        if (schema.Enum is { Count: > 0 } values)
            return values.Any(allowed => JsonNode.DeepEquals(allowed, value));
        // A schema without a type allows every value.
        if (schema.Type is not { } type)
            return true;
        var kind = value?.GetValueKind() switch
        {
            null => JsonSchemaType.Null,
            System.Text.Json.JsonValueKind.String => JsonSchemaType.String,
            System.Text.Json.JsonValueKind.Number => JsonSchemaType.Number | JsonSchemaType.Integer,
            System.Text.Json.JsonValueKind.Array => JsonSchemaType.Array,
            System.Text.Json.JsonValueKind.Object => JsonSchemaType.Object,
            _ => JsonSchemaType.Boolean,
        };
        return (type & kind) != 0;
    }

    private static string CreateText(string? format, string type, string member) =>
        format switch
        {
            "date-time" => Time,
            "date" => Time[..10],
            "uuid" => "0b9d3e52-7c41-4d0a-9f6e-2a8c5b1d7e34",
            "uri" => "https://example.org/",
            "binary" => "",
            _ when member is "id" or "ids" => CreateId(type),
            _ when member.EndsWith("Id", StringComparison.Ordinal) || member is "by" => CreateId(member[..^2]),
            _ => "Text",
        };

    /// <summary>Returns an ID that is the same wherever the same kind of resource is meant.</summary>
    private static string CreateId(string kind)
    {
        foreach (var suffix in new[] { "Response", "Request", "Accepted", "Dto" })
            kind = kind.EndsWith(suffix, StringComparison.Ordinal) ? kind[..^suffix.Length] : kind;
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(kind.ToLowerInvariant()));
        return "66b2f0c1" + Convert.ToHexStringLower(hash.AsSpan(0, 8));
    }
}
