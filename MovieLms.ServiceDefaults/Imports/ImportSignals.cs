using Microsoft.Extensions.Logging;
using MovieLms.ServiceDefaults.Redis;
using MovieLms.ServiceDefaults.Telemetry;
using StackExchange.Redis;

namespace MovieLms.ServiceDefaults.Imports;

/// <summary>
/// What is said about imports over Redis pub/sub: "there is one" to the workers, and progress to whoever shows it. Both may
/// be lost without harm: workers also look on their own, and progress is in the database.
/// </summary>
public sealed partial class ImportSignals(IConnectionMultiplexer redis, RedisNames names, ILogger<ImportSignals> logger)
{
    /// <summary>Wakes the workers; the message is the import's id.</summary>
    public const string QueuedChannel = "imports:queued";

    /// <summary>Carries an <see cref="ImportProgressMessage"/> as JSON.</summary>
    public const string ProgressChannel = "imports:progress";

    /// <summary>Tells the workers that an import waits.</summary>
    public Task QueuedAsync(string importId) => PublishAsync(QueuedChannel, importId);

    /// <summary>Tells how far an import is.</summary>
    public Task ProgressAsync(ImportProgressMessage message) => PublishAsync(ProgressChannel, TraceContext.Serialize(message));

    /// <summary>Calls <paramref name="queued"/> whenever an import is said to wait; goes on hearing after Redis was away.</summary>
    public async Task ListenAsync(Action queued)
    {
        try
        {
            await redis.GetSubscriber().SubscribeAsync(names.Channel(QueuedChannel), (_, _) => queued());
        }
        catch (Exception e) when (e is RedisException or TimeoutException)
        {
            // The client library keeps the subscription and makes it when the connection comes.
            LogUnheard(logger, e.GetType().Name);
        }
    }

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

    [LoggerMessage(LogLevel.Debug, "A message about an import was not sent or heard ({Error})")]
    private static partial void LogUnheard(ILogger logger, string error);
}

/// <summary>How far an import is.</summary>
/// <param name="ImportId">24 hexadecimal digits.</param>
/// <param name="OwnerId">The user to tell.</param>
/// <param name="Kind"><c>movies</c>, <c>todos</c> …</param>
/// <param name="State"><c>processing</c>, <c>completed</c> or <c>failed</c>.</param>
/// <param name="Total">Rows in the file.</param>
/// <param name="Succeeded">Rows stored so far.</param>
/// <param name="Failed">Rows reported so far.</param>
/// <param name="RowsPerSecond">Of the present attempt.</param>
public sealed record ImportProgressMessage(
    string ImportId, string OwnerId, string Kind, string State, long Total, long Succeeded, long Failed, double RowsPerSecond);
