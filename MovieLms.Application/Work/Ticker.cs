using MongoDB.Driver;

namespace MovieLms.Application.Work;

/// <summary>Repeats work at a fixed interval until the process stops.</summary>
public static class Ticker
{
    /// <summary>Runs the work after each interval. A run that takes longer delays the next one.</summary>
    /// <param name="interval">The time between two runs.</param>
    /// <param name="time">The clock.</param>
    /// <param name="work">The work.</param>
    /// <param name="failed">Receives the exception of a run for which the database was unavailable; the next run follows as usual.</param>
    /// <param name="stoppingToken">Ends the repetition.</param>
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
            // The process stops.
        }
    }
}
