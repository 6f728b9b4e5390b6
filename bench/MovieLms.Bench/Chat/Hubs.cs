using Microsoft.AspNetCore.SignalR;
using MovieLms.Realtime.Contracts;
using MovieLms.Realtime.Hubs;

namespace MovieLms.Bench.Chat;

/// <summary>A minimal hub that fans messages out with SignalR groups.</summary>
internal sealed class BareHub : Hub
{
    private static readonly DateTime SentAt = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);
    private static long _sequence;

    public Task JoinRoom(string room) => Groups.AddToGroupAsync(Context.ConnectionId, room);

    public async Task<ChatMessage> SendMessage(string room, string text, string clientMessageId)
    {
        var message = CreateMessage(room, text, clientMessageId);
        await Clients.Group(room).SendAsync(nameof(IChatClient.MessageReceived), message);
        return message;
    }

    /// <summary>Creates a message like those of the real hub.</summary>
    internal static ChatMessage CreateMessage(string room, string text, string clientMessageId) =>
        new(
            "6566f0f0f0f0f0f0f0f0f0f0",
            room,
            Interlocked.Increment(ref _sequence),
            new ChatUser("6566f0f0f0f0f0f0f0f0f0f1", "User"),
            text,
            SentAt,
            clientMessageId,
            null,
            false
        );
}

/// <summary>
/// Replaces the hub's <c>SendMessage</c> with a broadcast that neither reads nor writes the database. Everything else is the real node.
/// </summary>
internal sealed class UnstoredFilter : IHubFilter
{
    public async ValueTask<object?> InvokeMethodAsync(
        HubInvocationContext invocationContext,
        Func<HubInvocationContext, ValueTask<object?>> next
    )
    {
        if (invocationContext.HubMethodName != nameof(ChatHub.SendMessage))
            return await next(invocationContext);
        var arguments = invocationContext.HubMethodArguments;
        var message = BareHub.CreateMessage((string)arguments[0]!, (string)arguments[1]!, (string)arguments[2]!);
        await ((ChatHub)invocationContext.Hub).Clients.OfRoom(message.Room).MessageReceived(message);
        return message;
    }
}
