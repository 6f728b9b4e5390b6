using System.Text;
using System.Text.Json;
using MovieLms.Testing;

namespace MovieLms.Realtime.Tests.Hostile;

/// <summary>A minimal implementation of the hub's JSON protocol: each message is JSON followed by the character 0x1E.</summary>
internal static class RawHub
{
    internal const char End = '\u001e';
    internal const string Handshake = """{"protocol":"json","version":1}""";

    internal static string Target(string token) => $"/hubs/chat?access_token={token}";

    /// <summary>Connects and completes the handshake.</summary>
    internal static async Task<RawWebSocket> OpenAsync(Uri server, string token, int? receiveBuffer = null)
    {
        var client = await RawWebSocket.ConnectAsync(server, Target(token), receiveBuffer: receiveBuffer);
        Assert.Equal(101, client.Status);
        await client.SendMessageAsync(Handshake);
        Assert.Equal("{}" + End, (await client.ReceiveAsync())!.Text);
        return client;
    }

    internal static Task SendMessageAsync(this RawWebSocket client, string json) => client.SendAsync(json + End);

    /// <summary>Calls a method and returns its completion. Skips other messages.</summary>
    internal static async Task<JsonElement> CallAsync(this RawWebSocket client, string target, string arguments, string id = "1")
    {
        await client.SendMessageAsync($$"""{"type":1,"invocationId":"{{id}}","target":"{{target}}","arguments":{{arguments}}}""");
        var received = new List<RawFrame>();
        while (await client.ReceiveAsync() is { } frame)
        {
            received.Add(frame);
            // The server may divide a message into several frames.
            if (!received[^1].Text.EndsWith(End))
                continue;
            foreach (var message in received.Messages())
            {
                if (message.GetProperty("type").GetInt32() == 3 && message.GetProperty("invocationId").GetString() == id)
                    return message;
            }
            received.Clear();
        }
        throw new InvalidOperationException($"The server closed the connection before it responded to {target}.");
    }

    /// <summary>Returns the messages in text frames and their continuations.</summary>
    internal static IEnumerable<JsonElement> Messages(this IEnumerable<RawFrame> frames) =>
        string.Concat(frames.Where(frame => frame.Opcode is 0 or 1).Select(frame => frame.Text))
            .Split(End, StringSplitOptions.RemoveEmptyEntries)
            .Select(json => JsonSerializer.Deserialize<JsonElement>(json));

    /// <summary>Returns the reason in the hub's close message (type 7), or null when there is none.</summary>
    internal static async Task<string?> CloseReasonAsync(this RawWebSocket client) =>
        (await client.ReceiveAllAsync())
            .Messages()
            .Where(message => message.TryGetProperty("type", out var type) && type.GetInt32() == 7)
            .Select(message => message.TryGetProperty("error", out var error) ? error.GetString() : null)
            .FirstOrDefault();

    internal static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
