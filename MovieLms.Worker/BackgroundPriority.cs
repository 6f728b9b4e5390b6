using System.ComponentModel;
using System.Diagnostics;

namespace MovieLms.Worker;

/// <summary>
/// Runs the Worker at a lower priority than the services on the same machine that respond to users. On a machine of its own it makes no
/// difference. Set <c>Worker:LowerPriority</c> to false to turn it off.
/// </summary>
internal static partial class BackgroundPriority
{
    /// <summary>
    /// Lowers the priority of this process (nice 10 on Unix). Call it before the host starts: on Linux it applies only to threads created
    /// afterwards.
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
            LogNotLowered(app.Logger, e.Message);
        }
    }

    [LoggerMessage(LogLevel.Information, "The Worker's priority could not be lowered: {Reason}")]
    private static partial void LogNotLowered(ILogger logger, string reason);
}
