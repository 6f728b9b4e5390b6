using System.Globalization;

namespace MovieLms.EndToEnd.SlowClients;

/// <summary>
/// With 500 slow clients of each kind, an ordinary client waits at most three times as long, directly and through the gateway.
/// </summary>
public sealed class SlowClientTests(SlowClientSite site) : IClassFixture<SlowClientSite>
{
    private const int Rounds = 3;
    private const double MaxRatio = 3;

    /// <summary>Below this time, pauses of the machine dominate the measurement.</summary>
    private const double FloorMilliseconds = 20;

    private static readonly TimeSpan Period = TimeSpan.FromSeconds(5);

    public static TheoryData<string, bool> Attacks()
    {
        var data = new TheoryData<string, bool>();
        foreach (var kind in SlowAttack.Kinds)
        {
            data.Add(kind, false);
            data.Add(kind, true);
        }
        return data;
    }

    [Theory]
    [MemberData(nameof(Attacks))]
    public async Task An_ordinary_client_waits_at_most_three_times_as_long(string kind, bool throughGateway)
    {
        SlowClientSite.SkipUnlessEnabled();
        var server = throughGateway ? site.Gateway : site.Standalone;
        await using var client = await OrdinaryClient.ConnectAsync(server, site.Tokens[0]);
        // Warm up, so that the code that closes such clients is compiled.
        await using (await SlowAttack.StartAsync(kind, server, [.. site.Tokens.Skip(1)]))
            await client.MeasureAsync(Period);
        var (quiet, attacked) = (new List<double>(), new List<double>());
        for (var round = 0; round < Rounds; round++)
        {
            quiet.AddRange(await client.MeasureAsync(Period));
            await using (await SlowAttack.StartAsync(kind, server, [.. site.Tokens.Skip(1)]))
                attacked.AddRange(await client.MeasureAsync(Period));
        }

        var (before, during) = (Percentile99(quiet), Percentile99(attacked));
        Figures.Report(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{kind}{(throughGateway ? " through the gateway" : "")}: p99 {before:0.0} ms of {quiet.Count} without, {during:0.0} ms of {attacked.Count} with"
            )
        );
        Assert.True(site.IsRunning);
        Assert.InRange(during, 0, Math.Max(before * MaxRatio, FloorMilliseconds));
    }

    private static double Percentile99(List<double> times) => times.Order().ElementAt((int)(times.Count * 0.99));
}
