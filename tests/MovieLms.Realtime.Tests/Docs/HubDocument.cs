using System.Reflection;
using System.Text.Json.Nodes;
using MovieLms.Realtime.Contracts;
using MovieLms.Realtime.Hubs;

namespace MovieLms.Realtime.Tests.Docs;

/// <summary>
/// Creates the AsyncAPI 3 document of the hub. A message's payload is a message of SignalR's JSON protocol: type 1 is a call or an
/// event, and type 3 is the completion of a call.
/// </summary>
internal sealed class HubDocument
{
    private const string Channel = "chat";
    private readonly HubSchemas _schemas = new();
    private readonly JsonObject _messages = [];
    private readonly JsonObject _operations = [];

    private HubDocument() { }

    internal static JsonObject Create() => new HubDocument().Build();

    private JsonObject Build()
    {
        _messages["Error"] = CreateMessage(
            "A call failed. Only the code is stable; the detail is for people.",
            Completion("error", new JsonObject { ["type"] = "string", ["pattern"] = $"HubException: ({Codes}): " })
        );
        foreach (var method in HubApi.Methods)
            AddMethod(method);
        foreach (var name in HubApi.Events)
            AddEvent(name);
        return new JsonObject
        {
            ["asyncapi"] = "3.0.0",
            ["info"] = new JsonObject
            {
                ["title"] = "MovieLms chat hub",
                ["version"] = "1",
                ["description"] =
                    "A SignalR hub. Connect with a SignalR client, by WebSockets without negotiation, and send the access token as the "
                    + "query parameter `access_token` or in the header `Authorization`. Rules for reconnecting and resending are in "
                    + "docs/hub.md.",
                ["license"] = new JsonObject { ["name"] = "MIT" },
            },
            ["defaultContentType"] = "application/json",
            ["servers"] = new JsonObject
            {
                ["development"] = new JsonObject
                {
                    ["host"] = "localhost:5400",
                    ["protocol"] = "ws",
                    ["security"] = new JsonArray(new JsonObject { ["$ref"] = "#/components/securitySchemes/accessToken" }),
                },
            },
            ["channels"] = new JsonObject
            {
                [Channel] = new JsonObject
                {
                    ["address"] = RealtimeExtensions.HubPath,
                    ["messages"] = new JsonObject(_messages.Select(pair => Pair(pair.Key, MessageReference(pair.Key)))),
                },
            },
            ["operations"] = _operations,
            ["components"] = new JsonObject
            {
                ["messages"] = _messages,
                ["schemas"] = _schemas.Named,
                ["securitySchemes"] = new JsonObject
                {
                    ["accessToken"] = new JsonObject
                    {
                        ["type"] = "httpApiKey",
                        ["name"] = "access_token",
                        ["in"] = "query",
                    },
                },
            },
            ["x-errors"] = new JsonArray([
                .. ChatErrors.All.Select(error => new JsonObject
                {
                    ["code"] = error.Code,
                    ["meaning"] = error.Meaning,
                    ["duty"] = error.Duty,
                }),
            ]),
            ["x-limits"] = new JsonArray([
                .. HubApi.Limits.Select(limit => new JsonObject
                {
                    ["name"] = limit.Name,
                    ["default"] = limit.Value,
                    ["description"] = limit.Description,
                    ["setting"] = limit.Setting,
                }),
            ]),
        };
    }

    private static string Codes => string.Join('|', ChatErrors.All.Select(error => error.Code));

    private void AddMethod(MethodInfo method)
    {
        var (call, result) = ($"{method.Name}Call", $"{method.Name}Result");
        var summary = XmlDocs.GetSummary(typeof(ChatHub), method.Name);
        _messages[call] = CreateMessage(
            summary,
            Invocation(method.Name, [.. method.GetParameters().Select(HubSchemas.OfParameter)], isCall: true)
        );
        _messages[result] = CreateMessage(
            $"The result of `{method.Name}`.",
            HubApi.GetResult(method) is { } type ? Completion("result", _schemas.Of(type)) : Completion(null, null)
        );
        _operations[method.Name] = new JsonObject
        {
            ["action"] = "receive",
            ["channel"] = ChannelReference(),
            ["description"] = summary,
            ["messages"] = new JsonArray(ChannelMessage(call)),
            ["reply"] = new JsonObject
            {
                ["channel"] = ChannelReference(),
                ["messages"] = new JsonArray(ChannelMessage(result), ChannelMessage("Error")),
            },
        };
    }

    private void AddEvent(MethodInfo method)
    {
        var summary = XmlDocs.GetSummary(typeof(IChatClient), method.Name);
        _messages[method.Name] = CreateMessage(
            summary,
            Invocation(method.Name, [_schemas.Of(method.GetParameters().Single().ParameterType)], isCall: false)
        );
        _operations[method.Name] = new JsonObject
        {
            ["action"] = "send",
            ["channel"] = ChannelReference(),
            ["description"] = summary,
            ["messages"] = new JsonArray(ChannelMessage(method.Name)),
        };
    }

    private static JsonObject CreateMessage(string summary, JsonObject payload) => new() { ["summary"] = summary, ["payload"] = payload };

    private static JsonObject Invocation(string target, JsonNode[] arguments, bool isCall)
    {
        var properties = new JsonObject
        {
            ["type"] = new JsonObject { ["const"] = 1 },
            ["target"] = new JsonObject { ["const"] = target },
            ["arguments"] = new JsonObject
            {
                ["type"] = "array",
                ["items"] = new JsonArray(arguments),
                ["minItems"] = arguments.Length,
                ["maxItems"] = arguments.Length,
            },
        };
        if (isCall)
            properties["invocationId"] = new JsonObject { ["type"] = "string" };
        return Frame(properties);
    }

    private static JsonObject Completion(string? member, JsonNode? schema)
    {
        var properties = new JsonObject
        {
            ["type"] = new JsonObject { ["const"] = 3 },
            ["invocationId"] = new JsonObject { ["type"] = "string" },
        };
        if (member is not null)
            properties[member] = schema;
        return Frame(properties);
    }

    private static JsonObject Frame(JsonObject properties) =>
        new()
        {
            ["type"] = "object",
            ["required"] = new JsonArray([.. properties.Select(property => JsonValue.Create(property.Key))]),
            ["properties"] = properties,
        };

    private static JsonObject ChannelReference() => new() { ["$ref"] = $"#/channels/{Channel}" };

    private static JsonObject ChannelMessage(string name) => new() { ["$ref"] = $"#/channels/{Channel}/messages/{name}" };

    private static JsonObject MessageReference(string name) => new() { ["$ref"] = $"#/components/messages/{name}" };

    private static KeyValuePair<string, JsonNode?> Pair(string key, JsonNode value) => new(key, value);
}
