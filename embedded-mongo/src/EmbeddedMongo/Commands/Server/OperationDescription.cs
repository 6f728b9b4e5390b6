using System.Globalization;
using MongoDB.Bson;

namespace EmbeddedMongo.Commands.Server;

/// <summary>The documents of <c>currentOp</c> and <c>$currentOp</c>.</summary>
internal static class OperationDescription
{
    /// <summary>Longer commands are truncated, as in MongoDB.</summary>
    private const int MaxCommandLength = 1000;

    /// <summary>Describes the running commands, including the caller itself.</summary>
    public static List<BsonDocument> DescribeAll(OperationContext caller) =>
        [.. caller.Server.Operations.All.OrderBy(operation => operation.Id).Select(operation => Describe(caller, operation))];

    private static BsonDocument Describe(OperationContext caller, OperationContext operation)
    {
        var elapsed = operation.Elapsed;
        return new BsonDocument
        {
            { "type", "op" },
            { "host", $"localhost:{caller.Server.Port}" },
            { "desc", string.Create(CultureInfo.InvariantCulture, $"conn{operation.ConnectionId}") },
            { "connectionId", operation.ConnectionId },
            { "client", operation.ClientAddress },
            { "active", true },
            { "currentOpTime", caller.Server.Time.GetUtcNow().ToString("O", CultureInfo.InvariantCulture) },
            { "opid", operation.Id },
            { "secs_running", (long)elapsed.TotalSeconds },
            { "microsecs_running", (long)elapsed.TotalMicroseconds },
            { "op", GetKind(operation.Request.Name) },
            { "ns", GetNamespace(operation) },
            { "command", GetCommand(operation) },
            { "numYields", 0L },
            { "waitingForLock", false },
        };
    }

    private static string GetKind(string command) =>
        command switch
        {
            "find" => "query",
            "getMore" => "getmore",
            "insert" or "update" => command,
            "delete" => "remove",
            _ => "command",
        };

    private static string GetNamespace(OperationContext operation)
    {
        var name =
            operation.Request.Name == "getMore" ? operation.Arguments.Document.GetValue("collection", "") : operation.Arguments.Value;
        return name is BsonString { Value.Length: > 0 } collection
            ? $"{operation.Database}.{collection.Value}"
            : $"{operation.Database}.$cmd{(operation.Request.Name == "aggregate" ? ".aggregate" : "")}";
    }

    private static BsonDocument GetCommand(OperationContext operation)
    {
        // Commands with credentials are not shown.
        var name = operation.Request.Name;
        if (name.StartsWith("sasl", StringComparison.Ordinal) || name is "authenticate" or "createUser" or "updateUser")
            return new BsonDocument(name, "###");

        var command = operation.Arguments.Document;
        if (operation.Request.Body.Length <= MaxCommandLength)
            return command;

        var text =
            operation.Request.Body.Length <= 100 * MaxCommandLength ? command.ToJson() : $"{{ \"{name}\" : {operation.Arguments.Value} }}";
        return new BsonDocument("$truncated", text.Length <= MaxCommandLength ? text : text[..MaxCommandLength]);
    }
}
