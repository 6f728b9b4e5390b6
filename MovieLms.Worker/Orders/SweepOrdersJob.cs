using MovieLms.Application.Orders;
using MovieLms.Worker.Jobs;

namespace MovieLms.Worker.Orders;

/// <summary>Repeats what should have followed from an order's change and did not: the receipt, the enrolment, the news.</summary>
internal sealed partial class SweepOrdersJob(OrderEffects effects, TimeProvider clock, ILogger<SweepOrdersJob> logger) : IRecurringJob
{
    /// <summary>Younger ones belong to a request that still runs.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);

    public string Name => "orders-sweep";
    public string Cron => "* * * * *";
    public TimeSpan MaxDuration => TimeSpan.FromMinutes(10);
    public TimeSpan LateAfter => TimeSpan.FromMinutes(30);
    public bool IsSweep => true;

    public Task RunAsync(CancellationToken cancellationToken) =>
        effects.SweepAsync(clock.GetUtcNow() - Grace, (id, e) => LogFailed(logger, e, id.ToString()), cancellationToken);

    [LoggerMessage(LogLevel.Error, "What follows from the change of order {Order} could not be done; it is tried again")]
    private static partial void LogFailed(ILogger logger, Exception exception, string order);
}
