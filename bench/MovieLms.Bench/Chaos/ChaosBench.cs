using System.Globalization;
using MovieLms.Testing.Processes;

namespace MovieLms.Bench.Chaos;

/// <summary>
/// The effect of crashes: kills and restarts each process under a steady load, and prints how many requests failed and how long after the
/// restart the latency was back to recovery.
/// </summary>
internal static class ChaosBench
{
    private static readonly TimeSpan Baseline = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Downtime = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    internal static async Task<int> RunAsync(string[] names)
    {
        await using var installation = await Installation.StartAsync();
        using var client = await ApiClient.SignInAsync(installation.Services.Api, Installation.AdminEmail, Installation.AdminPassword);
        await using var load = new SteadyLoad(client);
        await Task.Delay(Window);

        var (p50, p99) = await MeasureAsync(load, Baseline);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"before: p50 {p50:0.0} ms, p99 {p99:0.0} ms\n"));
        Console.WriteLine("| killed | failed requests | s until ready | s until p50 ≤ 2 × before | p50 ms after | p99 ms after |");
        Console.WriteLine("|---|---|---|---|---|---|");
        foreach (var part in names.Length > 0 ? names : Installation.ProcessNames)
        {
            var killed = load.Now;
            await installation.KillAsync(part);
            await Task.Delay(Downtime);
            var started = load.Now;
            await installation.RestartAsync(part);
            var ready = load.Now;
            var recovery = await MeasureRecoveryAsync(load, started, p50);
            var failed = load.Between(killed, load.Now).Count(response => !response.IsSuccess);
            var (after50, after99) = await MeasureAsync(load, Baseline / 2);
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {part} | {failed} | {(ready - started).TotalSeconds:0.0} | {recovery?.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture) ?? "not within 60"} | {after50:0.0} | {after99:0.0} |"
                )
            );
        }
        return 0;
    }

    private static async Task<(double P50, double P99)> MeasureAsync(SteadyLoad load, TimeSpan duration)
    {
        var from = load.Now;
        await Task.Delay(duration);
        var responses = load.Between(from, load.Now);
        return (SteadyLoad.Percentile(responses, 0.5), SteadyLoad.Percentile(responses, 0.99));
    }

    /// <summary>
    /// Returns the time from the restart to the first second without failures and with at most twice the latency; null after a timeout.
    /// </summary>
    private static async Task<TimeSpan?> MeasureRecoveryAsync(SteadyLoad load, TimeSpan started, double before)
    {
        while (load.Now - started < Timeout)
        {
            var from = load.Now;
            await Task.Delay(Window);
            var responses = load.Between(from, load.Now);
            if (responses.Count > 0 && responses.All(response => response.IsSuccess) && SteadyLoad.Percentile(responses, 0.5) <= 2 * before)
                return from - started;
        }
        return null;
    }
}
