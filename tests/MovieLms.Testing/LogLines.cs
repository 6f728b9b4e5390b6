using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace MovieLms.Testing;

/// <summary>The log of a host, collected by a <see cref="FakeLoggerProvider"/>, as lines of text.</summary>
public static class LogLines
{
    /// <summary>Returns the category, message and exception of each entry of at least a level.</summary>
    public static IReadOnlyList<string> GetLines(this FakeLoggerProvider log, LogLevel minimum = LogLevel.Trace) =>
        [
            .. log
                .Collector.GetSnapshot()
                .Where(entry => entry.Level >= minimum)
                .Select(entry => $"{entry.Category}: {entry.Message} {entry.Exception}"),
        ];
}
