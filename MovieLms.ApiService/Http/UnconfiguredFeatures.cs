using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MovieLms.ApiService.Http;

/// <summary>
/// Responds to requests for features that this installation has not set up. Clients learn what is not available, and the log names the
/// settings, once per start, because anyone can send such requests.
/// </summary>
internal sealed partial class UnconfiguredFeatures(ILogger<UnconfiguredFeatures> logger)
{
    private readonly ConcurrentDictionary<string, bool> _logged = new();

    /// <summary>Returns 501.</summary>
    /// <param name="detail">What is not available, for clients. It names no settings.</param>
    /// <param name="settings">The settings that turn the feature on, for operators.</param>
    internal ProblemHttpResult Respond(string detail, string settings)
    {
        if (_logged.TryAdd(settings, true))
            LogUnconfigured(logger, detail, settings);
        return Problems.NotConfigured(detail);
    }

    [LoggerMessage(LogLevel.Warning, "{Detail} To turn it on, set {Settings}")]
    private static partial void LogUnconfigured(ILogger logger, string detail, string settings);
}
