using System.Diagnostics;

namespace MovieLms.Bench.Chat;

/// <summary>A room of clients, some of which send messages.</summary>
/// <param name="room">The name of the room.</param>
/// <param name="clients">The members.</param>
/// <param name="senders">The number of members that send.</param>
/// <param name="maxBacklog">The maximum backlog of the slowest client in messages, so that no node gains from filling buffers.</param>
internal sealed class FanOut(string room, ChatSocket[] clients, int senders = 32, int maxBacklog = 200)
{
    private const string Lobby = "lobby";
    private long _sent;

    /// <summary>Lets all clients join the lobby.</summary>
    internal static async Task<FanOut> JoinAsync(LiveClients live)
    {
        foreach (var client in live.All)
            await client.InvokeAsync("JoinRoom", Lobby);
        return new FanOut(Lobby, live.All);
    }

    /// <summary>Sends as many messages as the node can deliver, and returns the deliveries per second over all clients.</summary>
    internal async Task<double> SaturateAsync(TimeSpan time)
    {
        var from = clients.Sum(client => client.Received);
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(
            clients
                .Take(senders)
                .Select(async client =>
                {
                    while (clock.Elapsed < time)
                    {
                        while (Volatile.Read(ref _sent) - clients.Min(other => other.Received) > maxBacklog)
                            await Task.Delay(1);
                        Interlocked.Increment(ref _sent);
                        await client.SendMessageAsync(room);
                    }
                })
        );
        await WaitForDeliveryAsync();
        return (clients.Sum(client => client.Received) - from) / clock.Elapsed.TotalSeconds;
    }

    /// <summary>Sends messages at a steady rate.</summary>
    /// <returns>The delivery times from the sender's call to each client in milliseconds, ascending.</returns>
    internal async Task<double[]> PaceAsync(double messagesPerSecond, TimeSpan time)
    {
        foreach (var client in clients)
            client.Delays = [];
        var clock = Stopwatch.StartNew();
        var step = TimeSpan.FromSeconds(senders / messagesPerSecond);
        await Task.WhenAll(
            clients
                .Take(senders)
                .Select(
                    async (client, i) =>
                    {
                        for (var due = step * i / senders; due < time; due += step)
                        {
                            if (due - clock.Elapsed is { Ticks: > 0 } wait)
                                await Task.Delay(wait);
                            Interlocked.Increment(ref _sent);
                            await client.SendMessageAsync(room);
                        }
                    }
                )
        );
        await WaitForDeliveryAsync();
        var delays = clients.SelectMany(client => client.Delays!).Select(ticks => ticks * 1000.0 / Stopwatch.Frequency).Order().ToArray();
        foreach (var client in clients)
            client.Delays = null;
        return delays;
    }

    /// <summary>Waits until every client has received every message, and throws if one is missing.</summary>
    private async Task WaitForDeliveryAsync()
    {
        var clock = Stopwatch.StartNew();
        while (clients.Any(client => client.Received != Volatile.Read(ref _sent)))
        {
            if (clock.Elapsed > TimeSpan.FromSeconds(20))
            {
                throw new InvalidOperationException(
                    $"The clients received {clients.Min(client => client.Received)} to {clients.Max(client => client.Received)} of {_sent} messages."
                );
            }

            await Task.Delay(1);
        }
    }
}
