using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace MovieLms.ServiceDefaults.Hardening;

/// <summary>Keeps access tokens out of the log.</summary>
public static class TokenFreeLogs
{
    private const string Category = "Microsoft.AspNetCore.Hosting.Diagnostics";

    /// <summary>
    /// For hosts of the hub, whose address holds a browser's token: the web host logs every request's whole address at Information,
    /// before any middleware could change it. That one category is limited to warnings, whatever level is configured.
    /// </summary>
    public static IHostApplicationBuilder KeepTokensOutOfLogs(this IHostApplicationBuilder builder)
    {
        builder.Services.PostConfigure<LoggerFilterOptions>(options =>
        {
            string?[] providers = [null, .. options.Rules.Select(rule => rule.ProviderName).OfType<string>().Distinct()];
            foreach (var provider in providers) options.Rules.Add(new LoggerFilterRule(provider, Category, LogLevel.Warning, null));
        });
        return builder;
    }
}
