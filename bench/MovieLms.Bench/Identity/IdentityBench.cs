using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using MovieLms.Bench.Api;
using MovieLms.Bench.Measuring;
using MovieLms.ServiceDefaults.Access;
using MovieLms.Testing;
using MovieLms.Testing.Processes;

namespace MovieLms.Bench.Identity;

/// <summary>
/// The cost of authentication for other requests: a cached read during 50 concurrent sign-ins compared with the same read alone, and the
/// validation of a token, including the revocation check, compared with a cached read. The exit code is 1 if a limit is exceeded.
/// </summary>
internal static class IdentityBench
{
    private const string Email = "bench@movielms.example";
    private const string Password = "curtain-falls-slowly-42";
    private const int SignIns = 50;
    private const int Rounds = 3;
    private const double MinThroughputShare = 0.40;
    private const double MaxValidationShare = 0.15;

    internal static async Task<int> RunAsync(string[] args)
    {
        var seconds = args is [var text] && int.TryParse(text, CultureInfo.InvariantCulture, out var given) ? given : 5;
        await using var standalone = await StandaloneProcess.StartAsync(
            null,
            new Dictionary<string, string?>
            {
                ["Admin__Email"] = Email,
                ["Admin__Password"] = Password,
                ["RateLimits__RequestsPerSecond"] = "1000000",
                ["RateLimits__LoginAddress__Permits"] = "1000000",
                ["RateLimits__LoginAccount__Permits"] = "1000000",
            }
        );
        var token = await SignInAsync(standalone.Client);
        standalone.Client.DefaultRequestHeaders.Authorization = new("Bearer", token);
        await Sample.ImportAsync(standalone.Client);
        var read = new Uri(standalone.Address, "/api/analytics");
        await Wrk.RunAsync(read, token, 2);

        var share = await MeasureShareDuringSignInsAsync(standalone, read, token, seconds);
        var cost = await MeasureTokenCostAsync(read, token, seconds);
        return share >= MinThroughputShare && cost <= MaxValidationShare ? 0 : 1;
    }

    /// <summary>
    /// Measures alone and during sign-ins in turn, and returns the median of the ratios, to reduce the effect of other load on the machine.
    /// </summary>
    private static async Task<double> MeasureShareDuringSignInsAsync(StandaloneProcess standalone, Uri read, string token, int seconds)
    {
        var shares = new List<double>();
        for (var round = 0; round < Rounds; round++)
        {
            var alone = await Wrk.RunAsync(read, token, seconds);
            using var stop = new CancellationTokenSource();
            var workers = Enumerable.Range(0, SignIns).Select(_ => SignInUntilAsync(standalone.Address, stop.Token)).ToArray();
            var busy = await Wrk.RunAsync(read, token, seconds);
            await stop.CancelAsync();
            var signedIn = (await Task.WhenAll(workers)).Sum();
            shares.Add(busy.PerSecond / alone.PerSecond);
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"cached read alone {alone.PerSecond, 8:N0} req/s; with {SignIns} concurrent sign-ins {busy.PerSecond, 8:N0} req/s ({shares[^1]:P0}, p99 {busy.P99:N1} ms), {signedIn / (double)seconds:N1} sign-ins/s"
                )
            );
        }
        var median = shares.Median();
        Console.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"remaining throughput: {median:P0} (limit: at least {MinThroughputShare:P0})\n")
        );
        return median;
    }

    private static async Task<int> SignInUntilAsync(Uri address, CancellationToken stop)
    {
        using var client = new HttpClient { BaseAddress = address };
        var done = 0;
        try
        {
            while (!stop.IsCancellationRequested)
            {
                using var response = await client.PostAsJsonAsync("/api/auth/login", new { email = Email, password = Password }, stop);
                if (response.IsSuccessStatusCode)
                    done++;
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return done;
        }
        return done;
    }

    /// <summary>
    /// Measures the cost of a token in two ways. By time: one validation of a known token compared with a cached read on one core. By load:
    /// the same public read with and without the token.
    /// </summary>
    private static async Task<double> MeasureTokenCostAsync(Uri read, string token, int seconds)
    {
        await using var host = await ServiceHost.StartAsync(
            new ServiceHostOptions
            {
                Settings = new Dictionary<string, string?>
                {
                    ["Admin:Email"] = Email,
                    ["Admin:Password"] = Password,
                    ["RateLimits:RequestsPerSecond"] = "1000000",
                },
            }
        );
        var own = await SignInAsync(host.Client);
        var tokens = host.App.Services.GetRequiredService<ValidatedTokens>();
        if (await tokens.ValidateAsync(own, default) is null)
            throw new InvalidOperationException("The token was rejected.");
        var nanoseconds = Enumerable.Range(0, Rounds).Min(_ => MeasureNanoseconds(tokens, own));

        var costs = new List<double>();
        double best = 0;
        for (var round = 0; round < Rounds; round++)
        {
            var without = await Wrk.RunAsync(read, null, seconds);
            var with = await Wrk.RunAsync(read, token, seconds);
            costs.Add(1 - with.PerSecond / without.PerSecond);
            best = Math.Max(best, with.PerSecond);
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"cached read without a token {without.PerSecond, 8:N0} req/s; with one {with.PerSecond, 8:N0} req/s ({costs[^1]:P1} less)"
                )
            );
        }
        // The validation's share of a read, on the cores that wrk's single thread leaves to the server.
        var ofRead = nanoseconds / (1e9 / best);
        var median = Math.Max(0, costs.Median());
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"one validation with the revocation check: {nanoseconds:N0} ns, {ofRead:P1} of a cached read's {1e6 / best:N1} µs; by load {median:P1} (limit: at most {MaxValidationShare:P0})"
            )
        );
        return Math.Max(ofRead, median);
    }

    private static double MeasureNanoseconds(ValidatedTokens tokens, string token)
    {
        const int Times = 300_000;
        for (var i = 0; i < Times / 10; i++)
            tokens.Find(token);
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < Times; i++)
        {
            if (tokens.Find(token) is null)
                throw new InvalidOperationException("The token is no longer cached.");
        }

        return Stopwatch.GetElapsedTime(start).TotalNanoseconds / Times;
    }

    private static async Task<string> SignInAsync(HttpClient client)
    {
        for (var attempt = 0; ; attempt++)
        {
            using var response = await client.PostAsJsonAsync("/api/auth/login", new { email = Email, password = Password });
            if (response.IsSuccessStatusCode)
                return (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("accessToken").GetString()!;
            // The first administrator is created in the background.
            if (attempt == 100)
                response.EnsureSuccessStatusCode();
            await Task.Delay(100);
        }
    }
}
