using System.Text.Json;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR.Client;
using MovieLms.EndToEnd.Containers;
using MovieLms.Testing;
using MovieLms.Testing.Processes;

namespace MovieLms.EndToEnd.Cluster;

/// <summary>A gateway with two Realtime nodes sends all requests of one connection to the same node.</summary>
[Collection(ClusterCollection.Name)]
public sealed class StickySessionTests(ClusterNetwork cluster)
{
    private const int Clients = 12;

    [Theory]
    [InlineData(HttpTransportType.LongPolling)]
    [InlineData(HttpTransportType.ServerSentEvents)]
    [InlineData(HttpTransportType.WebSockets)]
    public async Task A_client_stays_on_the_same_node(HttpTransportType transport)
    {
        ContainerEngine.SkipUnlessEnabled();
        var stop = TestContext.Current.CancellationToken;
        using var admin = await ApiClient.SignInAsync(cluster.Gateways[0], TestUsers.AdminEmail, TestUsers.AdminPassword);
        var token = admin.DefaultRequestHeaders.Authorization!.Parameter!;
        var hubs = new List<HubConnection>();
        for (var i = 0; i < Clients; i++)
        {
            hubs.Add(
                new HubConnectionBuilder()
                    .WithUrl(
                        new Uri(cluster.Gateways[i % 2], "/hubs/chat"),
                        transport,
                        options => options.AccessTokenProvider = () => Task.FromResult<string?>(token)
                    )
                    .Build()
            );
        }
        try
        {
            await Task.WhenAll(hubs.Select(hub => hub.StartAsync(stop)));
            for (var round = 0; round < 5; round++)
                await Task.WhenAll(hubs.Select(hub => hub.InvokeAsync<JsonElement>("GetPresence", "lobby", stop)));
            Assert.All(hubs, hub => Assert.Equal(HubConnectionState.Connected, hub.State));
        }
        finally
        {
            foreach (var hub in hubs)
                await hub.DisposeAsync();
        }
    }
}
