using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace MovieLms.Testing;

/// <summary>A WebSocket frame as received (RFC 6455, section 5.2).</summary>
/// <param name="Bytes">All bytes of the frame.</param>
/// <param name="Opcode">1 text, 2 binary, 8 close, 9 ping, 10 pong.</param>
/// <param name="Payload">The content.</param>
public sealed record RawFrame(byte[] Bytes, int Opcode, byte[] Payload)
{
    public string Text => Encoding.UTF8.GetString(Payload);
}

/// <summary>A low-level WebSocket client that can violate the protocol and exposes the bytes it sends and receives.</summary>
public sealed class RawWebSocket : IDisposable
{
    private readonly Socket _socket;
    private readonly NetworkStream _stream;

    private RawWebSocket(Socket socket)
    {
        _socket = socket;
        _stream = new NetworkStream(socket, ownsSocket: true);
    }

    /// <summary>The upgrade request as sent.</summary>
    public string Request { get; private set; } = string.Empty;

    /// <summary>The status line and headers of the response.</summary>
    public string Response { get; private set; } = string.Empty;

    /// <summary>The status of the response.</summary>
    public int Status => int.Parse(Response.AsSpan(9, 3), System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Connects and requests the upgrade (RFC 6455, section 4.1).</summary>
    /// <param name="server">The address of the server.</param>
    /// <param name="target">The path and query.</param>
    /// <param name="headers">Additional header lines.</param>
    /// <param name="receiveBuffer">The socket's receive buffer in bytes; small for a client that reads slowly.</param>
    public static async Task<RawWebSocket> ConnectAsync(
        Uri server,
        string target,
        IEnumerable<string>? headers = null,
        int? receiveBuffer = null
    )
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (receiveBuffer is { } size)
            socket.ReceiveBufferSize = size;
        await socket.ConnectAsync(server.Host, server.Port);
        var client = new RawWebSocket(socket);
        string[] lines =
        [
            $"GET {target} HTTP/1.1",
            $"Host: {server.Authority}",
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Version: 13",
            $"Sec-WebSocket-Key: {Convert.ToBase64String(RandomNumberGenerator.GetBytes(16))}",
            .. headers ?? [],
        ];
        client.Request = string.Join("\r\n", lines) + "\r\n\r\n";
        await client.SendBytesAsync(Encoding.ASCII.GetBytes(client.Request));
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal) && await client._stream.ReadAsync(one) == 1)
            head.Append((char)one[0]);
        client.Response = head.ToString();
        return client;
    }

    /// <summary>Sends raw bytes.</summary>
    public async Task SendBytesAsync(byte[] bytes) => await _stream.WriteAsync(bytes);

    /// <summary>Sends a text message in one masked frame.</summary>
    public Task SendAsync(string text) => SendBytesAsync(Frame(1, Encoding.UTF8.GetBytes(text)));

    /// <summary>Receives the next frame; returns null if the server has closed the connection.</summary>
    public async Task<RawFrame?> ReceiveAsync()
    {
        try
        {
            var bytes = new List<byte>();
            var head = await ReadAsync(2);
            bytes.AddRange(head);
            long length = head[1] & 0x7F;
            if (length >= 126)
            {
                var more = await ReadAsync(length == 126 ? 2 : 8);
                bytes.AddRange(more);
                length = more.Aggregate(0L, (value, next) => (value << 8) | next);
            }
            var payload = await ReadAsync((int)length);
            bytes.AddRange(payload);
            return new RawFrame([.. bytes], head[0] & 0x0F, payload);
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            return null;
        }
    }

    /// <summary>Receives all frames until the server closes the connection.</summary>
    public async Task<IReadOnlyList<RawFrame>> ReceiveAllAsync()
    {
        var frames = new List<RawFrame>();
        while (await ReceiveAsync() is { } frame)
            frames.Add(frame);
        return frames;
    }

    /// <summary>Creates a final frame, masked as the protocol requires of clients unless <paramref name="masked"/> is false.</summary>
    public static byte[] Frame(int opcode, byte[] payload, bool masked = true)
    {
        var mask = masked ? RandomNumberGenerator.GetBytes(4) : new byte[4];
        var flag = masked ? 0x80 : 0;
        List<byte> frame = [(byte)(0x80 | opcode)];
        if (payload.Length < 126)
        {
            frame.Add((byte)(flag | payload.Length));
        }
        else if (payload.Length <= ushort.MaxValue)
        {
            frame.AddRange([(byte)(flag | 126), (byte)(payload.Length >> 8), (byte)payload.Length]);
        }
        else
        {
            frame.AddRange([
                (byte)(flag | 127),
                0,
                0,
                0,
                0,
                (byte)(payload.Length >> 24),
                (byte)(payload.Length >> 16),
                (byte)(payload.Length >> 8),
                (byte)payload.Length,
            ]);
        }

        if (masked)
            frame.AddRange(mask);
        frame.AddRange(payload.Select((value, index) => (byte)(value ^ mask[index % 4])));
        return [.. frame];
    }

    public void Dispose()
    {
        _stream.Dispose();
        _socket.Dispose();
    }

    private async Task<byte[]> ReadAsync(int count)
    {
        var bytes = new byte[count];
        await _stream.ReadExactlyAsync(bytes);
        return bytes;
    }
}
