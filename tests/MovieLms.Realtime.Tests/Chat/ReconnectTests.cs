using Microsoft.AspNetCore.SignalR.Client;
using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Storage;
using MovieLms.Realtime.Contracts;
using MovieLms.Testing;
using MovieLms.Testing.Processes;

namespace MovieLms.Realtime.Tests.Chat;

/// <summary>A database that recovers without its newest writes, as after a failover. Cached data is no longer valid.</summary>
public sealed class ReconnectTests
{
    [Fact]
    public async Task After_a_lost_database_connection_the_next_number_follows_the_last_stored_one()
    {
        await using var lossy = await LossyHost.StartAsync();
        await using var client = await ChatClient.ConnectAsync(lossy.Host.Address, (await lossy.Host.SignInStudentAsync()).AccessToken);
        for (var i = 1; i <= 3; i++)
            Assert.Equal(i, (await client.SendAsync("lobby", $"{i}")).Sequence);

        await lossy.LoseConnectionAsync(database =>
            database
                .GetCollection<BsonDocument>(CollectionNames.ChatMessages)
                .DeleteManyAsync(new BsonDocument("sequence", new BsonDocument("$gt", 1)))
        );
        await WaitForRecoveryAsync(client);

        Assert.Equal(2, (await client.SendAsync("lobby", "after")).Sequence);
        Assert.Equal(3, (await client.SendAsync("lobby", "then")).Sequence);
        Assert.Equal(
            [1, 2, 3],
            (await client.Hub.InvokeAsync<ChatMessage[]>("GetHistory", "lobby", null, 10)).Select(message => message.Sequence)
        );
    }

    [Fact]
    public async Task A_lost_room_is_created_again()
    {
        await using var lossy = await LossyHost.StartAsync();
        await using var client = await ChatClient.ConnectAsync(lossy.Host.Address, (await lossy.Host.SignInStudentAsync()).AccessToken);
        await client.SendAsync("lobby", "before");

        await lossy.LoseConnectionAsync(async database =>
        {
            await database.GetCollection<BsonDocument>(CollectionNames.Rooms).DeleteManyAsync(new BsonDocument());
            await database.GetCollection<BsonDocument>(CollectionNames.ChatMessages).DeleteManyAsync(new BsonDocument());
        });
        await WaitForRecoveryAsync(client);

        var sent = await client.SendAsync("lobby", "after");
        Assert.Equal(
            [sent.Id],
            (await client.Hub.InvokeAsync<ChatMessage[]>("GetHistory", "lobby", null, 10)).Select(message => message.Id)
        );
    }

    private static Task WaitForRecoveryAsync(ChatClient client) =>
        Eventually.WaitUntilAsync(
            async () =>
            {
                try
                {
                    await client.Hub.InvokeAsync("GetHistory", "lobby", null, 10);
                    return true;
                }
                catch (Microsoft.AspNetCore.SignalR.HubException)
                {
                    return false;
                }
            },
            "the database responds again",
            30
        );

    private sealed class LossyHost(TcpProxy network, ServiceHost host) : IAsyncDisposable
    {
        internal ServiceHost Host => host;

        internal static async Task<LossyHost> StartAsync()
        {
            var (backing, name) = (await BackingServices.GetAsync(), BackingServices.CreateName());
            var server = new MongoUrl(backing.MongoServer).Server;
            var network = TcpProxy.Before(new Uri($"http://{server.Host}:{server.Port}"));
            var through = new MongoUrlBuilder(backing.GetMongoConnectionString(name))
            {
                Server = new MongoServerAddress(network.Address.Host, network.Address.Port),
                DirectConnection = true,
            };
            var host = await ServiceHost.StartAsync(
                new ServiceHostOptions
                {
                    Name = name,
                    Services = Services.Api | Services.Realtime,
                    Settings = new Dictionary<string, string?> { ["ConnectionStrings:mongodb"] = through.ToString() },
                }
            );
            return new LossyHost(network, host);
        }

        /// <summary>Resets all connections and changes the data before the host can reconnect.</summary>
        internal async Task LoseConnectionAsync(Func<IMongoDatabase, Task> change)
        {
            network.Unplug();
            using var direct = new MongoClient((await BackingServices.GetAsync()).MongoServer);
            await change(direct.GetDatabase(host.Name));
            network.Restore();
        }

        public async ValueTask DisposeAsync()
        {
            await host.DisposeAsync();
            using var cleaner = new MongoClient((await BackingServices.GetAsync()).MongoServer);
            await cleaner.DropDatabaseAsync(host.Name);
            await network.DisposeAsync();
        }
    }
}
