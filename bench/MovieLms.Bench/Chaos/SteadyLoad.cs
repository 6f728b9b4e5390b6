using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;

namespace MovieLms.Bench.Chaos;

/// <summary>A completed request: its end time, its duration, and whether it succeeded.</summary>
internal readonly record struct Response(TimeSpan EndedAt, double Milliseconds, bool IsSuccess);

/// <summary>A steady load of up to 160 requests per second, a third of them writes, that records the responses.</summary>
internal sealed class SteadyLoad : IAsyncDisposable
{
    private const int Lanes = 4;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);
    private readonly HttpClient _client;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<Response> _responses = new();
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly Task _running;

    internal SteadyLoad(HttpClient client)
    {
        _client = client;
        _running = Task.WhenAll(Enumerable.Range(0, Lanes).Select(RunAsync));
    }

    internal TimeSpan Now => _clock.Elapsed;

    /// <summary>Returns the responses that ended between two times.</summary>
    internal IReadOnlyList<Response> Between(TimeSpan from, TimeSpan to) =>
        [.. _responses.Where(response => response.EndedAt >= from && response.EndedAt < to)];

    /// <summary>Returns a percentile of the durations of successful requests, in milliseconds.</summary>
    internal static double Percentile(IEnumerable<Response> responses, double share)
    {
        var sorted = responses.Where(response => response.IsSuccess).Select(response => response.Milliseconds).Order().ToArray();
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
            var isSuccess = false;
            using var timeout = new CancellationTokenSource(Timeout);
            try
            {
                using var response =
                    count % 3 == 0
                        ? await _client.PostAsJsonAsync("/api/movies", new { title = $"Take {lane}-{count}" }, timeout.Token)
                        : await _client.GetAsync(count % 3 == 1 ? "/api/movies?limit=20" : "/api/analytics", timeout.Token);
                isSuccess = response.StatusCode is HttpStatusCode.OK or HttpStatusCode.Created;
            }
            catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
            {
                isSuccess = false;
            }
            _responses.Enqueue(new Response(_clock.Elapsed, (_clock.Elapsed - started).TotalMilliseconds, isSuccess));
            await Task.Delay(Interval);
        }
    }
}
