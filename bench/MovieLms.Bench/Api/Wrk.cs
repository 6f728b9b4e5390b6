using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace MovieLms.Bench.Api;

/// <summary>The result of a load.</summary>
/// <param name="PerSecond">Responses per second.</param>
/// <param name="P50">Median latency in milliseconds.</param>
/// <param name="P99">99th percentile of the latency in milliseconds.</param>
/// <param name="Requests">The number of requests with a response.</param>
/// <param name="Failures">Responses other than 2xx and 3xx, and socket errors.</param>
internal sealed record LoadResult(double PerSecond, double P50, double P99, long Requests, long Failures);

/// <summary>Runs wrk (https://github.com/wg/wrk, packaged in Debian) and parses its report.</summary>
internal static partial class Wrk
{
    private const int Connections = 32;

    /// <summary>Repeats a <c>GET</c> request.</summary>
    internal static Task<LoadResult> RunAsync(Uri address, string? token, int seconds) =>
        RunAsync(new ApiRequest("", address, token), seconds);

    /// <summary>Sends a request repeatedly from one thread over persistent connections.</summary>
    internal static async Task<LoadResult> RunAsync(ApiRequest request, int seconds)
    {
        var (address, token) = (request.Address, request.Token);
        var start = new ProcessStartInfo("wrk") { RedirectStandardOutput = true };
        foreach (var word in new[] { "-t1", $"-c{Connections}", $"-d{seconds}s", "--latency" })
            start.ArgumentList.Add(word);
        if (token is not null)
        {
            start.ArgumentList.Add("-H");
            start.ArgumentList.Add($"Authorization: Bearer {token}");
        }
        if (request.AcceptEncoding is { } codings)
        {
            start.ArgumentList.Add("-H");
            start.ArgumentList.Add($"Accept-Encoding: {codings}");
        }
        var script = request is { Varying: null, Body: null, Paths: null } ? null : await WriteScriptAsync(request);
        if (script is not null)
        {
            start.ArgumentList.Add("-s");
            start.ArgumentList.Add(script);
        }
        start.ArgumentList.Add(address.ToString());
        using var process = Process.Start(start) ?? throw new InvalidOperationException("wrk did not start.");
        var report = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (script is not null)
            File.Delete(script);
        var total = Total().Match(report);
        if (!total.Success)
            throw new InvalidOperationException($"wrk's report could not be read:\n{report}");
        return new LoadResult(
            Number(PerSecond().Match(report)),
            Milliseconds(Percentile("50").Match(report)),
            Milliseconds(Percentile("99").Match(report)),
            long.Parse(total.Groups[1].Value, CultureInfo.InvariantCulture),
            (long)Number(Failed().Match(report))
                + SocketErrors().Match(report).Groups.Values.Skip(1).Sum(group => long.TryParse(group.Value, out var count) ? count : 0)
        );
    }

    private static async Task<string> WriteScriptAsync(ApiRequest request)
    {
        var path = Path.GetTempFileName();
        if (request.Body is { } body)
        {
            await File.WriteAllTextAsync(
                path,
                $"""
                wrk.method = "POST"
                wrk.body = '{body}'
                wrk.headers["Content-Type"] = "application/json"
                """
            );
            return path;
        }
        if (request.Paths is { } paths)
        {
            await File.WriteAllTextAsync(
                path,
                $$"""
                local paths = {}
                for path in ([[{{string.Join('\n', paths)}}]]):gmatch("%S+") do paths[#paths + 1] = path end
                local n = 0
                math.randomseed(os.time())
                request = function()
                  n = {{(request.IsSequential ? "n % #paths + 1" : "math.random(#paths)")}}
                  return wrk.format("GET", paths[n])
                end
                """
            );
            return path;
        }
        // Starts at the current time, so that a second run does not hit the cached responses of the first one.
        await File.WriteAllTextAsync(
            path,
            $$"""
            local n = (os.time() % 100000) * 10000
            request = function()
              n = n + 1
              return wrk.format("GET", "{{request.Address.PathAndQuery}}&{{request.Varying}}=" .. n)
            end
            """
        );
        return path;
    }

    private static double Number(Match match) => match.Success ? double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) : 0;

    private static double Milliseconds(Match match) =>
        Number(match)
        * match.Groups[2].Value switch
        {
            "us" => 0.001,
            "ms" => 1,
            "s" => 1000,
            _ => 1,
        };

    private static Regex Percentile(string name) => new($@"^\s+{name}%\s+([\d.]+)(us|ms|s)", RegexOptions.Multiline);

    [GeneratedRegex(@"Requests/sec:\s+([\d.]+)")]
    private static partial Regex PerSecond();

    [GeneratedRegex(@"(\d+) requests in")]
    private static partial Regex Total();

    [GeneratedRegex(@"Non-2xx or 3xx responses: (\d+)")]
    private static partial Regex Failed();

    [GeneratedRegex(@"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)")]
    private static partial Regex SocketErrors();
}
