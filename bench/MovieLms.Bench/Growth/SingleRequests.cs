using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using MovieLms.Bench.Api;
using MovieLms.Bench.Measuring;

namespace MovieLms.Bench.Growth;

/// <summary>Sends one request after another over one connection and prints a row for each kind.</summary>
/// <param name="build">The server.</param>
/// <param name="duration">The duration of a measurement.</param>
internal sealed class SingleRequests(ApiBuild build, TimeSpan duration)
{
    /// <summary>The first requests are not counted: they load blocks, compile code and open connections.</summary>
    private const int WarmUp = 20;

    /// <summary>Enough for a 99th percentile.</summary>
    private const int MaxRequests = 2_000;

    /// <summary>The number of failed requests.</summary>
    internal int Failures { get; private set; }

    /// <summary>Measures <c>GET</c> requests.</summary>
    /// <param name="name">The row's name.</param>
    /// <param name="path">Returns the path of a request by its number.</param>
    /// <param name="count">The number of different paths, if there are few: a repeated one would be cached.</param>
    internal Task MeasureAsync(string name, Func<int, string> path, int count = int.MaxValue) =>
        MeasureAsync(name, i => build.Client.GetAsync(path(i)), count);

    /// <summary>Measures <c>POST</c> requests.</summary>
    /// <param name="name">The row's name.</param>
    /// <param name="request">Returns the path and the body of a request by its number.</param>
    internal Task MeasureWriteAsync(string name, Func<int, (string Path, object Body)> request) =>
        MeasureAsync(
            name,
            i =>
            {
                var (path, body) = request(i);
                return build.Client.PostAsJsonAsync(path, body);
            }
        );

    /// <summary>Returns a percentile of unsorted values.</summary>
    internal static double Percentile(List<double> values, double share)
    {
        values.Sort();
        return values[Math.Min(values.Count - 1, (int)(values.Count * share))];
    }

    private async Task MeasureAsync(string name, Func<int, Task<HttpResponseMessage>> send, int count = int.MaxValue)
    {
        var latencies = new List<double>();
        var (clock, before) = (new Stopwatch(), default(ProcessUsage));
        for (var i = 0; i < Math.Min(count, WarmUp + MaxRequests) && clock.Elapsed < duration; i++)
        {
            if (i == WarmUp)
            {
                before = await build.ReadUsageAsync();
                clock.Start();
            }
            var started = Stopwatch.GetTimestamp();
            using var response = await send(i);
            if (i >= WarmUp)
                latencies.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            if (!response.IsSuccessStatusCode)
                Failures++;
        }
        var used = await build.ReadUsageAsync() - before;
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"  {name, -42} {Percentile(latencies, 0.5), 8:N2} {Percentile(latencies, 0.99), 8:N2} {used.Processor.TotalMicroseconds / latencies.Count, 8:N0} {used.AllocatedBytes / latencies.Count, 10:N0} {latencies.Count, 9:N0}"
            )
        );
    }
}
