using MovieLms.Application.Orders;
using MovieLms.Data.Orders;

namespace MovieLms.ApiService.Orders;

/// <summary>Applies the effects of an order's change at once. The Worker retries those that fail.</summary>
internal sealed partial class OrderFollowUp(OrderEffects effects, ILogger<OrderFollowUp> logger)
{
    /// <summary>Applies the effects and logs failures. The status is already stored, so the request must not fail.</summary>
    internal async Task TryApplyAsync(OrderDocument order)
    {
        try
        {
            await effects.ApplyAsync(order, CancellationToken.None);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            LogFailed(logger, e, order.Id.ToString());
        }
    }

    [LoggerMessage(LogLevel.Warning, "The effects of the change of order {Order} could not be applied; the Worker retries them")]
    private static partial void LogFailed(ILogger logger, Exception exception, string order);
}
