using MovieLms.Data.Orders;
using MovieLms.Reports;
using MovieLms.ServiceDefaults.Live;

namespace MovieLms.ApiService.Orders;

/// <summary>Lets an order's effects follow its change at once; what fails here the Worker repeats.</summary>
internal sealed partial class OrderFollowUp(OrderEffects effects, OrderNews news, ILogger<OrderFollowUp> logger)
{
    /// <summary>The status is stored already: the caller gets their answer whatever happens here.</summary>
    internal async Task TryAsync(OrderDocument order)
    {
        try
        {
            await effects.ApplyAsync(order, OrderReceipt.Render, TellAsync, CancellationToken.None);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            LogLater(logger, e, order.Id.ToString());
        }
    }

    private Task TellAsync(OrderDocument order, OrderChange change, string title, string text, string key, CancellationToken cancellationToken) =>
        news.TellAsync(
            new OrderChangedMessage(
                order.Id.ToString(), order.CustomerId.ToString(), order.Number, order.Item, System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(change.Status.ToString()), change.At),
            title, text, key, cancellationToken);

    [LoggerMessage(LogLevel.Warning, "What follows from the change of order {Order} could not be done; the Worker repeats it")]
    private static partial void LogLater(ILogger logger, Exception exception, string order);
}
