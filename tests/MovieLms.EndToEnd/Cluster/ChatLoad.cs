using MovieLms.EndToEnd.Chat;

namespace MovieLms.EndToEnd.Cluster;

/// <summary>Sends chat messages from all clients in turn until stopped. Each message is retried until it is stored.</summary>
internal sealed class ChatLoad(ChatClients clients, ChatCohort cohort)
{
    private const int MessagesPerRound = 40;
    private const int Concurrency = 4;
    private readonly CancellationTokenSource _stop = new();
    private readonly Dictionary<string, List<string>> _sent = [];
    private Task _sending = Task.CompletedTask;
    private int _count;

    /// <summary>The number of stored messages.</summary>
    internal int Count => Volatile.Read(ref _count);

    internal int Attempts { get; private set; }

    internal void Start() => _sending = SendAsync();

    /// <summary>Stops sending, waits until every message is stored, and returns what was sent.</summary>
    internal async Task<SentLoad> StopAsync()
    {
        await _stop.CancelAsync();
        await _sending;
        _stop.Dispose();
        return new SentLoad(_sent.ToDictionary(pair => pair.Key, pair => pair.Value.ToArray()), Attempts);
    }

    private async Task SendAsync()
    {
        for (var round = 0; !_stop.IsCancellationRequested; round++)
        {
            var load = await clients.LoadAsync(cohort.Names, MessagesPerRound, Concurrency, $"round{round}");
            foreach (var (room, ids) in load.Sent)
            {
                if (!_sent.TryGetValue(room, out var all))
                    _sent[room] = all = [];
                all.AddRange(ids);
            }
            Attempts += load.Attempts;
            Interlocked.Add(ref _count, MessagesPerRound);
        }
    }
}
