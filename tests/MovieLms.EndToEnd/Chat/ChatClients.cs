using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using MovieLms.Testing.Processes;
using MovieLms.Testing.Tools;

namespace MovieLms.EndToEnd.Chat;

/// <summary>What a client holds of a room.</summary>
/// <param name="Count">Messages held.</param>
/// <param name="First">The lowest number.</param>
/// <param name="Last">The highest number.</param>
/// <param name="Accepted">How often a message was new to it.</param>
/// <param name="Digest">SHA-256 of <c>sequence author clientMessageId text</c>, a line a message in order.</param>
/// <param name="Members">Whom it believes to be there.</param>
internal sealed record HeldRoom(int Count, long First, long Last, int Accepted, string Digest, IReadOnlyList<string> Members);

/// <summary>What a client knows.</summary>
/// <param name="State">As the official client names it.</param>
/// <param name="Rooms">By their names.</param>
/// <param name="Repeats">Messages heard that it held already.</param>
/// <param name="Foreign">Messages heard of rooms that it is not in.</param>
/// <param name="Connections">How often it connected.</param>
/// <param name="Events">What else it heard, in order.</param>
/// <param name="Failures">Why it could not connect or enter, each time.</param>
internal sealed record HeldState(
    string State,
    IReadOnlyDictionary<string, HeldRoom> Rooms,
    int Repeats,
    int Foreign,
    int Connections,
    IReadOnlyList<string> Events,
    IReadOnlyList<string> Failures
);

/// <summary>What a load has sent: the client message ids by room, and how many sends it took.</summary>
internal sealed record SentLoad(IReadOnlyDictionary<string, string[]> Sent, int Attempts);

/// <summary>Many clients of the official JavaScript library in one Node process (<c>tests/tools/chat-clients.mjs</c>).</summary>
internal sealed class ChatClients : IAsyncDisposable
{
    /// <summary>For an answer: a load under which things break takes a while.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(10);
    private readonly Process _node;
    private readonly ConcurrentDictionary<int, TaskCompletionSource<JsonElement>> _asked = new();
    private readonly SemaphoreSlim _writing = new(1);
    private readonly Task _reading;
    private volatile bool _isOver;
    private int _last;

    private ChatClients(Process node)
    {
        _node = node;
        _reading = ReadAsync();
    }

    /// <summary>Starts Node; without it or the library the test is skipped.</summary>
    internal static ChatClients Start()
    {
        ExternalTool.RequireNpm("@microsoft/signalr/package.json");
        ExternalTool.RequireNpm("@microsoft/signalr-protocol-msgpack/package.json");
        var start = new ProcessStartInfo(
            ExternalTool.Require("node"),
            [
                Repository.File("tests", "tools", "chat-clients.mjs"),
                Repository.File("MovieLms.Realtime", "ChatPage", "assets", "room-log.js"),
            ]
        )
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        return new ChatClients(Process.Start(start)!);
    }

    /// <summary>Connects a client to a node and lets it join rooms; it comes back by itself from then on.</summary>
    internal Task OpenAsync(string client, Uri node, string token, IEnumerable<string> rooms, bool messagePack = false) =>
        AskAsync(
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
    /// <exception cref="InvalidOperationException">It was refused; the message is the hub's.</exception>
    internal Task<JsonElement> CallAsync(string client, string method, params object?[] args) =>
        AskAsync(
            new
            {
                op = "call",
                client,
                method,
                args,
            }
        );

    /// <summary>Ends a client's connection.</summary>
    internal Task CloseAsync(string client) => AskAsync(new { op = "close", client });

    /// <summary>What a client holds now.</summary>
    internal async Task<HeldState> HeldAsync(string client) => As<HeldState>(await AskAsync(new { op = "held", client }));

    /// <summary>Sends so many messages from all the clients in turn to their rooms in turn, each until it is stored.</summary>
    internal async Task<SentLoad> LoadAsync(IEnumerable<string> names, int messages, int atOnce, string prefix) =>
        As<SentLoad>(
            await AskAsync(
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

    private async Task<JsonElement> AskAsync<T>(T command)
    {
        var json = JsonSerializer.SerializeToNode(command, JsonSerializerOptions.Web)!.AsObject();
        var id = Interlocked.Increment(ref _last);
        var asked = _asked[id] = new TaskCompletionSource<JsonElement>(TaskCreationOptions.RunContinuationsAsynchronously);
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
        if (_isOver)
            asked.TrySetException(new InvalidOperationException("Node has ended."));
        return await asked.Task.WaitAsync(Timeout);
    }

    private async Task ReadAsync()
    {
        try
        {
            while (await _node.StandardOutput.ReadLineAsync() is { } line)
            {
                var answer = JsonSerializer.Deserialize<JsonElement>(line);
                if (!_asked.TryRemove(answer.GetProperty("id").GetInt32(), out var asked))
                    continue;
                if (answer.TryGetProperty("error", out var error))
                    asked.TrySetException(new InvalidOperationException(error.GetString()));
                else
                    asked.TrySetResult(answer.GetProperty("result"));
            }
        }
        finally
        {
            _isOver = true;
            foreach (var asked in _asked.Values)
                asked.TrySetException(new InvalidOperationException("Node has ended, or said something that is no answer."));
        }
    }
}
