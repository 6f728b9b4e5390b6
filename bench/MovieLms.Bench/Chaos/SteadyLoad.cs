using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;

namespace MovieLms.Bench.Chaos;

/// <summary>One request of the load: when it ended, how long it took, and whether it was answered well.</summary>
internal readonly record struct Answer(TimeSpan EndedAt, double Milliseconds, bool Ok);

/// <summary>A load of so many requests a second, a third of them writes, whose answers are kept with their times.</summary>
internal sealed class SteadyLoad : IAsyncDisposable
{
    private const int Lanes = 4;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);
    private readonly HttpClient _client;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<Answer> _answers = new();
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly Task _running;

    internal SteadyLoad(HttpClient client)
    {
        _client = client;
        _running = Task.WhenAll(Enumerable.Range(0, Lanes).Select(RunAsync));
    }

    internal TimeSpan Now => _clock.Elapsed;

    /// <summary>The answers that ended between two moments.</summary>
    internal IReadOnlyList<Answer> Between(TimeSpan from, TimeSpan to) =>
        [.. _answers.Where(answer => answer.EndedAt >= from && answer.EndedAt < to)];

    /// <summary>The time below which a share of good answers came.</summary>
    internal static double Percentile(IEnumerable<Answer> answers, double share)
    {
        var sorted = answers.Where(answer => answer.Ok).Select(answer => answer.Milliseconds).Order().ToArray();
        return sorted.Length == 0 ? double.NaN : sorted[(int)((sorted.Length - 1) * share)];
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    private async Task RunAsync(int lane)
    {
        for (var count = 0; !_stop.IsCancellationRequested; count++)
        {
            var started = _clock.Elapsed;
            var ok = false;
            using var timeout = new CancellationTokenSource(Timeout);
            try
            {
                using var answer =
                    count % 3 == 0
                        ? await _client.PostAsJsonAsync("/api/movies", new { title = $"Take {lane}-{count}" }, timeout.Token)
                        : await _client.GetAsync(count % 3 == 1 ? "/api/movies?limit=20" : "/api/analytics", timeout.Token);
                ok = answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.Created;
            }
            catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
            {
                ok = false;
            }
            _answers.Enqueue(new Answer(_clock.Elapsed, (_clock.Elapsed - started).TotalMilliseconds, ok));
            await Task.Delay(Interval);
        }
    }
}
