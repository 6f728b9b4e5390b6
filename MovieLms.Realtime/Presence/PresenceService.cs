using Microsoft.Extensions.Options;
using MovieLms.Application.Work;
using MovieLms.Realtime.Contracts;

namespace MovieLms.Realtime.Presence;

/// <summary>Renews the presence of this node's users, and removes the users of nodes that died.</summary>
internal sealed partial class PresenceService(
    RoomPresence presence,
    IOptions<RealtimeOptions> options,
    TimeProvider time,
    ILogger<PresenceService> logger
) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Ticker.RunAsync(
            options.Value.PresenceTtl / 4,
            time,
            presence.ReconcileAsync,
            e => LogFailed(logger, e.GetType().Name),
            stoppingToken
        );

    [LoggerMessage(LogLevel.Warning, "Presence could not be reconciled ({Reason}); retrying")]
    private static partial void LogFailed(ILogger logger, string reason);
}
