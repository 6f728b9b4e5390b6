using System.Diagnostics;

namespace MovieLms.Testing;

/// <summary>Waits for what another thread or process will bring about.</summary>
public static class Eventually
{
    /// <summary>Asks until the answer is yes.</summary>
    /// <exception cref="TimeoutException">It was not within <paramref name="seconds"/>.</exception>
    public static async Task TrueAsync(Func<Task<bool>> condition, string what, double seconds = 20)
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
