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
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        Task[] loops =
        [
            RunAsync(options.Value.PresenceTtl / 4, presence.ReconcileAsync, stoppingToken),
            RunAsync(options.Value.MemberCountInterval, presence.PublishCountsAsync, stoppingToken),
        ];
        // If one fails, the service fails with it although the other one still runs.
        await await Task.WhenAny(loops);
        await Task.WhenAll(loops);
    }

    private Task RunAsync(TimeSpan interval, Func<CancellationToken, Task> work, CancellationToken stoppingToken) =>
        Ticker.RunAsync(interval, time, work, e => LogFailed(logger, e.GetType().Name), stoppingToken);

    [LoggerMessage(LogLevel.Warning, "Presence could not be updated ({Reason}); retrying")]
    private static partial void LogFailed(ILogger logger, string reason);
}
