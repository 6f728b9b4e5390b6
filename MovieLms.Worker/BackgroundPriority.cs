using System.ComponentModel;
using System.Diagnostics;

namespace MovieLms.Worker;

/// <summary>
/// Lets whoever answers people go first where the Worker shares a machine with them; where it has one of its own, this changes nothing.
/// </summary>
internal static partial class BackgroundPriority
{
    /// <summary>Lowers this process' priority (nice 10 on Unix). Where that is not allowed, it says so and goes on.</summary>
    internal static void Take(ILogger logger)
    {
        try
        {
            using var self = Process.GetCurrentProcess();
            self.PriorityClass = ProcessPriorityClass.BelowNormal;
        }
        catch (Win32Exception e)
        {
            LogRefused(logger, e.Message);
        }
    }

    [LoggerMessage(LogLevel.Information, "The Worker keeps the priority of the other services: {Reason}")]
    private static partial void LogRefused(ILogger logger, string reason);
}
