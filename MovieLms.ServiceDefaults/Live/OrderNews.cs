using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using MongoDB.Bson;

namespace MovieLms.ServiceDefaults.Live;

/// <summary>Tells a customer that an order has another status: a notification that is stored once, and word to open connections.</summary>
public sealed class OrderNews(Notifier notifier, LiveEvents live)
{
    /// <summary>Tells it. Can be repeated: the notification is stored once, and an order shown twice in the same status is no harm.</summary>
    /// <param name="message">The order and its status.</param>
    /// <param name="title">The notification's one line.</param>
    /// <param name="text">The notification's text.</param>
    /// <param name="key">Of the notification.</param>
    /// <param name="cancellationToken">Stops before it is stored.</param>
    public async Task TellAsync(OrderChangedMessage message, string title, string text, string key, CancellationToken cancellationToken)
    {
        await notifier.NotifyAsync([ObjectId.Parse(message.CustomerId)], "order", title, text, $"/api/orders/{message.OrderId}", key, cancellationToken);
        await live.OrderChangedAsync(message);
    }
}

/// <summary>Registers the news of orders.</summary>
public static class OrderNewsExtensions
{
    /// <summary>Adds it once, however many services a host holds; the notifier must be there.</summary>
    public static IServiceCollection AddOrderNews(this IServiceCollection services)
    {
        services.TryAddSingleton<OrderNews>();
        return services;
    }
}
