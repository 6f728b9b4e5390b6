using System.Globalization;
using MovieLms.Testing;
using MovieLms.Testing.Processes;

namespace MovieLms.Bench.Api;

/// <summary>The cost of the gateway: a cached read from an ApiService process, directly and through the gateway.</summary>
internal sealed record GatewayRow(LoadResult Direct, LoadResult Proxied)
{
    private const string Path = "/api/analytics";

    internal static async Task<GatewayRow> MeasureAsync(IReadOnlyDictionary<string, string?> settings, int seconds)
    {
        await using var services = await ServiceProcesses.StartAsync(BackingServices.CreateName(), settings);
        var gateway = await services.StartWebAsync();
        using var client = new HttpClient { BaseAddress = services.Api };
        await ApiBuild.SignInAsync(client);
        await Sample.ImportAsync(client);
        var token = client.DefaultRequestHeaders.Authorization!.Parameter!;
        foreach (var origin in new[] { services.Api, gateway })
            await Wrk.RunAsync(new Uri(origin, Path), token, Math.Max(2, seconds / 2));
        var direct = await Wrk.RunAsync(new Uri(services.Api, Path), token, seconds);
        return new GatewayRow(direct, await Wrk.RunAsync(new Uri(gateway, Path), token, seconds));
    }

    internal void Print()
    {
        Console.WriteLine();
        Write("cached read, from ApiService", Direct);
        Write("cached read, through the gateway", Proxied);

        void Write(string name, LoadResult load) =>
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{name, -40} {load.PerSecond, 10:N0} {load.PerSecond / Direct.PerSecond, 9:P0} {load.P50, 8:N2} {load.P99, 8:N2} {load.Failures, 18}"
                )
            );
    }
}
