using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace MovieLms.EndToEnd.Hostile;

/// <summary>A response as received.</summary>
/// <param name="Status">The status code.</param>
/// <param name="Headers">The header lines, without the status line.</param>
/// <param name="Body">The content, without chunk framing.</param>
internal sealed record RawResponse(int Status, string Headers, byte[] Body)
{
    internal string Text => Encoding.UTF8.GetString(Body);

    /// <summary>Returns the first header with a name, or an empty string if there is none.</summary>
    internal string Header(string name) =>
        Headers.Split("\r\n").FirstOrDefault(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase)) is { } line
            ? line[(name.Length + 1)..].Trim()
            : "";
}

/// <summary>Sends raw requests over a connection, and reconnects when the server has closed it.</summary>
internal sealed class RawHttp(Uri server) : IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan UnfinishedAfter = TimeSpan.FromSeconds(1);
    private TcpClient? _client;

    /// <summary>Sends a request.</summary>
    /// <param name="request">The bytes of the request.</param>
    /// <param name="isHead">True if the response has no body, whatever its headers say.</param>
    /// <param name="isLast">True to use a separate connection and to end the request after 1 s without a response, since it may be
    /// incomplete.</param>
    /// <returns>The response, or null if the server closed the connection without one.</returns>
    /// <exception cref="TimeoutException">The server did not respond within 30 s.</exception>
    internal async Task<RawResponse?> SendAsync(byte[] request, bool isHead, bool isLast)
    {
        if (isLast)
            Close();
        var isUsed = _client is not null;
        using var limit = new CancellationTokenSource(Timeout);
        try
        {
            var response = await ExchangeAsync(request, isHead, isLast, limit.Token);
            if (response is null || isLast || response.Header("Connection").Equals("close", StringComparison.OrdinalIgnoreCase))
                Close();
            // A server may close an idle connection. Retry on a new one.
            return response is null && isUsed ? await SendAsync(request, isHead, isLast) : response;
        }
        catch (OperationCanceledException)
        {
            Close();
            throw new TimeoutException($"No response within {Timeout.TotalSeconds} s.");
        }
    }

    public void Dispose() => Close();

    private async Task<RawResponse?> ExchangeAsync(byte[] request, bool isHead, bool isLast, CancellationToken stop)
    {
        try
        {
            if (_client is null)
            {
                _client = new TcpClient { NoDelay = true };
                await _client.ConnectAsync(server.Host, server.Port, stop);
            }
            var stream = _client.GetStream();
            // A server may respond before it has read the whole request, and then stop reading.
            var writing = WriteAsync(stream, request, stop);
            var reading = ReadAsync(new BufferedStream(stream, 16 * 1024), isHead, stop);
            if (isLast && await Task.WhenAny(reading, Task.Delay(UnfinishedAfter, stop)) != reading && writing.IsCompleted)
                _client.Client.Shutdown(SocketShutdown.Send);
            var response = await reading;
            if (!writing.IsCompleted)
                Close();
            await writing;
            return response;
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            return null;
        }
    }

    private static async Task WriteAsync(NetworkStream stream, byte[] request, CancellationToken stop)
    {
        try
        {
            await stream.WriteAsync(request, stop);
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
        {
            // The response contains the reason.
        }
    }

    private static async Task<RawResponse?> ReadAsync(Stream stream, bool isHead, CancellationToken stop)
    {
        while (true)
        {
            if (await ReadLineAsync(stream, stop) is not { Length: > 12 } first)
                return null;
            var status = int.Parse(first.AsSpan(9, 3), CultureInfo.InvariantCulture);
            var head = new StringBuilder();
            while (await ReadLineAsync(stream, stop) is { Length: > 0 } line)
                head.Append(line).Append("\r\n");
            if (status is >= 100 and < 200 and not 101)
                continue;
            var response = new RawResponse(status, head.ToString(), []);
            return isHead || status is 101 or 204 or 304 ? response : response with { Body = await ReadBodyAsync(stream, response, stop) };
        }
    }

    private static async Task<byte[]> ReadBodyAsync(Stream stream, RawResponse head, CancellationToken stop)
    {
        using var body = new MemoryStream();
        if (head.Header("Transfer-Encoding").Equals("chunked", StringComparison.OrdinalIgnoreCase))
        {
            while (
                await ReadLineAsync(stream, stop) is { } size
                && int.Parse(size, NumberStyles.HexNumber, CultureInfo.InvariantCulture) is > 0 and var length
            )
            {
                await CopyAsync(stream, body, length, stop);
                await ReadLineAsync(stream, stop);
            }
            await ReadLineAsync(stream, stop);
        }
        else if (int.TryParse(head.Header("Content-Length"), CultureInfo.InvariantCulture, out var length))
        {
            await CopyAsync(stream, body, length, stop);
        }
        else
        {
            await stream.CopyToAsync(body, stop);
        }

        return body.ToArray();
    }

    private static async Task CopyAsync(Stream stream, MemoryStream body, int length, CancellationToken stop)
    {
        var bytes = new byte[length];
        await stream.ReadExactlyAsync(bytes, stop);
        body.Write(bytes);
    }

    /// <summary>Reads a line without its terminator; null at the end of the stream.</summary>
    private static async Task<string?> ReadLineAsync(Stream stream, CancellationToken stop)
    {
        var (line, one) = (new StringBuilder(), new byte[1]);
        while (await stream.ReadAsync(one, stop) == 1)
        {
            if (one[0] == '\n')
                return line.ToString().TrimEnd('\r');
            line.Append((char)one[0]);
        }
        return line.Length == 0 ? null : line.ToString();
    }

    private void Close()
    {
        _client?.Dispose();
        _client = null;
    }
}
