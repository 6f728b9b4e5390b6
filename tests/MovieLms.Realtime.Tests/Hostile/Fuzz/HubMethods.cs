using System.Text.Json;
using MongoDB.Bson;

namespace MovieLms.Realtime.Tests.Hostile.Fuzz;

/// <summary>A WebSocket message to the hub.</summary>
/// <param name="Name">Describes the defect.</param>
/// <param name="Payload">The message's bytes.</param>
/// <param name="Opcode">1 for text, 2 for binary.</param>
internal sealed record HubInput(string Name, byte[] Payload, int Opcode);

/// <summary>A hub method with valid arguments.</summary>
internal sealed record HubMethod(string Name, params object?[] Arguments)
{
    /// <summary>The arguments as JSON.</summary>
    internal string[] Json => [.. Arguments.Select(argument => JsonSerializer.Serialize(argument))];
}

/// <summary>All methods of the hub. A test compares this list with the hub.</summary>
internal static class HubMethods
{
    private static readonly string Id = ObjectId.GenerateNewId().ToString();

    internal static IReadOnlyList<HubMethod> All { get; } =
    [
        new("JoinRoom", "lobby"),
        new("LeaveRoom", "lobby"),
        new("SendMessage", "lobby", "text", "id"),
        new("SendDirect", Id, "text", "id"),
        new("EditMessage", Id, "text"),
        new("DeleteMessage", Id),
        new("StartTyping", "lobby"),
        new("MarkRead", "lobby", 1),
        new("GetHistory", "lobby", null, 10),
        new("GetSince", "lobby", 0, 10),
        new("GetPresence", "lobby"),
        new("MarkNotificationRead", Id),
    ];
}
