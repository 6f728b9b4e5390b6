using Hangfire.AspNetCore;
using Hangfire.Logging;
using LogLevel = Hangfire.Logging.LogLevel;

namespace MovieLms.Worker.Jobs;

/// <summary>
/// Writes Hangfire's log to the host's log. Hangfire has one log provider per process. Where hosts start one after another, as in tests,
/// the provider of a disposed host must not break the next one.
/// </summary>
internal sealed class HangfireLogs(ILoggerFactory loggers) : ILogProvider
{
    public ILog GetLogger(string name)
    {
        try
        {
            return new AspNetCoreLogProvider(loggers).GetLogger(name);
        }
        catch (ObjectDisposedException)
        {
            return new NullLog();
        }
    }

    private sealed class NullLog : ILog
    {
        public bool Log(LogLevel logLevel, Func<string>? messageFunc, Exception? exception = null) => false;
    }
}
