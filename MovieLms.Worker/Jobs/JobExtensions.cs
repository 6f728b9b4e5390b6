using Hangfire;
using Hangfire.AspNetCore;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using MovieLms.Data.Jobs;
using MovieLms.Worker.Telemetry;

namespace MovieLms.Worker.Jobs;

/// <summary>Registers scheduled work.</summary>
internal static class JobExtensions
{
    internal static void AddJobs(this IHostApplicationBuilder builder)
    {
        builder.Services.TryAddSingleton<JobRunStore>();
        builder.Services.AddSingleton<ScheduleStorage>().AddSingleton<RecurringJobs>();
        builder.Services.AddSingleton<JobAllowListFilter>();
        JobAllowList.Allow<RecurringJobs>(nameof(RecurringJobs.RunAsync), nameof(RecurringJobs.RunRepeatedlyAsync));
        // Services that Hangfire's dashboard needs. JobServer provides the storage, because Redis may start later than the host.
        builder.Services.AddHangfire(
            (services, hangfire) => hangfire.UseLogProvider(new HangfireLogs(services.GetRequiredService<ILoggerFactory>()))
        );
        builder.Services.AddSingleton<JobActivator>(services => new AspNetCoreJobActivator(
            services.GetRequiredService<IServiceScopeFactory>()
        ));
        builder.Services.AddSingleton<JobServer>();
        builder.Services.AddHostedService(services => services.GetRequiredService<JobServer>());
        builder.Services.AddHealthChecks().AddCheck<JobHealth>("jobs", HealthStatus.Degraded, timeout: TimeSpan.FromSeconds(3));
        builder.Services.AddSingleton(services => new NextRuns(
            () => services.GetRequiredService<ScheduleStorage>().Storage,
            services.GetRequiredService<TimeProvider>()
        ));
        builder.Services.AddSingleton<JobHealth>();
        builder.Services.AddSingleton<WorkerMetrics>();
        builder.Services.AddHostedService<QueueSampler>();
    }
}
