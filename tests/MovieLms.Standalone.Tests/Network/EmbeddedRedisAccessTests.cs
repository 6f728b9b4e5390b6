using System.Net;
using System.Net.Sockets;
using System.Text;
using MovieLms.Testing;
using StackExchange.Redis;

namespace MovieLms.Standalone.Tests.Network;

/// <summary>Web pages and other users of the machine can connect to the embedded Redis, but cannot use it.</summary>
public sealed class EmbeddedRedisAccessTests : IAsyncLifetime
{
    private const string Key = "planted";
    private readonly TemporaryFolder _folder = new();
    private EmbeddedRedis _server = null!;
    private ConnectionMultiplexer _connection = null!;

    public async ValueTask InitializeAsync()
    {
        _server = EmbeddedRedis.Start(0, _folder.Path, EmbeddedPassword.Generate(), megabytes: 32);
        _connection = await ConnectionMultiplexer.ConnectAsync(_server.ConnectionString);
    }

    [Theory]
    [InlineData("*3\r\n$3\r\nSET\r\n$7\r\nplanted\r\n$1\r\n1\r\n")]
    [InlineData("SET planted 1\r\n")]
    [InlineData("\r\nSET planted 1\r\n\r\nSET planted 1\r\n")]
    [InlineData("*1\r\n$5\r\nMULTI\r\n*3\r\n$3\r\nSET\r\n$7\r\nplanted\r\n$1\r\n1\r\n*1\r\n$4\r\nEXEC\r\n")]
    [InlineData("*3\r\n$4\r\nEVAL\r\n$38\r\nredis.call('SET', 'planted', 'script')\r\n$1\r\n0\r\n")]
    [InlineData("*2\r\n$4\r\nAUTH\r\n$0\r\n\r\n*3\r\n$3\r\nSET\r\n$7\r\nplanted\r\n$1\r\n1\r\n")]
    [InlineData("*4\r\n$5\r\nHELLO\r\n$1\r\n3\r\n$4\r\nAUTH\r\n$7\r\ndefault\r\n*3\r\n$3\r\nSET\r\n$7\r\nplanted\r\n$1\r\n1\r\n")]
    public async Task A_web_page_cannot_store_data(string commands)
    {
        await RawTcp.SendAsync(_server.Port, RawTcp.HttpPost(Encoding.ASCII.GetBytes(commands)));
        Assert.False(await _connection.GetDatabase().KeyExistsAsync(Key));
    }

    [Theory]
    [InlineData("*3\r\n$3\r\nSET\r\n$7\r\nplanted\r\n$1\r\n1\r\n")]
    [InlineData("*2\r\n$3\r\nGET\r\n$7\r\nplanted\r\n")]
    [InlineData("*4\r\n$6\r\nCONFIG\r\n$3\r\nSET\r\n$11\r\nrequirepass\r\n$0\r\n\r\n")]
    public async Task A_command_without_the_password_is_rejected(string command)
    {
        var (response, _) = await RawTcp.SendAsync(_server.Port, Encoding.ASCII.GetBytes(command));
        Assert.StartsWith("-NOAUTH", response, StringComparison.Ordinal);
        Assert.False(await _connection.GetDatabase().KeyExistsAsync(Key));
    }

    [Fact]
    public async Task Generated_passwords_are_unique_and_have_at_least_128_bits()
    {
        await _connection.GetDatabase().PingAsync();
        var passwords = Enumerable.Range(0, 50).Select(_ => EmbeddedPassword.Generate()).ToList();
        Assert.Equal(passwords.Count, passwords.Distinct().Count());
        // 32 hexadecimal digits are 128 bits.
        Assert.All(passwords, password => Assert.Matches("^[0-9a-f]{32,}$", password));
        Assert.Contains($",password={_server.Password}", _server.ConnectionString, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_server_listens_on_loopback_only()
    {
        var others = (await Dns.GetHostAddressesAsync(Dns.GetHostName(), AddressFamily.InterNetwork)).Where(address =>
            !IPAddress.IsLoopback(address)
        );
        foreach (var address in others)
        {
            using var client = new TcpClient();
            await Assert.ThrowsAsync<SocketException>(() => client.ConnectAsync(address, _server.Port));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _connection.DisposeAsync();
        _server.Dispose();
        _folder.Dispose();
    }
}
