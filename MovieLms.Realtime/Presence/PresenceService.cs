using Microsoft.Extensions.Options;
using MovieLms.Application.Work;
using MovieLms.Realtime.Contracts;

namespace MovieLms.Realtime.Presence;

/// <summary>
/// Renews the presence of this node's users, removes the users of nodes that died, and publishes the counts of large rooms.
/// </summary>
internal sealed partial class PresenceService(
    RoomPresence presence,
    IOptions<RealtimeOptions> options,
    TimeProvider time,
    ILogger<PresenceService> logger
) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(
            RunAsync(options.Value.PresenceTtl / 4, presence.ReconcileAsync, stoppingToken),
            RunAsync(options.Value.MemberCountInterval, presence.PublishCountsAsync, stoppingToken)
        );

    private Task RunAsync(TimeSpan interval, Func<CancellationToken, Task> work, CancellationToken stoppingToken) =>
        Ticker.RunAsync(interval, time, work, e => LogFailed(logger, e.GetType().Name), stoppingToken);

    [LoggerMessage(LogLevel.Warning, "Presence could not be reconciled ({Reason}); retrying")]
    private static partial void LogFailed(ILogger logger, string reason);
}
