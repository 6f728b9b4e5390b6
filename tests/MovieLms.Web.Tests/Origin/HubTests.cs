using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR.Client;
using MovieLms.Testing;

namespace MovieLms.Web.Tests.Origin;

[Collection(OriginTests.Name)]
public sealed class HubTests(OriginFixture origins)
{
    private const int Clients = 6;

    [Theory]
    [InlineData(HttpTransportType.WebSockets)]
    [InlineData(HttpTransportType.ServerSentEvents)]
    [InlineData(HttpTransportType.LongPolling)]
    public async Task Clients_chat_across_two_instances_with_every_transport(HttpTransportType transport)
    {
        var token = await OriginFixture.GetTokenAsync(origins.Gateway, isAdmin: false);
        var connections = new List<HubConnection>();
        var received = new int[Clients];
        for (var i = 0; i < Clients; i++)
        {
            var connection = new HubConnectionBuilder()
                .WithUrl(
                    new Uri(origins.Gateway, "/hubs/chat"),
                    options =>
                    {
                        options.Transports = transport;
                        options.AccessTokenProvider = () => Task.FromResult<string?>(token);
                    }
                )
                .Build();
            var index = i;
            connection.On<Message>(
                "MessageReceived",
                message =>
                {
                    if (message.Text.StartsWith($"{transport}", StringComparison.Ordinal))
                        Interlocked.Increment(ref received[index]);
                }
            );
            await connection.StartAsync();
            await connection.InvokeAsync<object>("JoinRoom", "lobby");
            connections.Add(connection);
        }
        for (var i = 0; i < Clients; i++)
            await connections[i].InvokeAsync<object>("SendMessage", "lobby", $"{transport} {i}", $"{transport}-{i}");
        await Eventually.WaitUntilAsync(
            () => Task.FromResult(received.All(count => count >= Clients)),
            "every client receives every message"
        );
        foreach (var connection in connections)
            await connection.DisposeAsync();
    }

    private sealed record Message(string Text);
}
