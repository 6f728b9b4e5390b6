using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace MovieLms.ServiceDefaults.Telemetry;

/// <summary>Keeps access tokens and password reset tokens out of the log.</summary>
public static class TokenFreeLogs
{
    private const string Category = "Microsoft.AspNetCore.Hosting.Diagnostics";

    /// <summary>
    /// Raises the log level of the category in which the web host logs full request URLs, before any middleware runs. The hub's URL
    /// contains a browser's token. With telemetry the category is off, because it also adds the path to the scope of every log
    /// line, and one path contains a password reset token.
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
