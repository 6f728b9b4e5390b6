using Microsoft.Extensions.Logging;
using MovieLms.Application.Work;
using MovieLms.ServiceDefaults.Redis;
using MovieLms.ServiceDefaults.Telemetry;
using StackExchange.Redis;

namespace MovieLms.Application.Imports;

/// <summary>
/// Messages about imports over Redis: wake-ups for the workers, and progress for open connections. Both may be lost without harm: workers
/// also look for imports by themselves, and the progress is in the database.
/// </summary>
public sealed partial class ImportSignals(IConnectionMultiplexer redis, RedisNames names, WakeUps wakeUps, ILogger<ImportSignals> logger)
{
    /// <summary>Carries an <see cref="ImportProgressMessage"/> as JSON.</summary>
    public const string ProgressChannel = "imports:progress";

    /// <summary>The name of the queue of imports.</summary>
    public const string Queue = "imports";

    /// <summary>Wakes the workers: an import waits.</summary>
    public Task QueuedAsync() => wakeUps.SendAsync(Queue);

    /// <summary>Tells how far an import is.</summary>
    public Task ProgressAsync(ImportProgressMessage message) => PublishAsync(ProgressChannel, TraceContext.Serialize(message));

    private async Task PublishAsync(string channel, string text)
    {
        try
        {
            await redis.GetSubscriber().PublishAsync(names.Channel(channel), text, CommandFlags.FireAndForget);
        }
        catch (Exception e) when (e is RedisException or TimeoutException or ObjectDisposedException)
        {
            LogUnheard(logger, e.GetType().Name);
        }
    }

    [LoggerMessage(LogLevel.Debug, "A message about an import was not sent ({Error})")]
    private static partial void LogUnheard(ILogger logger, string error);
}

/// <summary>How far an import is.</summary>
/// <param name="ImportId">24 hexadecimal digits.</param>
/// <param name="OwnerId">The user to tell.</param>
/// <param name="Kind"><c>movies</c>, <c>todos</c> …</param>
/// <param name="State"><c>processing</c>, <c>completed</c>, <c>failed</c> or <c>canceled</c>.</param>
/// <param name="Total">Rows in the file.</param>
/// <param name="Succeeded">Rows stored so far.</param>
/// <param name="Failed">Rows reported so far.</param>
/// <param name="RowsPerSecond">Of the present attempt.</param>
public sealed record ImportProgressMessage(
    string ImportId,
    string OwnerId,
    string Kind,
    string State,
    long Total,
    long Succeeded,
    long Failed,
    double RowsPerSecond
);
