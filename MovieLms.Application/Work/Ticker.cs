using MongoDB.Driver;

namespace MovieLms.Application.Work;

/// <summary>Repeats work at a fixed interval until the process stops.</summary>
public static class Ticker
{
    /// <summary>
    /// Runs the work after each interval. A run that takes longer delays the next one. If the database is unavailable,
    /// <paramref name="failed"/> receives the exception and the next run follows as usual.
    /// </summary>
    public static async Task RunAsync(
        TimeSpan interval,
        TimeProvider time,
        Func<CancellationToken, Task> work,
        Action<Exception> failed,
        CancellationToken stoppingToken
    )
    {
        using var timer = new PeriodicTimer(interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                try
                {
                    await work(stoppingToken);
                }
                catch (Exception e) when (e is MongoException or TimeoutException)
                {
                    failed(e);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host is stopping.
        }
    }
}
