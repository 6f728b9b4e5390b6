using System.Net;
using System.Net.Sockets;
using System.Text;

namespace MovieLms.Standalone.Tests.Network;

/// <summary>A TCP client that sends raw bytes.</summary>
internal static class RawTcp
{
    private static readonly TimeSpan ReadTimeout = TimeSpan.FromSeconds(3);

    /// <summary>Sends the bytes and returns the response up to the end of the connection or a timeout of 3 s.</summary>
    internal static async Task<(string Response, bool IsClosed)> SendAsync(int port, byte[] request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port);
        var stream = client.GetStream();
        await stream.WriteAsync(request);
        var response = new StringBuilder();
        var buffer = new byte[4096];
        using var timeout = new CancellationTokenSource(ReadTimeout);
        try
        {
            while (await stream.ReadAsync(buffer, timeout.Token) is var read and > 0)
                response.Append(Encoding.Latin1.GetString(buffer, 0, read));
            return (response.ToString(), true);
        }
        catch (OperationCanceledException)
        {
            return (response.ToString(), false);
        }
        catch (IOException)
        {
            return (response.ToString(), true);
        }
    }

    /// <summary>Returns a request as a browser sends it for <c>fetch(url, { method: 'POST', mode: 'no-cors', body })</c>.</summary>
    internal static byte[] HttpPost(byte[] body)
    {
        var head =
            "POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: keep-alive\r\nContent-Type: text/plain;charset=UTF-8\r\n"
            + $"Origin: http://localhost:3000\r\nContent-Length: {body.Length}\r\n\r\n";
        return [.. Encoding.ASCII.GetBytes(head), .. body];
    }
}
