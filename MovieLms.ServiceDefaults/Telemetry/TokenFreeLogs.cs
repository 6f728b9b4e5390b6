using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace MovieLms.ServiceDefaults.Telemetry;

/// <summary>Keeps access tokens and the tokens of reset links out of the log.</summary>
public static class TokenFreeLogs
{
    private const string Category = "Microsoft.AspNetCore.Hosting.Diagnostics";

    /// <summary>
    /// Limits the category in which the web host logs the whole address of a request, before any middleware could change it. The
    /// address of the hub holds a browser's token. Where telemetry is exported the category is off, because it also puts the path
    /// into the scope of every log line, and one path holds a reset link's token.
    /// </summary>
    public static IHostApplicationBuilder KeepTokensOutOfLogs(this IHostApplicationBuilder builder)
    {
        var level = builder.Configuration.IsTelemetryEnabled() ? LogLevel.None : LogLevel.Warning;
        builder.Services.PostConfigure<LoggerFilterOptions>(options =>
        {
            string?[] providers = [null, .. options.Rules.Select(rule => rule.ProviderName).OfType<string>().Distinct()];
            foreach (var provider in providers)
                options.Rules.Add(new LoggerFilterRule(provider, Category, level, null));
        });
        return builder;
    }
}
