using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization.Metadata;
using MovieLms.Data.Chat;
using MovieLms.Realtime.Contracts;

namespace MovieLms.Realtime.Tests.Docs;

/// <summary>JSON schemas of the hub's parameters and payloads. Every contract type becomes a named schema.</summary>
internal sealed class HubSchemas
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.Strict,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
    };
    private readonly SortedDictionary<string, JsonNode> _named = new(StringComparer.Ordinal)
    {
        ["Id"] = Text("^[0-9a-f]{24}$", "An ID: 24 hexadecimal digits."),
        ["RoomName"] = Text(
            "^(lobby|course:[0-9a-f]{24}|dm:[0-9a-f]{24}:[0-9a-f]{24})$",
            "`lobby`, `course:{courseId}`, or `dm:{userId}:{userId}` with the smaller ID first."
        ),
        ["ErrorCode"] = new JsonObject
        {
            ["type"] = "string",
            ["description"] = "The code before the first colon of an error.",
            ["enum"] = new JsonArray([.. ChatErrors.All.Select(error => JsonValue.Create(error.Code))]),
        },
    };

    /// <summary>The schemas by name, for the section <c>components</c>.</summary>
    internal JsonObject Named => new(_named.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value.DeepClone())));

    /// <summary>Returns the schema of a method's parameter. The hub validates parameters in code, so their rules are listed here.</summary>
    internal static JsonNode OfParameter(ParameterInfo parameter)
    {
        var schema = parameter.Name switch
        {
            "room" => Reference("RoomName"),
            "userId" or "messageId" or "notificationId" => Reference("Id"),
            "text" => new JsonObject
            {
                ["type"] = "string",
                ["minLength"] = 1,
                ["maxLength"] = ChatLimits.Text,
            },
            "clientMessageId" => new JsonObject
            {
                ["type"] = "string",
                ["minLength"] = 1,
                ["maxLength"] = ChatLimits.ClientMessageId,
                ["pattern"] = "^[!-~]+$",
            },
            "limit" => new JsonObject
            {
                ["type"] = "integer",
                ["minimum"] = 1,
                ["maximum"] = ChatLimits.Page,
            },
            "sequence" => new JsonObject { ["type"] = "integer", ["minimum"] = 1 },
            "afterSequence" => new JsonObject { ["type"] = "integer" },
            "beforeSequence" => new JsonObject { ["type"] = new JsonArray("integer", "null") },
            _ => throw new NotSupportedException($"The parameter {parameter.Name} needs a schema."),
        };
        return schema.ContainsKey("$ref")
            ? new JsonObject { ["title"] = parameter.Name, ["allOf"] = new JsonArray(schema) }
            : new JsonObject([
                KeyValuePair.Create("title", (JsonNode?)parameter.Name),
                .. schema.DeepClone().AsObject().ToArray().Select(Detach),
            ]);
    }

    /// <summary>Returns the schema of a payload.</summary>
    internal JsonNode Of(Type type) =>
        type.IsArray ? new JsonObject { ["type"] = "array", ["items"] = Of(type.GetElementType()!) } : AddNamed(type);

    private static JsonObject Reference(string name) => new() { ["$ref"] = "#/components/schemas/" + name };

    private static JsonObject Text(string pattern, string description) =>
        new()
        {
            ["type"] = "string",
            ["pattern"] = pattern,
            ["description"] = description,
        };

    private static KeyValuePair<string, JsonNode?> Detach(KeyValuePair<string, JsonNode?> pair) => new(pair.Key, pair.Value?.DeepClone());

    private static bool IsContract(Type type) => type.Namespace == typeof(ChatMessage).Namespace && type.IsClass;

    private JsonObject AddNamed(Type type)
    {
        if (!_named.ContainsKey(type.Name))
        {
            _named[type.Name] = new JsonObject(); // reserved, in case the type refers to itself
            var schema = Options
                .GetJsonSchemaAsNode(
                    type,
                    new JsonSchemaExporterOptions { TreatNullObliviousAsNonNullable = true, TransformSchemaNode = Transform }
                )
                .AsObject();
            schema["description"] = XmlDocs.GetSummary(type);
            _named[type.Name] = schema;
        }
        return Reference(type.Name);
    }

    private JsonNode Transform(JsonSchemaExporterContext context, JsonNode schema)
    {
        if (context.Path.Length > 0 && IsContract(context.TypeInfo.Type))
        {
            var reference = AddNamed(context.TypeInfo.Type);
            return context.PropertyInfo?.IsGetNullable == true
                ? new JsonObject { ["oneOf"] = new JsonArray(reference, new JsonObject { ["type"] = "null" }) }
                : reference;
        }
        if (context.PropertyInfo is not { AttributeProvider: PropertyInfo property } || schema is not JsonObject described)
            return schema;
        if (property.Name is "Room")
            return Reference("RoomName");
        if (property.Name is "Id" or "UserId" or "OrderId" or "ImportId")
            return Reference("Id");
        if (property.GetCustomAttribute<AllowedValuesAttribute>() is { } allowed)
            described["enum"] = Enumeration(allowed.Values.Cast<string>());
        if (property.GetCustomAttribute<EnumDataTypeAttribute>() is { } values)
            described["enum"] = Enumeration(Enum.GetNames(values.EnumType).Select(JsonNamingPolicy.CamelCase.ConvertName));
        if (XmlDocs.FindParameter(property.DeclaringType!, property.Name) is { } description)
            described["description"] = description;
        return described;
    }

    private static JsonArray Enumeration(IEnumerable<string> values) => new([.. values.Select(value => JsonValue.Create(value))]);
}
