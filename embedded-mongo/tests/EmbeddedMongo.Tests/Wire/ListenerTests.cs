using System.Net;
using System.Net.Sockets;
using MongoDB.Bson;
using MongoDB.Driver;

namespace EmbeddedMongo.Tests.Wire;

/// <summary>The addresses on which a server listens.</summary>
public sealed class ListenerTests
{
    private static readonly EmbeddedMongoUser User = new("user", "password");

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("localhost")]
    [InlineData("[::1]")]
    public async Task The_default_address_is_loopback_with_both_protocols(string host)
    {
        SkipWithoutIPv6();
        await using var server = await EmbeddedMongoServer.StartAsync();
        await PingAsync($"mongodb://{host}:{server.Port}/?directConnection=true&ipv6=true");
        Assert.False(await AcceptsAsync(GetOtherAddress(), server.Port));
    }

    [Fact]
    public async Task A_fixed_port_that_is_used_on_IPv6_is_rejected()
    {
        SkipWithoutIPv6();
        using var other = new TcpListener(IPAddress.IPv6Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;

        // Not left open on 127.0.0.1 by the first attempt.
        for (var attempt = 0; attempt < 2; attempt++)
        {
            var error = await Assert.ThrowsAsync<EmbeddedMongoException>(() => EmbeddedMongoServer.StartAsync(new() { Port = port }));
            Assert.Contains($"Port {port} on ::1 cannot be used", error.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("::")]
    public async Task An_address_for_other_machines_requires_a_user(string address)
    {
        var options = new EmbeddedMongoOptions { BindAddress = IPAddress.Parse(address) };
        var error = await Assert.ThrowsAsync<EmbeddedMongoException>(() => EmbeddedMongoServer.StartAsync(options));
        Assert.Contains($"the bind address {address}, so the server must require authentication", error.Message, StringComparison.Ordinal);

        Assert.SkipWhen(address == "::" && !Socket.OSSupportsIPv6, "needs IPv6");
        await using var server = await EmbeddedMongoServer.StartAsync(options with { User = User });
        await PingAsync(server.ConnectionString);
        Assert.True(await AcceptsAsync(GetOtherAddress(), server.Port));
    }

    [Fact]
    public async Task A_loopback_address_requires_no_user()
    {
        SkipWithoutIPv6();
        await using var server = await EmbeddedMongoServer.StartAsync(new() { BindAddress = IPAddress.IPv6Loopback });
        Assert.StartsWith($"mongodb://[::1]:{server.Port}/", server.ConnectionString, StringComparison.Ordinal);
        await PingAsync(server.ConnectionString);
        Assert.False(await AcceptsAsync(IPAddress.Loopback, server.Port));
    }

    [Fact]
    public async Task An_address_of_another_machine_is_rejected()
    {
        var options = new EmbeddedMongoOptions { BindAddress = IPAddress.Parse("192.0.2.1"), User = User };
        var error = await Assert.ThrowsAsync<EmbeddedMongoException>(() => EmbeddedMongoServer.StartAsync(options));
        Assert.Contains("192.0.2.1 cannot be used (AddressNotAvailable)", error.Message, StringComparison.Ordinal);
    }

    private static void SkipWithoutIPv6() => Assert.SkipUnless(Socket.OSSupportsIPv6, "needs IPv6");

    private static async Task PingAsync(string connectionString)
    {
        using var client = new MongoClient(connectionString);
        await client.GetDatabase("admin").RunCommandAsync<BsonDocument>("{ping: 1}");
    }

    private static IPAddress GetOtherAddress() =>
        Array.Find(Dns.GetHostAddresses(Dns.GetHostName(), AddressFamily.InterNetwork), address => !IPAddress.IsLoopback(address))
        ?? IPAddress.Parse("127.0.0.2");

    private static async Task<bool> AcceptsAsync(IPAddress address, int port)
    {
        using var client = new TcpClient(address.AddressFamily);
        try
        {
            await client.ConnectAsync(address, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
