using MovieLms.Data.Orders;
using MovieLms.Reports;
using MovieLms.ServiceDefaults.Caching;
using MovieLms.ServiceDefaults.Live;
using MovieLms.Worker.Jobs;

namespace MovieLms.Worker.Orders;

/// <summary>Repeats what should have followed from an order's change and did not: the receipt, the enrolment, the news.</summary>
internal sealed partial class SweepOrdersJob(
    OrderEffects effects,
    Notifier notifier,
    LiveEvents live,
    JsonCache cache,
    TimeProvider clock,
    ILogger<SweepOrdersJob> logger
) : IRecurringJob
{
    /// <summary>Younger ones belong to a request that still runs.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);
    private readonly OrderOutlets _outlets = new(OrderReceipt.Render, notifier.NotifyAsync, live.OrderChangedAsync);

    public string Name => "orders-sweep";
    public string Cron => "* * * * *";
    public TimeSpan Longest => TimeSpan.FromMinutes(10);
    public TimeSpan LateAfter => TimeSpan.FromMinutes(30);
    public bool IsSweep => true;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var due = await effects.SweepAsync(
            clock.GetUtcNow() - Grace,
            _outlets,
            (id, e) => LogFailed(logger, e, id.ToString()),
            cancellationToken
        );
        // A delivery that was ended here changed what the analytics say.
        if (due > 0)
            await cache.DropOrdersAsync(CancellationToken.None);
    }

    [LoggerMessage(LogLevel.Error, "What follows from the change of order {Order} could not be done; it is tried again")]
    private static partial void LogFailed(ILogger logger, Exception exception, string order);
}
