using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace MovieLms.ServiceDefaults.Shutdown;

/// <summary>The settings of a graceful shutdown (section <c>Shutdown</c>).</summary>
internal sealed class ShutdownOptions
{
    internal const string Section = "Shutdown";

    /// <summary>How long requests, jobs and connections may take to finish before the process exits.</summary>
    [Range(1, 600)]
    public double Seconds { get; set; } = 25;

    /// <summary>
    /// How long the service keeps serving while it is not ready, so that a load balancer can take it out of rotation first. Not part of
    /// <see cref="Seconds"/>.
    /// </summary>
    [Range(0, 300)]
    public double NoticeSeconds { get; set; }
}

/// <summary>
/// Shuts down gracefully on SIGTERM. The service becomes not ready at once and keeps serving for <c>Shutdown:NoticeSeconds</c>. It
/// then refuses new connections and lets running work finish within <c>Shutdown:Seconds</c>. Hubs ask their clients to reconnect,
/// and jobs release their leases.
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
        builder.Services.AddSingleton<DrainService>();
        builder.Services.AddHostedService(services => services.GetRequiredService<DrainService>());
        builder.Services.AddHealthChecks().AddCheck<DrainService>("stopping", HealthStatus.Unhealthy);
    }
}

/// <summary>Reports not ready once shutdown has started, and delays the shutdown by the notice period.</summary>
internal sealed partial class DrainService(IOptions<ShutdownOptions> options, TimeProvider clock, ILogger<DrainService> logger)
    : IHostedLifecycleService,
        IHealthCheck
{
    private volatile bool _isStopping;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(
            _isStopping
                ? new HealthCheckResult(context.Registration.FailureStatus, "The service is stopping.")
                : HealthCheckResult.Healthy()
        );

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        _isStopping = true;
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
        "Stopping: not ready now, accepting new connections for {Notice} s, then waiting up to {Seconds} s for running work"
    )]
    private static partial void LogStopping(ILogger logger, double notice, double seconds);
}
