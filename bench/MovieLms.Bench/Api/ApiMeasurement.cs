using MovieLms.Bench.Measuring;

namespace MovieLms.Bench.Api;

/// <summary>One measurement of a row of one build.</summary>
/// <param name="PerSecond">Responses per second.</param>
/// <param name="P50">Median latency in milliseconds.</param>
/// <param name="P99">99th percentile of the latency in milliseconds.</param>
/// <param name="Microseconds">The server's processor time per request.</param>
/// <param name="Bytes">The bytes that the server allocates per request.</param>
/// <param name="Failures">Failed requests.</param>
internal sealed record ApiMeasurement(double PerSecond, double P50, double P99, double Microseconds, double Bytes, long Failures)
{
    internal static async Task<ApiMeasurement> TakeAsync(ApiBuild build, ApiRequest request, int seconds)
    {
        var before = await build.ReadUsageAsync();
        var load = await Wrk.RunAsync(request, seconds);
        var used = await build.ReadUsageAsync() - before;
        return new ApiMeasurement(
            load.PerSecond,
            load.P50,
            load.P99,
            used.Processor.TotalMicroseconds / load.Requests,
            used.AllocatedBytes / (double)load.Requests,
            load.Failures
        );
    }

    /// <summary>Returns the median of each figure and the sum of the failures.</summary>
    internal static ApiMeasurement Median(IReadOnlyList<ApiMeasurement> rounds)
    {
        return new ApiMeasurement(
            Of(round => round.PerSecond),
            Of(round => round.P50),
            Of(round => round.P99),
            Of(round => round.Microseconds),
            Of(round => round.Bytes),
            rounds.Sum(round => round.Failures)
        );

        double Of(Func<ApiMeasurement, double> figure) => rounds.Select(figure).Median();
    }
}
