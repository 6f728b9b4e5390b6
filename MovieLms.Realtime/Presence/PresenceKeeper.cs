using Microsoft.Extensions.Options;
using MovieLms.Application.Work;
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
    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Ticker.RunAsync(options.Value.PresenceTtl / 4, time, presence.KeepAsync, e => LogFailed(logger, e.GetType().Name), stoppingToken);

    [LoggerMessage(LogLevel.Warning, "Who left with a dead node could not be named ({Reason}); trying again")]
    private static partial void LogFailed(ILogger logger, string reason);
}
