using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace MovieLms.ServiceDefaults.Shutdown;

/// <summary>How a service ends; bound from the section <c>Shutdown</c>.</summary>
internal sealed class ShutdownOptions
{
    internal const string Section = "Shutdown";

    /// <summary>How long requests, jobs and connections may take to end before the process ends without them.</summary>
    [Range(1, 600)]
    public double Seconds { get; set; } = 25;

    /// <summary>How long it goes on serving, not ready, so that a load balancer can look elsewhere first; part of no other time.</summary>
    [Range(0, 300)]
    public double NoticeSeconds { get; set; }
}

/// <summary>
/// On SIGTERM: not ready from the first moment, served on for the notice, then no new connections, and what runs may end
/// within <c>Shutdown:Seconds</c>. Hubs close with leave to reconnect, and jobs hand back what they hold.
/// </summary>
internal static class ShutdownExtensions
{
    internal static void AddShutdown(this IHostApplicationBuilder builder)
    {
        builder
            .Services.AddOptions<ShutdownOptions>()
            .BindConfiguration(ShutdownOptions.Section)
            .ValidateDataAnnotations()
            .ValidateOnStart();
        builder
            .Services.AddOptions<HostOptions>()
            .Configure<IOptions<ShutdownOptions>>(
                (host, shutdown) => host.ShutdownTimeout = TimeSpan.FromSeconds(shutdown.Value.Seconds + shutdown.Value.NoticeSeconds)
            );
        builder.Services.AddSingleton<Drain>();
        builder.Services.AddHostedService(services => services.GetRequiredService<Drain>());
        builder.Services.AddHealthChecks().AddCheck<Drain>("stopping", HealthStatus.Unhealthy);
    }
}

/// <summary>Tells the probes that the process is about to end.</summary>
internal sealed partial class Drain(IOptions<ShutdownOptions> options, TimeProvider clock, ILogger<Drain> logger)
    : IHostedLifecycleService,
        IHealthCheck
{
    private volatile bool _stopping;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(
            _stopping ? new HealthCheckResult(context.Registration.FailureStatus, "The service is stopping.") : HealthCheckResult.Healthy()
        );

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        _stopping = true;
        LogStopping(logger, options.Value.NoticeSeconds, options.Value.Seconds);
        if (options.Value.NoticeSeconds > 0)
        {
            await Task.Delay(TimeSpan.FromSeconds(options.Value.NoticeSeconds), clock, cancellationToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(
        LogLevel.Information,
        "Stopping: not ready now, new connections for {Notice} s more, then up to {Seconds} s for what runs"
    )]
    private static partial void LogStopping(ILogger logger, double notice, double seconds);
}
