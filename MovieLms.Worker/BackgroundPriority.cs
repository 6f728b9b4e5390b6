using System.ComponentModel;
using System.Diagnostics;

namespace MovieLms.Worker;

/// <summary>
/// Runs the Worker at a lower priority than the services on the same machine that respond to people. It has no effect on a machine of
/// its own. The setting <c>Worker:LowerPriority</c> turns it off.
/// </summary>
internal static partial class BackgroundPriority
{
    /// <summary>
    /// Lowers the priority of this process (nice 10 on Unix). Call it before the start: on Linux it applies to the threads created later.
    /// </summary>
    internal static void Lower(WebApplication app)
    {
        if (!app.Configuration.GetValue("Worker:LowerPriority", defaultValue: true))
            return;
        try
        {
            using var self = Process.GetCurrentProcess();
            self.PriorityClass = ProcessPriorityClass.BelowNormal;
        }
        catch (Win32Exception e)
        {
            LogRefused(app.Logger, e.Message);
        }
    }

    [LoggerMessage(LogLevel.Information, "The Worker keeps the priority of the other services: {Reason}")]
    private static partial void LogRefused(ILogger logger, string reason);
}
