using System.Diagnostics;

namespace EmbeddedMongo.Bench;

/// <summary>Repeats an action and measures its rate per second or its duration.</summary>
internal static class Rates
{
    private const int Lanes = 16;

    public static async Task<double> MeasureSequentialAsync(int count, Func<int, Task> action)
    {
        for (var i = 0; i < count / 10; i++)
            await action(i);

        var clock = Stopwatch.StartNew();
        for (var i = 0; i < count; i++)
            await action(i);

        return count / clock.Elapsed.TotalSeconds;
    }

    public static async Task<double> MeasureParallelAsync(int count, Func<int, Task> action)
    {
        await Task.WhenAll(Enumerable.Range(0, Lanes).Select(_ => action(0)));
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(
            Enumerable
                .Range(0, Lanes)
                .Select(async lane =>
                {
                    for (var i = lane; i < count; i += Lanes)
                        await action(i);
                })
        );
        return count / clock.Elapsed.TotalSeconds;
    }

    /// <summary>Returns the duration of the fastest run in milliseconds.</summary>
    public static async Task<double> MeasureBestAsync(int runs, Func<Task> action)
    {
        var best = double.MaxValue;
        for (var run = 0; run < runs; run++)
        {
            var clock = Stopwatch.StartNew();
            await action();
            best = Math.Min(best, clock.Elapsed.TotalMilliseconds);
        }

        return best;
    }
}
