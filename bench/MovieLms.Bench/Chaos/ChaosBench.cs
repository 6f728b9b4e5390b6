using System.Globalization;
using MovieLms.Testing.Processes;

namespace MovieLms.Bench.Chaos;

/// <summary>
/// How a death is felt: every process is killed and started again under a steady load, and the table says how many requests
/// failed meanwhile, and how long after its start the answers came as quickly as before.
/// </summary>
internal static class ChaosBench
{
    private static readonly TimeSpan Baseline = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Away = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan GiveUp = TimeSpan.FromSeconds(60);

    internal static async Task<int> RunAsync(string[] rest)
    {
        await using var installation = await Installation.StartAsync();
        using var client = await ApiClient.SignInAsync(installation.Services.Api, Installation.AdminEmail, Installation.AdminPassword);
        await using var load = new SteadyLoad(client);
        await Task.Delay(Window);

        var (p50, p99) = await MeasureAsync(load, Baseline);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"before: p50 {p50:0.0} ms, p99 {p99:0.0} ms\n"));
        Console.WriteLine("| killed | failed requests | s until ready | s until p50 ≤ 2 × before | p50 ms then | p99 ms then |");
        Console.WriteLine("|---|---|---|---|---|---|");
        foreach (var part in rest.Length > 0 ? rest : Installation.Parts)
        {
            var killed = load.Now;
            await installation.KillAsync(part);
            await Task.Delay(Away);
            var started = load.Now;
            await installation.RestartAsync(part);
            var ready = load.Now;
            var normal = await UntilNormalAsync(load, started, p50);
            var failed = load.Between(killed, load.Now).Count(answer => !answer.Ok);
            var (after50, after99) = await MeasureAsync(load, Baseline / 2);
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {part} | {failed} | {(ready - started).TotalSeconds:0.0} | {normal?.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture) ?? "not within 60"} | {after50:0.0} | {after99:0.0} |"
                )
            );
        }
        return 0;
    }

    private static async Task<(double P50, double P99)> MeasureAsync(SteadyLoad load, TimeSpan duration)
    {
        var from = load.Now;
        await Task.Delay(duration);
        var answers = load.Between(from, load.Now);
        return (SteadyLoad.Percentile(answers, 0.5), SteadyLoad.Percentile(answers, 0.99));
    }

    /// <summary>From the start of the killed process to the begin of the first second without a failure and as quick as before.</summary>
    private static async Task<TimeSpan?> UntilNormalAsync(SteadyLoad load, TimeSpan started, double before)
    {
        while (load.Now - started < GiveUp)
        {
            var from = load.Now;
            await Task.Delay(Window);
            var answers = load.Between(from, load.Now);
            if (answers.Count > 0 && answers.All(answer => answer.Ok) && SteadyLoad.Percentile(answers, 0.5) <= 2 * before)
                return from - started;
        }
        return null;
    }
}
