namespace MovieLms.Bench.Chat;

/// <summary>Connected clients that are kept alive by pings.</summary>
internal sealed class LiveClients : IAsyncDisposable
{
    private const int MaxParallelism = 16;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _pinging;

    private LiveClients(ChatSocket[] clients)
    {
        All = clients;
        _pinging = PingAllAsync();
    }

    internal ChatSocket[] All { get; }

    /// <summary>Connects one client per token.</summary>
    internal static async Task<LiveClients> ConnectAsync(Uri node, string[] tokens)
    {
        var clients = new ChatSocket[tokens.Length];
        await Parallel.ForAsync(
            0,
            tokens.Length,
            new ParallelOptions { MaxDegreeOfParallelism = MaxParallelism },
            async (i, _) => clients[i] = await ChatSocket.ConnectAsync(node, tokens[i])
        );
        return new LiveClients(clients);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _pinging;
        foreach (var client in All)
            await client.DisposeAsync();
        _stop.Dispose();
    }

    private async Task PingAllAsync()
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(10));
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                foreach (var client in All)
                    await client.PingAsync();
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The measurement is over.
        }
    }
}
