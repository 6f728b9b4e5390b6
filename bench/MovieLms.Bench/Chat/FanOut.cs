using System.Diagnostics;

namespace MovieLms.Bench.Chat;

/// <summary>A room of clients on one node, some of which send messages.</summary>
internal sealed class FanOut : IAsyncDisposable
{
    private const string Room = "lobby";
    private const int Senders = 32;

    /// <summary>The maximum backlog of the slowest client in messages, so that no node gains from filling buffers.</summary>
    private const int MaxBacklog = 200;

    private readonly LiveClients _live;
    private readonly ChatSocket[] _clients;
    private long _sent;

    private FanOut(LiveClients live) => (_live, _clients) = (live, live.All);

    /// <summary>Connects one client per token and lets all clients join the room.</summary>
    internal static async Task<FanOut> JoinAsync(Uri node, string[] tokens)
    {
        var live = await LiveClients.ConnectAsync(node, tokens);
        foreach (var client in live.All)
            await client.InvokeAsync("JoinRoom", Room);
        return new FanOut(live);
    }

    /// <summary>Sends as many messages as the node can deliver, and returns the deliveries per second over all clients.</summary>
    internal async Task<double> SaturateAsync(TimeSpan time)
    {
        var from = _clients.Sum(client => client.Received);
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(
            _clients
                .Take(Senders)
                .Select(async client =>
                {
                    while (clock.Elapsed < time)
                    {
                        while (Volatile.Read(ref _sent) - _clients.Min(other => other.Received) > MaxBacklog)
                            await Task.Delay(1);
                        Interlocked.Increment(ref _sent);
                        await client.SendMessageAsync(Room);
                    }
                })
        );
        await WaitForDeliveryAsync();
        return (_clients.Sum(client => client.Received) - from) / clock.Elapsed.TotalSeconds;
    }

    /// <summary>Sends messages at a steady rate.</summary>
    /// <returns>The delivery times from the sender's call to each client in milliseconds, ascending.</returns>
    internal async Task<double[]> PaceAsync(double messagesPerSecond, TimeSpan time)
    {
        foreach (var client in _clients)
            client.Delays = [];
        var clock = Stopwatch.StartNew();
        var step = TimeSpan.FromSeconds(Senders / messagesPerSecond);
        await Task.WhenAll(
            _clients
                .Take(Senders)
                .Select(
                    async (client, i) =>
                    {
                        for (var due = step * i / Senders; due < time; due += step)
                        {
                            if (due - clock.Elapsed is { Ticks: > 0 } wait)
                                await Task.Delay(wait);
                            Interlocked.Increment(ref _sent);
                            await client.SendMessageAsync(Room);
                        }
                    }
                )
        );
        await WaitForDeliveryAsync();
        var delays = _clients.SelectMany(client => client.Delays!).Select(ticks => ticks * 1000.0 / Stopwatch.Frequency).Order().ToArray();
        foreach (var client in _clients)
            client.Delays = null;
        return delays;
    }

    public ValueTask DisposeAsync() => _live.DisposeAsync();

    /// <summary>Waits until every client has received every message, and throws if one is missing.</summary>
    private async Task WaitForDeliveryAsync()
    {
        var clock = Stopwatch.StartNew();
        while (_clients.Any(client => client.Received != Volatile.Read(ref _sent)))
        {
            if (clock.Elapsed > TimeSpan.FromSeconds(20))
            {
                throw new InvalidOperationException(
                    $"The clients received {_clients.Min(client => client.Received)} to {_clients.Max(client => client.Received)} of {_sent} messages."
                );
            }

            await Task.Delay(1);
        }
    }
}
