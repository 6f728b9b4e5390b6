namespace MovieLms.Bench.Chat;

/// <summary>Clients that are connected and do nothing but stay so.</summary>
internal sealed class IdleClients : IAsyncDisposable
{
    private const int AtOnce = 16;
    private readonly IReadOnlyList<ChatSocket> _clients;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _alive;

    internal IdleClients(IReadOnlyList<ChatSocket> clients)
    {
        _clients = clients;
        _alive = StayAliveAsync();
    }

    /// <summary>Connects one client a token.</summary>
    internal static async Task<IdleClients> ConnectAsync(Uri node, string[] tokens)
    {
        var clients = new ChatSocket[tokens.Length];
        await Parallel.ForAsync(0, tokens.Length, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (i, _) =>
            clients[i] = await ChatSocket.ConnectAsync(node, tokens[i]));
        return new IdleClients(clients);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _alive;
        foreach (var client in _clients) await client.DisposeAsync();
        _stop.Dispose();
    }

    private async Task StayAliveAsync()
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(10));
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
                foreach (var client in _clients) await client.PingAsync();
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The measurement is over.
        }
    }
}
