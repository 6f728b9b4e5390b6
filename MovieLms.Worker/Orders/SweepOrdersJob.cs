using MovieLms.Data.Orders;
using MovieLms.Reports;
using MovieLms.ServiceDefaults.Caching;
using MovieLms.ServiceDefaults.Live;
using MovieLms.Worker.Jobs;

namespace MovieLms.Worker.Orders;

/// <summary>Repeats what should have followed from an order's change and did not: the receipt, the enrolment, the news.</summary>
internal sealed partial class SweepOrdersJob(OrderEffects effects, OrderNews news, JsonCache cache, TimeProvider clock, ILogger<SweepOrdersJob> logger) : IRecurringJob
{
    /// <summary>Younger ones belong to a request that still runs.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);

    public string Name => "orders-sweep";
    public string Cron => "* * * * *";
    public TimeSpan Longest => TimeSpan.FromMinutes(10);
    public TimeSpan LateAfter => TimeSpan.FromMinutes(30);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var due = await effects.SweepAsync(clock.GetUtcNow() - Grace, OrderReceipt.Render, TellAsync, (id, e) => LogFailed(logger, e, id.ToString()), cancellationToken);
        // A delivery that was ended here changed what the analytics say.
        if (due > 0) await cache.DropOrdersAsync(CancellationToken.None);
    }

    private Task TellAsync(OrderDocument order, OrderChange change, string title, string text, string key, CancellationToken cancellationToken) =>
        news.TellAsync(
            new OrderChangedMessage(
                order.Id.ToString(), order.CustomerId.ToString(), order.Number, order.Item, System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(change.Status.ToString()), change.At),
            title, text, key, cancellationToken);

    [LoggerMessage(LogLevel.Error, "What follows from the change of order {Order} could not be done; it is tried again")]
    private static partial void LogFailed(ILogger logger, Exception exception, string order);
}
