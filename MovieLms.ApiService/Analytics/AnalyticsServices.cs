namespace MovieLms.ApiService.Analytics;

/// <summary>Registers the services of the analytics endpoints.</summary>
internal static class AnalyticsServices
{
    internal static void AddAnalytics(this IServiceCollection services)
    {
        services
            .AddOptions<AnalyticsOptions>()
            .BindConfiguration(AnalyticsOptions.Section)
            .Validate(options => options.MaxRefreshShare is > 0 and <= 1, "Analytics:MaxRefreshShare must be greater than 0 and at most 1.")
            .Validate(
                options => options.MaxWait >= TimeSpan.Zero && options.MaxWait <= TimeSpan.FromSeconds(30),
                "Analytics:MaxWait must be between 0 and 30 seconds."
            )
            .ValidateOnStart();
        services.AddSingleton<AnalyticsGate>().AddSingleton<AnalyticsCache>();
    }
}
