using Microsoft.AspNetCore.SignalR;
using MovieLms.Realtime.Contracts;
using MovieLms.Realtime.Hubs;

namespace MovieLms.Bench.Chat;

/// <summary>The least that fans a message out: groups and nothing else.</summary>
internal sealed class BareHub : Hub
{
    private static readonly DateTime SentAt = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);
    private static long _sequence;

    public Task JoinRoom(string room) => Groups.AddToGroupAsync(Context.ConnectionId, room);

    public async Task<ChatMessage> SendMessage(string room, string text, string clientMessageId)
    {
        var message = Message(room, text, clientMessageId);
        await Clients.Group(room).SendAsync(nameof(IChatClient.MessageReceived), message);
        return message;
    }

    /// <summary>A message as the real hub says it.</summary>
    internal static ChatMessage Message(string room, string text, string clientMessageId) =>
        new(
            "6566f0f0f0f0f0f0f0f0f0f0",
            room,
            Interlocked.Increment(ref _sequence),
            new ChatUser("6566f0f0f0f0f0f0f0f0f0f1", "Somebody"),
            text,
            SentAt,
            clientMessageId,
            null,
            false
        );
}

/// <summary>
/// Stands in for what the hub's <c>SendMessage</c> does: no question to the database, no write; all else is the real node.
/// </summary>
internal sealed class Unstored : IHubFilter
{
    public async ValueTask<object?> InvokeMethodAsync(
        HubInvocationContext invocationContext,
        Func<HubInvocationContext, ValueTask<object?>> next
    )
    {
        if (invocationContext.HubMethodName != nameof(ChatHub.SendMessage))
            return await next(invocationContext);
        var arguments = invocationContext.HubMethodArguments;
        var message = BareHub.Message((string)arguments[0]!, (string)arguments[1]!, (string)arguments[2]!);
        await ((ChatHub)invocationContext.Hub).Clients.OfRoom(message.Room).MessageReceived(message);
        return message;
    }
}
