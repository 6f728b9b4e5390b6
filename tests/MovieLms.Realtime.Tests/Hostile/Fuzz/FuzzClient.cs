using System.Text;
using MovieLms.Testing;

namespace MovieLms.Realtime.Tests.Hostile.Fuzz;

/// <summary>The result of a hostile input.</summary>
internal enum Outcome
{
    /// <summary>An error was returned, and the connection works.</summary>
    Refused,

    /// <summary>No error was returned, and the connection works: the input was valid or required no response.</summary>
    Tolerated,

    /// <summary>The server closed the connection.</summary>
    Closed,

    /// <summary>The connection neither works nor is closed.</summary>
    Stuck,
}

/// <summary>Sends hostile inputs, each followed by a valid call. Opens a new connection when one is closed or stuck.</summary>
internal sealed class FuzzClient(Uri server, string token, bool messagePack) : IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan ProbeDelay = TimeSpan.FromMilliseconds(150);

    /// <summary>A completion (type 3) of the call <c>x</c> with an error (result kind 1).</summary>
    private static readonly byte[] Failed = [0x03, 0x80, 0xA1, (byte)'x', 0x01];
    private RawWebSocket? _connection;
    private int _probes;

    internal async Task<Outcome> SendAsync(HubInput input)
    {
        var connection = _connection ??= await ConnectAsync();
        var probe = $"probe{++_probes}-";
        var outcome = await TryAsync(connection, input, probe);
        if (outcome is Outcome.Refused or Outcome.Tolerated)
            return outcome;
        connection.Dispose();
        _connection = null;
        return outcome;
    }

    public void Dispose() => _connection?.Dispose();

    private async Task<Outcome> TryAsync(RawWebSocket connection, HubInput input, string probe)
    {
        try
        {
            await connection.SendBytesAsync(RawWebSocket.Frame(input.Opcode, input.Payload));
            await SendProbeAsync(connection, probe);
            var reading = ReadUntilAsync(connection, probe);
            // If the server is waiting for the rest of a message, send more than it may buffer.
            if (await Task.WhenAny(reading, Task.Delay(ProbeDelay)) != reading)
                await connection.SendBytesAsync(RawWebSocket.Frame(messagePack ? 2 : 1, new byte[64 * 1024]));
            return await reading.WaitAsync(Timeout);
        }
        catch (IOException)
        {
            return Outcome.Closed;
        }
        catch (TimeoutException)
        {
            return Outcome.Stuck;
        }
    }

    private async Task<Outcome> ReadUntilAsync(RawWebSocket connection, string probe)
    {
        var isRefused = false;
        while (await connection.ReceiveAsync() is { } frame)
        {
            if (frame.Opcode == 8)
                return Outcome.Closed;
            if (IsError(frame))
                isRefused = true;
            if (frame.Text.Contains(probe, StringComparison.Ordinal))
                return isRefused ? Outcome.Refused : Outcome.Tolerated;
        }
        return Outcome.Closed;
    }

    private bool IsError(RawFrame frame) =>
        messagePack
            ? frame.Payload.AsSpan().IndexOf(Failed) >= 0
            : frame.Text.Contains("\"invocationId\":\"x\",\"error\"", StringComparison.Ordinal);

    private Task SendProbeAsync(RawWebSocket connection, string probe) =>
        messagePack
            ? connection.SendBytesAsync(RawWebSocket.Frame(2, MessagePackInputs.Probe(probe)))
            : connection.SendMessageAsync($$"""{"type":1,"invocationId":"{{probe}}","target":"GetPresence","arguments":["lobby"]}""");

    private async Task<RawWebSocket> ConnectAsync()
    {
        var connection = await RawWebSocket.ConnectAsync(server, RawHub.Target(token));
        Assert.Equal(101, connection.Status);
        var handshake = messagePack ? """{"protocol":"messagepack","version":1}""" : RawHub.Handshake;
        await connection.SendBytesAsync(RawWebSocket.Frame(messagePack ? 2 : 1, Encoding.UTF8.GetBytes(handshake + RawHub.End)));
        Assert.Equal("{}" + RawHub.End, (await connection.ReceiveAsync())!.Text);
        return connection;
    }
}
