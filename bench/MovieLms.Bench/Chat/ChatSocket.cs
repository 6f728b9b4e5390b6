using System.Buffers.Text;
using System.Diagnostics;
using System.Globalization;
using System.Net.WebSockets;
using System.Text;
using MovieLms.Realtime;

namespace MovieLms.Bench.Chat;

/// <summary>
/// A chat client that costs as little as can be, so that the node is what is measured: it speaks just enough of SignalR's JSON
/// protocol (Hub Protocol, JSON Encoding) to invoke one method at a time, and counts what it is told.
/// </summary>
internal sealed class ChatSocket : IAsyncDisposable
{
    private const byte End = 0x1E;
    private static readonly byte[] Ping = "{\"type\":6}\u001e"u8.ToArray();
    private static readonly string Filler = new('m', 80);
    private static readonly byte[] SentAt = "\"text\":\"@"u8.ToArray();
    private readonly ClientWebSocket _socket = new();
    private readonly SemaphoreSlim _sending = new(1);
    private TaskCompletionSource<string?> _answer = new();
    private Task _receiving = Task.CompletedTask;
    private long _received;

    /// <summary>Messages that arrived.</summary>
    internal long Received => Volatile.Read(ref _received);

    /// <summary>Where the time of each message's way is noted, in ticks of <see cref="Stopwatch"/>; null when it is not.</summary>
    internal List<long>? Delays { get; set; }

    internal static async Task<ChatSocket> ConnectAsync(Uri node, string token)
    {
        var socket = new ChatSocket();
        socket._socket.Options.SetRequestHeader("Authorization", "Bearer " + token);
        await socket._socket.ConnectAsync(new Uri($"ws://{node.Authority}{RealtimeExtensions.HubPath}"), CancellationToken.None);
        socket._receiving = socket.ReceiveAsync();
        // The answer to the handshake is an empty record.
        await socket.AskAsync("{\"protocol\":\"json\",\"version\":1}\u001e");
        return socket;
    }

    /// <summary>Calls a method and waits for its completion.</summary>
    /// <param name="method">Its name.</param>
    /// <param name="arguments">Texts without anything to escape.</param>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    internal Task InvokeAsync(string method, params string[] arguments) =>
        AskAsync(
            $$"""{"type":1,"invocationId":"1","target":"{{method}}","arguments":["{{string.Join("\",\"", arguments)}}"]}{{(char)End}}"""
        );

    /// <summary>Sends a message that carries the time, padded to what people write.</summary>
    internal Task SayAsync(string room) =>
        InvokeAsync(
            "SendMessage",
            room,
            string.Create(CultureInfo.InvariantCulture, $"@{Stopwatch.GetTimestamp()} {Filler}"),
            Guid.NewGuid().ToString("N")
        );

    /// <summary>Tells the node that this client lives; due every 15 s.</summary>
    internal Task PingAsync() => SendAsync(Ping);

    public async ValueTask DisposeAsync()
    {
        _socket.Abort();
        await _receiving;
        _socket.Dispose();
        _sending.Dispose();
    }

    private async Task AskAsync(string record)
    {
        var answer = _answer = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
        await SendAsync(Encoding.UTF8.GetBytes(record));
        if (await answer.Task is { } error)
            throw new InvalidOperationException(error);
    }

    private async Task SendAsync(byte[] bytes)
    {
        await _sending.WaitAsync();
        try
        {
            await _socket.SendAsync(bytes, WebSocketMessageType.Text, true, CancellationToken.None);
        }
        finally
        {
            _sending.Release();
        }
    }

    private async Task ReceiveAsync()
    {
        var buffer = new byte[1024];
        var held = 0;
        try
        {
            while (true)
            {
                var result = await _socket.ReceiveAsync(buffer.AsMemory(held), CancellationToken.None);
                if (result.MessageType == WebSocketMessageType.Close)
                    throw new WebSocketException("The node closed the connection.");
                held += result.Count;
                var used = Take(buffer.AsSpan(0, held));
                buffer.AsSpan(used, held - used).CopyTo(buffer);
                held -= used;
                if (held == buffer.Length)
                    Array.Resize(ref buffer, buffer.Length * 2);
            }
        }
        catch (Exception e) when (e is WebSocketException or ObjectDisposedException or OperationCanceledException)
        {
            _answer.TrySetResult(e.Message);
        }
    }

    /// <returns>How many bytes were whole records.</returns>
    private int Take(ReadOnlySpan<byte> bytes)
    {
        var used = 0;
        for (int length; (length = bytes[used..].IndexOf(End)) >= 0; used += length + 1)
        {
            var record = bytes.Slice(used, length);
            if (record.StartsWith("{\"type\":1,\"target\":\"MessageReceived\""u8))
                Note(record);
            else if (record.StartsWith("{\"type\":3"u8))
                _answer.TrySetResult(record.IndexOf("\"error\""u8) >= 0 ? Encoding.UTF8.GetString(record) : null);
            else if (record.SequenceEqual("{}"u8))
                _answer.TrySetResult(null);
            else if (record.StartsWith("{\"type\":7"u8))
                _answer.TrySetResult(Encoding.UTF8.GetString(record));
        }
        return used;
    }

    private void Note(ReadOnlySpan<byte> record)
    {
        if (
            Delays is { } delays
            && record.IndexOf(SentAt) is >= 0 and var at
            && Utf8Parser.TryParse(record[(at + SentAt.Length)..], out long sent, out _)
        )
        {
            delays.Add(Stopwatch.GetTimestamp() - sent);
        }

        Volatile.Write(ref _received, _received + 1);
    }
}
