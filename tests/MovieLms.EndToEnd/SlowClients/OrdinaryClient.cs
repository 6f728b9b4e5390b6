using System.Diagnostics;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR.Client;

namespace MovieLms.EndToEnd.SlowClients;

/// <summary>A signed-in student who reads over HTTP and calls the hub at a moderate rate. Measures the response times.</summary>
internal sealed class OrdinaryClient : IAsyncDisposable
{
    private static readonly string[] Paths = ["/api/movies?limit=20", "/api/auth/me", "/api/rooms", "/api/movies?search=love&limit=10"];
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);
    private readonly HttpClient _http;
    private readonly HubConnection _hub;

    private OrdinaryClient(HttpClient http, HubConnection hub) => (_http, _hub) = (http, hub);

    internal static async Task<OrdinaryClient> ConnectAsync(Uri server, string token)
    {
        var http = new HttpClient { BaseAddress = server, DefaultRequestHeaders = { Authorization = new("Bearer", token) } };
        var hub = new HubConnectionBuilder()
            .WithUrl(
                new Uri(server, "/hubs/chat"),
                options =>
                {
                    options.AccessTokenProvider = () => Task.FromResult<string?>(token);
                    options.Transports = HttpTransportType.WebSockets;
                    options.SkipNegotiation = true;
                }
            )
            .Build();
        await hub.StartAsync();
        var client = new OrdinaryClient(http, hub);
        await client.MeasureAsync(TimeSpan.FromSeconds(3));
        return client;
    }

    /// <summary>Returns all response times of a period, in milliseconds.</summary>
    internal async Task<IReadOnlyList<double>> MeasureAsync(TimeSpan period)
    {
        var loops = Paths
            .Select(path => RepeatAsync(period, async () => (await _http.GetAsync(path)).EnsureSuccessStatusCode().Dispose()))
            .Append(RepeatAsync(period, () => _hub.InvokeAsync("GetPresence", "lobby"), intervals: 3));
        return [.. (await Task.WhenAll(loops)).SelectMany(times => times)];
    }

    public async ValueTask DisposeAsync()
    {
        await _hub.DisposeAsync();
        _http.Dispose();
    }

    private static async Task<List<double>> RepeatAsync(TimeSpan period, Func<Task> action, int intervals = 1)
    {
        var times = new List<double>();
        for (var watch = Stopwatch.StartNew(); watch.Elapsed < period; )
        {
            var started = Stopwatch.GetTimestamp();
            await action();
            times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            await Task.Delay(Interval * intervals);
        }
        return times;
    }
}
