using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace MovieLms.Testing;

/// <summary>The response to an upload, and how much of the upload was sent.</summary>
/// <param name="Status">The status; 0 if the connection was closed without a response.</param>
/// <param name="Text">The headers and the body of the response.</param>
/// <param name="SentBytes">The bytes of the body that were sent before the server responded or closed the connection.</param>
public sealed record UploadOutcome(int Status, string Text, long SentBytes);

/// <summary>Sends bodies of any size without buffering them, and stops when the server responds.</summary>
public static class HostileUpload
{
    private const int PieceBytes = 64 * 1024;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    /// <summary>Sends a request.</summary>
    /// <param name="server">The server's address.</param>
    /// <param name="target">The method, path and query, for example <c>POST /api/auth/login</c>.</param>
    /// <param name="contentType">The content type of the body.</param>
    /// <param name="bytes">The size of the body in bytes.</param>
    /// <param name="isChunked">True to use chunked encoding without a Content-Length.</param>
    /// <param name="token">An access token; null for an anonymous request.</param>
    /// <param name="start">The start of the body. The rest is filled with the letter a.</param>
    public static async Task<UploadOutcome> SendAsync(
        Uri server,
        string target,
        string contentType,
        long bytes,
        bool isChunked,
        string? token = null,
        string start = ""
    )
    {
        using var timeout = new CancellationTokenSource(Timeout);
        using var client = new TcpClient();
        await client.ConnectAsync(server.Host, server.Port, timeout.Token);
        var stream = client.GetStream();
        var head =
            $"{target} HTTP/1.1\r\nHost: {server.Authority}\r\nContent-Type: {contentType}\r\nConnection: close\r\n"
            + (token is null ? "" : $"Authorization: Bearer {token}\r\n")
            + (
                isChunked
                    ? "Transfer-Encoding: chunked\r\n\r\n"
                    : string.Create(CultureInfo.InvariantCulture, $"Content-Length: {bytes}\r\n\r\n")
            );
        await stream.WriteAsync(Encoding.ASCII.GetBytes(head), timeout.Token);
        var response = ReadAsync(stream, timeout.Token);
        var sent = await WriteAsync(stream, Encoding.ASCII.GetBytes(start), bytes, isChunked, response, timeout.Token);
        var text = await response;
        return new UploadOutcome(text.Length < 12 ? 0 : int.Parse(text.AsSpan(9, 3), CultureInfo.InvariantCulture), text, sent);
    }

    private static async Task<long> WriteAsync(
        NetworkStream stream,
        byte[] start,
        long bytes,
        bool isChunked,
        Task response,
        CancellationToken cancellationToken
    )
    {
        var piece = new byte[PieceBytes];
        var sent = 0L;
        try
        {
            while (sent < bytes && !response.IsCompleted)
            {
                var length = (int)Math.Min(PieceBytes, bytes - sent);
                piece.AsSpan().Fill((byte)'a');
                if (sent < start.Length)
                    start.AsSpan((int)sent, (int)Math.Min(start.Length - sent, length)).CopyTo(piece);
                if (isChunked)
                    await stream.WriteAsync(Encoding.ASCII.GetBytes($"{length:x}\r\n"), cancellationToken);
                await stream.WriteAsync(piece.AsMemory(0, length), cancellationToken);
                if (isChunked)
                    await stream.WriteAsync("\r\n"u8.ToArray(), cancellationToken);
                sent += length;
            }
            if (isChunked && sent == bytes)
                await stream.WriteAsync("0\r\n\r\n"u8.ToArray(), cancellationToken);
        }
        catch (IOException)
        {
            // The server closed the connection.
        }
        return sent;
    }

    private static async Task<string> ReadAsync(NetworkStream stream, CancellationToken cancellationToken)
    {
        var text = new StringBuilder();
        var buffer = new byte[16 * 1024];
        try
        {
            for (int count; (count = await stream.ReadAsync(buffer, cancellationToken)) > 0; )
                text.Append(Encoding.UTF8.GetString(buffer, 0, count));
        }
        catch (IOException)
        {
            // The server reset the connection. Return what was received before.
        }
        return text.ToString();
    }
}
