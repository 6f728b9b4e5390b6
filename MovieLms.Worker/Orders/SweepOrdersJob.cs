using MovieLms.Application.Orders;
using MovieLms.Worker.Jobs;

namespace MovieLms.Worker.Orders;

/// <summary>Applies the pending effects of orders (receipt, enrollment, notifications) that a crash or a failure left undone.</summary>
internal sealed partial class SweepOrdersJob(OrderEffects effects, TimeProvider clock, ILogger<SweepOrdersJob> logger) : IRecurringJob
{
    /// <summary>Effects pending for a shorter time belong to a running request.</summary>
    private static readonly TimeSpan GracePeriod = TimeSpan.FromSeconds(30);

    public string Name => "orders-sweep";
    public string Cron => "* * * * *";
    public TimeSpan MaxDuration => TimeSpan.FromMinutes(10);
    public TimeSpan LateAfter => TimeSpan.FromMinutes(30);
    public bool IsSweep => true;

    public Task RunAsync(CancellationToken cancellationToken) =>
        effects.SweepAsync(clock.GetUtcNow() - GracePeriod, (id, e) => LogFailed(logger, e, id.ToString()), cancellationToken);

    [LoggerMessage(LogLevel.Error, "Applying the effects of order {Order} failed; retrying at the next run")]
    private static partial void LogFailed(ILogger logger, Exception exception, string order);
}
