using System.Diagnostics;

namespace MovieLms.Testing;

/// <summary>Waits for an effect of another thread or process.</summary>
public static class Eventually
{
    /// <summary>Polls until the condition is true. <paramref name="what"/> describes it in the exception.</summary>
    /// <exception cref="TimeoutException">The condition was not true within <paramref name="seconds"/>.</exception>
    public static async Task WaitUntilAsync(Func<Task<bool>> condition, string what, double seconds = 20)
    {
        var watch = Stopwatch.StartNew();
        while (!await condition())
        {
            if (watch.Elapsed.TotalSeconds > seconds)
                throw new TimeoutException($"Not within {seconds} s: {what}.");
            await Task.Delay(25);
        }
    }
}
