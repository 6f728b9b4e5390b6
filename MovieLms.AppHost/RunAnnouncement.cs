using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace MovieLms.AppHost;

/// <summary>Logs the backing services and the gateway's address when a run starts.</summary>
internal static partial class RunAnnouncement
{
    internal static void AnnounceBacking(this IDistributedApplicationBuilder builder, AppHostOptions options)
    {
        if (options.IsPublishing)
            return;
        builder.Eventing.Subscribe<BeforeStartEvent>(
            (started, _) =>
            {
                var logger = started.Services.GetRequiredService<ILoggerFactory>().CreateLogger("MovieLms.AppHost");
                LogBacking(logger, options.Backing.ToString().ToLowerInvariant(), options.BackingReason);
                LogAddress(logger, options.Port);
                return Task.CompletedTask;
            }
        );
    }

    [LoggerMessage(1, LogLevel.Information, "Backing services: {Backing}, because {Reason}")]
    private static partial void LogBacking(ILogger logger, string backing, string reason);

    [LoggerMessage(2, LogLevel.Information, "MovieLms: http://localhost:{Port}")]
    private static partial void LogAddress(ILogger logger, int port);
}
