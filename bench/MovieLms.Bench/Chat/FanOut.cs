using System.Diagnostics;

namespace MovieLms.Bench.Chat;

/// <summary>A room of clients on one node, some of whom send.</summary>
internal sealed class FanOut : IAsyncDisposable
{
    private const string Room = "lobby";
    private const int Senders = 32;

    /// <summary>How many messages the slowest client may be behind: no node gets ahead by filling buffers.</summary>
    private const int MaxBehind = 200;

    private readonly LiveClients _live;
    private readonly ChatSocket[] _clients;
    private long _sent;

    private FanOut(LiveClients live) => (_live, _clients) = (live, live.All);

    /// <summary>Connects one client a token and lets all enter the room.</summary>
    internal static async Task<FanOut> EnterAsync(Uri node, string[] tokens)
    {
        var live = await LiveClients.ConnectAsync(node, tokens);
        foreach (var client in live.All)
            await client.InvokeAsync("JoinRoom", Room);
        return new FanOut(live);
    }

    /// <summary>As many messages as the node takes.</summary>
    /// <returns>Deliveries a second, over all clients.</returns>
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
                        while (Volatile.Read(ref _sent) - _clients.Min(other => other.Received) > MaxBehind)
                            await Task.Delay(1);
                        Interlocked.Increment(ref _sent);
                        await client.SayAsync(Room);
                    }
                })
        );
        await SettledAsync();
        return (_clients.Sum(client => client.Received) - from) / clock.Elapsed.TotalSeconds;
    }

    /// <summary>So many messages a second in even steps.</summary>
    /// <returns>Milliseconds from the sender's call to each client, ascending.</returns>
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
                            await client.SayAsync(Room);
                        }
                    }
                )
        );
        await SettledAsync();
        var delays = _clients.SelectMany(client => client.Delays!).Select(ticks => ticks * 1000.0 / Stopwatch.Frequency).Order().ToArray();
        foreach (var client in _clients)
            client.Delays = null;
        return delays;
    }

    public ValueTask DisposeAsync() => _live.DisposeAsync();

    /// <summary>Until every client has every message: one that is missing is a failure and not a good figure.</summary>
    private async Task SettledAsync()
    {
        var clock = Stopwatch.StartNew();
        while (_clients.Any(client => client.Received != Volatile.Read(ref _sent)))
        {
            if (clock.Elapsed > TimeSpan.FromSeconds(20))
            {
                throw new InvalidOperationException(
                    $"Of {_sent} messages the clients have {_clients.Min(client => client.Received)} to {_clients.Max(client => client.Received)}."
                );
            }

            await Task.Delay(1);
        }
    }
}
