using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using MovieLms.Testing.Processes;
using MovieLms.Testing.Tools;

namespace MovieLms.EndToEnd.Chat;

/// <summary>A client's copy of a room.</summary>
/// <param name="Count">The number of messages.</param>
/// <param name="First">The lowest sequence number.</param>
/// <param name="Last">The highest sequence number.</param>
/// <param name="Accepted">How many received messages were new to the client.</param>
/// <param name="Digest">SHA-256 of <c>sequence author clientMessageId text</c>, one line per message, in order.</param>
/// <param name="Members">The users that the client shows as present.</param>
internal sealed record RoomState(int Count, long First, long Last, int Accepted, string Digest, IReadOnlyList<string> Members);

/// <summary>The state of a client.</summary>
/// <param name="State">The connection state, as the official client names it.</param>
/// <param name="Rooms">The rooms by name.</param>
/// <param name="Repeats">How many received messages the client already had.</param>
/// <param name="Foreign">How many messages it received of rooms that it has not joined.</param>
/// <param name="Connections">How often it connected.</param>
/// <param name="Events">The other events it received, in order.</param>
/// <param name="Failures">The reason of each failure to connect or to join a room.</param>
internal sealed record ClientState(
    string State,
    IReadOnlyDictionary<string, RoomState> Rooms,
    int Repeats,
    int Foreign,
    int Connections,
    IReadOnlyList<string> Events,
    IReadOnlyList<string> Failures
);

/// <summary>The messages that a load has sent: the client message IDs by room, and the number of sends including retries.</summary>
internal sealed record SentLoad(IReadOnlyDictionary<string, string[]> Sent, int Attempts);

/// <summary>Many clients of the official JavaScript library in one Node process (<c>tests/tools/chat-clients.mjs</c>).</summary>
internal sealed class ChatClients : IAsyncDisposable
{
    /// <summary>Timeout of a command. A load during an outage takes a while.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(10);
    private readonly Process _node;
    private readonly ConcurrentDictionary<int, TaskCompletionSource<JsonElement>> _pending = new();
    private readonly SemaphoreSlim _writing = new(1);
    private readonly Task _reading;
    private volatile bool _hasEnded;
    private int _lastId;

    private ChatClients(Process node)
    {
        _node = node;
        _reading = ReadAsync();
    }

    /// <summary>Starts Node. Skips the test if Node or the library is not installed.</summary>
    internal static ChatClients Start()
    {
        ExternalTool.RequireNpm("@microsoft/signalr/package.json");
        ExternalTool.RequireNpm("@microsoft/signalr-protocol-msgpack/package.json");
        var start = new ProcessStartInfo(
            ExternalTool.Require("node"),
            [Repository.File("tests", "tools", "chat-clients.mjs"), Repository.File("MovieLms.Web", "Assets", "room-log.js")]
        )
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        return new ChatClients(Process.Start(start)!);
    }

    /// <summary>Connects a client to a node and joins rooms. The client then reconnects by itself.</summary>
    internal Task OpenAsync(string client, Uri node, string token, IEnumerable<string> rooms, bool messagePack = false) =>
        SendCommandAsync(
            new
            {
                op = "open",
                client,
                url = new Uri(node, "/hubs/chat").ToString(),
                token,
                rooms,
                messagePack,
            }
        );

    /// <summary>Calls a hub method once.</summary>
    /// <exception cref="InvalidOperationException">The hub rejected the call. The message is the hub's.</exception>
    internal Task<JsonElement> CallAsync(string client, string method, params object?[] args) =>
        SendCommandAsync(
            new
            {
                op = "call",
                client,
                method,
                args,
            }
        );

    /// <summary>Closes a client's connection.</summary>
    internal Task CloseAsync(string client) => SendCommandAsync(new { op = "close", client });

    /// <summary>Returns the current state of a client.</summary>
    internal async Task<ClientState> GetStateAsync(string client) => As<ClientState>(await SendCommandAsync(new { op = "held", client }));

    /// <summary>Sends messages from all clients in turn to their rooms in turn, and retries each until it is stored.</summary>
    internal async Task<SentLoad> LoadAsync(IEnumerable<string> names, int messages, int atOnce, string prefix) =>
        As<SentLoad>(
            await SendCommandAsync(
                new
                {
                    op = "load",
                    names,
                    messages,
                    atOnce,
                    prefix,
                }
            )
        );

    public async ValueTask DisposeAsync()
    {
        if (!_node.HasExited)
            _node.Kill();
        await _reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _node.Dispose();
        _writing.Dispose();
    }

    private static T As<T>(JsonElement json) => json.Deserialize<T>(JsonSerializerOptions.Web)!;

    private async Task<JsonElement> SendCommandAsync<T>(T command)
    {
        var json = JsonSerializer.SerializeToNode(command, JsonSerializerOptions.Web)!.AsObject();
        var id = Interlocked.Increment(ref _lastId);
        var pending = _pending[id] = new TaskCompletionSource<JsonElement>(TaskCreationOptions.RunContinuationsAsynchronously);
        json["id"] = JsonValue.Create(id);
        await _writing.WaitAsync();
        try
        {
            await _node.StandardInput.WriteLineAsync(json.ToJsonString());
            await _node.StandardInput.FlushAsync();
        }
        finally
        {
            _writing.Release();
        }
        if (_hasEnded)
            pending.TrySetException(new InvalidOperationException("The Node process has ended."));
        return await pending.Task.WaitAsync(Timeout);
    }

    private async Task ReadAsync()
    {
        try
        {
            while (await _node.StandardOutput.ReadLineAsync() is { } line)
            {
                var response = JsonSerializer.Deserialize<JsonElement>(line);
                if (!_pending.TryRemove(response.GetProperty("id").GetInt32(), out var pending))
                    continue;
                if (response.TryGetProperty("error", out var error))
                    pending.TrySetException(new InvalidOperationException(error.GetString()));
                else
                    pending.TrySetResult(response.GetProperty("result"));
            }
        }
        finally
        {
            _hasEnded = true;
            foreach (var pending in _pending.Values)
                pending.TrySetException(new InvalidOperationException("The Node process has ended or printed an unexpected line."));
        }
    }
}
