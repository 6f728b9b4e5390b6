using System.Net.Sockets;
using System.Text;

namespace MovieLms.Standalone.Tests.Mail;

/// <summary>An SMTP client that sends exactly the given bytes.</summary>
internal sealed class RawSmtp : IDisposable
{
    private readonly TcpClient _client = new();
    private StreamReader _reader = null!;

    /// <summary>Connects and reads the greeting.</summary>
    internal static async Task<(RawSmtp Client, string Greeting)> ConnectAsync(int port)
    {
        var raw = new RawSmtp();
        await raw._client.ConnectAsync("127.0.0.1", port);
        raw._reader = new StreamReader(raw._client.GetStream(), Encoding.Latin1);
        return (raw, await raw.ReplyAsync());
    }

    /// <summary>Connects, sends EHLO and begins a message.</summary>
    internal static async Task<RawSmtp> BeginAsync(int port)
    {
        var (raw, _) = await ConnectAsync(port);
        await raw.SendAsync("EHLO test");
        await raw.BeginMessageAsync();
        return raw;
    }

    /// <summary>Sends the sender, a recipient and DATA.</summary>
    internal async Task BeginMessageAsync()
    {
        Assert.StartsWith("250", await SendAsync("MAIL FROM:<a@example.test>"));
        Assert.StartsWith("250", await SendAsync("RCPT TO:<b@example.test>"));
        Assert.StartsWith("354", await SendAsync("DATA"));
    }

    /// <summary>Sends a line and returns the reply.</summary>
    internal Task<string> SendAsync(string line) => SendBytesAsync(Encoding.Latin1.GetBytes(line + "\r\n"));

    internal async Task<string> SendBytesAsync(ReadOnlyMemory<byte> bytes)
    {
        await WriteAsync(bytes);
        return await ReplyAsync();
    }

    internal ValueTask WriteAsync(ReadOnlyMemory<byte> bytes) => _client.GetStream().WriteAsync(bytes);

    /// <summary>Returns the last line of the next reply, or an empty string if the server closed the connection.</summary>
    internal async Task<string> ReplyAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (await _reader.ReadLineAsync(limit.Token) is { } line)
        {
            if (line.Length < 4 || line[3] != '-')
                return line;
        }

        return "";
    }

    public void Dispose()
    {
        _reader?.Dispose();
        _client.Dispose();
    }
}
