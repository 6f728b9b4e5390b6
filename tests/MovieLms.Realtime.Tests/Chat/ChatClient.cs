using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;
using MovieLms.Realtime.Contracts;

namespace MovieLms.Realtime.Tests.Chat;

/// <summary>A client that connects as documented, by WebSockets without negotiation, and records the events it receives.</summary>
internal sealed class ChatClient : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, Task<JoinedRoom>> _joined = new();

    private ChatClient(HubConnection hub) => Hub = hub;

    internal HubConnection Hub { get; }

    internal ConcurrentQueue<ChatMessage> Messages { get; } = new();

    internal ConcurrentQueue<ChatMessage> Changes { get; } = new();

    internal ConcurrentQueue<NotificationEvent> Notifications { get; } = new();

    internal ConcurrentQueue<string> Events { get; } = new();

    internal static async Task<ChatClient> ConnectAsync(Uri server, string token, bool messagePack = false)
    {
        var builder = new HubConnectionBuilder().WithUrl(
            new Uri(server, "/hubs/chat"),
            options =>
            {
                options.AccessTokenProvider = () => Task.FromResult<string?>(token);
                options.Transports = HttpTransportType.WebSockets;
                options.SkipNegotiation = true;
            }
        );
        if (messagePack)
            builder.AddMessagePackProtocol();
        var client = new ChatClient(builder.Build());
        client.Hub.On<ChatMessage>("MessageReceived", client.Messages.Enqueue);
        client.Hub.On<ChatMessage>("MessageChanged", client.Changes.Enqueue);
        client.Hub.On<MemberEvent>("UserJoined", joined => client.Events.Enqueue($"joined {joined.User.Id}"));
        client.Hub.On<MemberEvent>("UserLeft", left => client.Events.Enqueue($"left {left.User.Id}"));
        client.Hub.On<MemberEvent>("UserTyping", typing => client.Events.Enqueue($"typing {typing.User.Id}"));
        client.Hub.On<RoomLeft>("RoomLeft", left => client.Events.Enqueue($"out {left.Room} {left.Reason}"));
        client.Hub.On<ConnectionEnd>("ConnectionEnding", end => client.Events.Enqueue($"ending {end.Reason}"));
        client.Hub.On<NotificationEvent>(
            "Notification",
            notification =>
            {
                client.Notifications.Enqueue(notification);
                client.Events.Enqueue($"notification {notification.Id}");
            }
        );
        await client.Hub.StartAsync();
        return client;
    }

    internal Task<JoinedRoom> JoinAsync(string room) => _joined[room] = Hub.InvokeAsync<JoinedRoom>("JoinRoom", room);

    /// <summary>Sends a message. Joins the room first, unless this client has joined it.</summary>
    internal async Task<ChatMessage> SendAsync(string room, string text, string? id = null)
    {
        await _joined.GetOrAdd(room, name => Hub.InvokeAsync<JoinedRoom>("JoinRoom", name));
        return await Hub.InvokeAsync<ChatMessage>("SendMessage", room, text, id ?? Guid.NewGuid().ToString("N"));
    }

    public ValueTask DisposeAsync() => Hub.DisposeAsync();
}
