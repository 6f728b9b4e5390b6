using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Storage;
using MovieLms.Testing;

namespace MovieLms.Realtime.Tests.Chat;

/// <summary>The number of a room's last message, from which unread messages are counted.</summary>
public sealed class LastMessageTests
{
    private const int Connections = 8;
    private const int Rounds = 10;

    [Fact]
    public async Task A_repeated_message_among_new_ones_does_not_hide_the_newest()
    {
        await using var host = await ServiceHost.StartAsync(
            new ServiceHostOptions { Settings = new Dictionary<string, string?> { ["RateLimits:ChatMessages:Permits"] = "100000" } }
        );
        var user = await host.SignInStudentAsync();
        var clients = new List<ChatClient>();
        for (var i = 0; i < Connections; i++)
            clients.Add(await ChatClient.ConnectAsync(host.Address, user.AccessToken));
        await clients[0].SendAsync("lobby", "the first", "first");
        var rooms = host.Database.GetCollection<BsonDocument>(CollectionNames.Rooms);
        for (var round = 0; round < Rounds; round++)
        {
            // All clients send at once: half of them a new message, half the first message again.
            var sent = await Task.WhenAll(
                clients.Select(
                    (client, i) =>
                        i % 2 == 0 ? client.SendAsync("lobby", "more", $"{round}-{i}") : client.SendAsync("lobby", "the first", "first")
                )
            );
            var newest = sent.Max(message => message.Sequence);
            await Eventually.WaitUntilAsync(
                async () => (await rooms.Find(new BsonDocument("name", "lobby")).FirstAsync())["lastSequence"].ToInt64() == newest,
                $"the room records message {newest}",
                5
            );
        }
        foreach (var client in clients)
            await client.DisposeAsync();
    }
}
