using System.Buffers.Text;
using System.Collections;
using System.Diagnostics;
using System.Globalization;
using System.Net.WebSockets;
using System.Text;
using MovieLms.Realtime;

namespace MovieLms.Bench.Chat;

/// <summary>
/// A chat client with minimal cost, so that the node dominates the measurement. Implements just enough of SignalR's JSON protocol (Hub
/// Protocol, JSON Encoding) to invoke one method at a time and to count received messages.
/// </summary>
internal sealed class ChatSocket : IAsyncDisposable
{
    private const byte End = 0x1E;
    private const int Window = 4_096;
    private static readonly byte[] Ping = "{\"type\":6}\u001e"u8.ToArray();
    private static readonly string Filler = new('m', 80);
    private static readonly byte[] SentAt = "\"text\":\"@"u8.ToArray();
    private static readonly byte[] Sequence = "\"sequence\":"u8.ToArray();
    private readonly ClientWebSocket _socket = new();
    private readonly SemaphoreSlim _sending = new(1);
    private readonly BitArray _recent = new(Window);
    private TaskCompletionSource<string?> _completion = new();
    private Task _receiving = Task.CompletedTask;
    private long _received;
    private long _presenceEvents;
    private long _newest;

    /// <summary>The number of received joins, leaves, snapshots and counts.</summary>
    internal long PresenceEvents => Volatile.Read(ref _presenceEvents);

    /// <summary>The number of received messages. A message that arrives twice counts once.</summary>
    internal long Received => Volatile.Read(ref _received);

    /// <summary>Receives each message's latency in <see cref="Stopwatch"/> ticks; null to record none.</summary>
    internal List<long>? Delays { get; set; }

    internal static async Task<ChatSocket> ConnectAsync(Uri node, string token)
    {
        var socket = new ChatSocket();
        socket._socket.Options.SetRequestHeader("Authorization", "Bearer " + token);
        await socket._socket.ConnectAsync(new Uri($"ws://{node.Authority}{RealtimeExtensions.HubPath}"), CancellationToken.None);
        socket._receiving = socket.ReceiveAsync();
        // The response to the handshake is an empty record.
        await socket.SendAndWaitAsync("{\"protocol\":\"json\",\"version\":1}\u001e");
        return socket;
    }

    /// <summary>Invokes a hub method and waits for its completion. The arguments must not need JSON escaping.</summary>
    /// <exception cref="InvalidOperationException">The method failed.</exception>
    internal Task InvokeAsync(string method, params string[] arguments) =>
        SendAndWaitAsync(
            $$"""{"type":1,"invocationId":"1","target":"{{method}}","arguments":["{{string.Join("\",\"", arguments)}}"]}{{(char)End}}"""
        );

    /// <summary>Sends a message that contains the time, padded to a typical length.</summary>
    internal Task SendMessageAsync(string room) =>
        InvokeAsync(
            "SendMessage",
            room,
            string.Create(CultureInfo.InvariantCulture, $"@{Stopwatch.GetTimestamp()} {Filler}"),
            Guid.NewGuid().ToString("N")
        );

    /// <summary>Sends a ping. The node expects one every 15 s.</summary>
    internal Task PingAsync() => SendAsync(Ping);

    public async ValueTask DisposeAsync()
    {
        _socket.Abort();
        await _receiving;
        _socket.Dispose();
        _sending.Dispose();
    }

    private async Task SendAndWaitAsync(string record)
    {
        var completion = _completion = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
        await SendAsync(Encoding.UTF8.GetBytes(record));
        if (await completion.Task is { } error)
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
        var length = 0;
        try
        {
            while (true)
            {
                var result = await _socket.ReceiveAsync(buffer.AsMemory(length), CancellationToken.None);
                if (result.MessageType == WebSocketMessageType.Close)
                    throw new WebSocketException("The node closed the connection.");
                length += result.Count;
                var used = HandleRecords(buffer.AsSpan(0, length));
                buffer.AsSpan(used, length - used).CopyTo(buffer);
                length -= used;
                if (length == buffer.Length)
                    Array.Resize(ref buffer, buffer.Length * 2);
            }
        }
        catch (Exception e) when (e is WebSocketException or ObjectDisposedException or OperationCanceledException)
        {
            _completion.TrySetResult(e.Message);
        }
    }

    /// <summary>Handles the complete records and returns their length in bytes.</summary>
    private int HandleRecords(ReadOnlySpan<byte> bytes)
    {
        var used = 0;
        for (int recordLength; (recordLength = bytes[used..].IndexOf(End)) >= 0; used += recordLength + 1)
        {
            var record = bytes.Slice(used, recordLength);
            if (record.StartsWith("{\"type\":1,\"target\":\"MessageReceived\""u8))
                CountMessage(record);
            else if (IsPresence(record))
                Volatile.Write(ref _presenceEvents, _presenceEvents + 1);
            else if (record.StartsWith("{\"type\":3"u8))
                _completion.TrySetResult(record.IndexOf("\"error\""u8) >= 0 ? Encoding.UTF8.GetString(record) : null);
            else if (record.SequenceEqual("{}"u8))
                _completion.TrySetResult(null);
            else if (record.StartsWith("{\"type\":7"u8))
                _completion.TrySetResult(Encoding.UTF8.GetString(record));
        }
        return used;
    }

    /// <summary>
    /// Returns false for a message that was received before, or that is older than the newest 4,096. A node that receives its own echo too
    /// late, such as an overloaded one, delivers its newest messages again. Concurrent messages may overtake one another.
    /// </summary>
    private bool IsNew(long sequence)
    {
        for (; _newest < sequence; _newest++)
            _recent[(int)((_newest + 1) % Window)] = false;
        var slot = (int)(sequence % Window);
        if (_newest - sequence >= Window || _recent[slot])
            return false;
        _recent[slot] = true;
        return true;
    }

    private static bool IsPresence(ReadOnlySpan<byte> record) =>
        record.StartsWith("{\"type\":1,\"target\":\"User"u8)
        || record.StartsWith("{\"type\":1,\"target\":\"PresenceChanged"u8)
        || record.StartsWith("{\"type\":1,\"target\":\"MemberCountChanged"u8);

    private void CountMessage(ReadOnlySpan<byte> record)
    {
        if (!Utf8Parser.TryParse(record[(record.IndexOf(Sequence) + Sequence.Length)..], out long sequence, out _) || !IsNew(sequence))
            return;
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
