using Microsoft.Extensions.Options;
using MongoDB.Driver;
using MovieLms.Realtime.Contracts;

namespace MovieLms.Realtime.Presence;

/// <summary>Keeps this node's users present, and notices those of nodes that died.</summary>
internal sealed partial class PresenceKeeper(
    RoomPresence presence,
    IOptions<RealtimeOptions> options,
    TimeProvider time,
    ILogger<PresenceKeeper> logger
) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var pause = options.Value.PresenceTtl / 4;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await presence.KeepAsync(stoppingToken);
            }
            catch (Exception e) when (e is MongoException or TimeoutException)
            {
                LogFailed(logger, e.GetType().Name);
            }
            await Task.Delay(pause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Who left with a dead node could not be named ({Reason}); trying again")]
    private static partial void LogFailed(ILogger logger, string reason);
}
