using System.Text.Json;
using MongoDB.Bson;

namespace MovieLms.Realtime.Tests.Hostile.Fuzz;

/// <summary>A message to the hub as its bytes, in one WebSocket message.</summary>
/// <param name="Name">What is wrong with it.</param>
/// <param name="Payload">The bytes.</param>
/// <param name="Opcode">1 text, 2 binary.</param>
internal sealed record HubInput(string Name, byte[] Payload, int Opcode);

/// <summary>A hub method with valid arguments.</summary>
internal sealed record HubMethod(string Name, params object?[] Arguments)
{
    /// <summary>The arguments as JSON texts.</summary>
    internal string[] Json => [.. Arguments.Select(argument => JsonSerializer.Serialize(argument))];
}

/// <summary>Every method of the hub. A test compares the names with the hub's.</summary>
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
    ];
}
