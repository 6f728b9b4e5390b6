using MovieLms.Application.Orders;
using MovieLms.Data.Orders;

namespace MovieLms.ApiService.Orders;

/// <summary>Lets an order's effects follow its change at once; what fails here the Worker repeats.</summary>
internal sealed partial class OrderFollowUp(OrderEffects effects, ILogger<OrderFollowUp> logger)
{
    /// <summary>The status is stored already: the caller gets their answer whatever happens here.</summary>
    internal async Task TryAsync(OrderDocument order)
    {
        try
        {
            await effects.ApplyAsync(order, CancellationToken.None);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            LogLater(logger, e, order.Id.ToString());
        }
    }

    [LoggerMessage(LogLevel.Warning, "What follows from the change of order {Order} could not be done; the Worker repeats it")]
    private static partial void LogLater(ILogger logger, Exception exception, string order);
}
