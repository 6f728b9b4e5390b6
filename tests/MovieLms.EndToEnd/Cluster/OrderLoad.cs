using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace MovieLms.EndToEnd.Cluster;

/// <summary>
/// Places orders through both gateways until stopped. Each order has an idempotency key and is retried with it until it is
/// accepted.
/// </summary>
internal sealed class OrderLoad(IReadOnlyList<Uri> gateways, string token, string course) : IAsyncDisposable
{
    private const int Writers = 3;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(200);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<string, string> _accepted = new();
    private readonly ConcurrentQueue<string> _unexpected = new();
    private Task _writers = Task.CompletedTask;
    private int _attempts;

    /// <summary>The IDs of accepted orders by idempotency key.</summary>
    internal IReadOnlyDictionary<string, string> Accepted => _accepted;

    /// <summary>Responses that are neither an acceptance nor an outage.</summary>
    internal IReadOnlyCollection<string> Unexpected => _unexpected;

    /// <summary>The number of requests sent.</summary>
    internal int Attempts => Volatile.Read(ref _attempts);

    internal void Start() => _writers = Task.WhenAll(Enumerable.Range(0, Writers).Select(WriteAsync));

    /// <summary>Stops placing new orders and waits until every started order is accepted.</summary>
    internal async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _writers;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stop.Dispose();
    }

    private async Task WriteAsync(int writer)
    {
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(15) };
        client.DefaultRequestHeaders.Authorization = new("Bearer", token);
        for (var count = 0; !_stop.IsCancellationRequested; count++)
        {
            var key = $"order-{writer}-{count}";
            for (var attempt = 0; !await TryAsync(client, key, gateways[(count + attempt) % gateways.Count]); attempt++)
                await Task.Delay(RetryInterval);
            await Task.Delay(Interval);
        }
    }

    private async Task<bool> TryAsync(HttpClient client, string key, Uri gateway)
    {
        Interlocked.Increment(ref _attempts);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(gateway, "/api/orders"))
            {
                Content = JsonContent.Create(new { courseId = course }),
                Headers = { { "Idempotency-Key", key } },
            };
            using var response = await client.SendAsync(request);
            if (response.StatusCode == HttpStatusCode.Created)
            {
                _accepted[key] = (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!;
                return true;
            }
            // A conflict means that the first request with this key is still being processed.
            if ((int)response.StatusCode < 500 && response.StatusCode is not (HttpStatusCode.Conflict or HttpStatusCode.TooManyRequests))
                _unexpected.Enqueue($"{(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}");
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or IOException)
        {
            // It is unknown whether the order was accepted. The next attempt uses the same key.
        }
        return false;
    }
}
