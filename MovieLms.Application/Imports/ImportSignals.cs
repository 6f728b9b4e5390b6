using Microsoft.Extensions.Logging;
using MovieLms.Application.Work;
using MovieLms.ServiceDefaults.Redis;
using MovieLms.ServiceDefaults.Telemetry;
using StackExchange.Redis;

namespace MovieLms.Application.Imports;

/// <summary>
/// Publishes import messages over Redis: wake-ups for the workers, and progress for open connections. Both may be lost without harm:
/// workers also poll for imports, and the progress is stored in the database.
/// </summary>
public sealed partial class ImportSignals(IConnectionMultiplexer redis, RedisNames names, WakeUps wakeUps, ILogger<ImportSignals> logger)
{
    /// <summary>The channel of <see cref="ImportProgressMessage"/>, sent as JSON.</summary>
    public const string ProgressChannel = "imports:progress";

    /// <summary>The name of the import queue.</summary>
    public const string Queue = "imports";

    /// <summary>Wakes the workers after an import was queued.</summary>
    public Task WakeWorkersAsync() => wakeUps.SendAsync(Queue);

    /// <summary>Publishes an import's progress.</summary>
    public Task PublishProgressAsync(ImportProgressMessage message) => PublishAsync(ProgressChannel, TraceContext.Serialize(message));

    private async Task PublishAsync(string channel, string text)
    {
        try
        {
            await redis.GetSubscriber().PublishAsync(names.GetChannel(channel), text, CommandFlags.FireAndForget);
        }
        catch (Exception e) when (e is RedisException or TimeoutException or ObjectDisposedException)
        {
            LogNotPublished(logger, e.GetType().Name);
        }
    }

    [LoggerMessage(LogLevel.Debug, "An import message was not published ({Error})")]
    private static partial void LogNotPublished(ILogger logger, string error);
}

/// <summary>The progress of an import.</summary>
/// <param name="ImportId">24 hexadecimal digits.</param>
/// <param name="OwnerId">The user to notify.</param>
/// <param name="Kind"><c>movies</c>, <c>todos</c>, …</param>
/// <param name="State"><c>processing</c>, <c>completed</c>, <c>failed</c> or <c>canceled</c>.</param>
/// <param name="Total">Rows in the file.</param>
/// <param name="Succeeded">Rows stored so far.</param>
/// <param name="Failed">Rows rejected so far.</param>
/// <param name="RowsPerSecond">The rate of the current attempt.</param>
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
