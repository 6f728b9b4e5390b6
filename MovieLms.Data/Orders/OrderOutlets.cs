using MongoDB.Bson;

namespace MovieLms.Data.Orders;

/// <summary>Draws a paid order's receipt as a PDF.</summary>
public delegate void ReceiptRenderer(OrderDocument order, Stream destination);

/// <summary>Notifies users of one thing; the services' notifier does it.</summary>
/// <param name="userIds">Whom.</param>
/// <param name="kind">What it is about.</param>
/// <param name="title">One line.</param>
/// <param name="text">Plain text.</param>
/// <param name="link">A path of this product.</param>
/// <param name="key">Unique a user: makes a repeat harmless.</param>
/// <param name="cancellationToken">Stops.</param>
public delegate Task OrderNotifier(
    IReadOnlyCollection<ObjectId> userIds,
    string kind,
    string title,
    string text,
    string? link,
    string? key,
    CancellationToken cancellationToken
);

/// <summary>Says to a customer's open connections that an order has another status; the services' live events do it.</summary>
/// <param name="orderId">Which.</param>
/// <param name="customerId">Whose.</param>
/// <param name="orderNumber">As people read it.</param>
/// <param name="item">What was ordered.</param>
/// <param name="status">By its contract name, such as <c>paid</c>.</param>
/// <param name="changedAt">When.</param>
public delegate Task OrderAnnouncer(
    ObjectId orderId,
    ObjectId customerId,
    string orderNumber,
    string item,
    string status,
    DateTimeOffset changedAt
);

/// <summary>What <see cref="OrderEffects"/> reaches people by; a service that applies effects hands over its own.</summary>
/// <param name="Receipt">Draws receipts.</param>
/// <param name="Notify">Stores notifications, each once, and says them.</param>
/// <param name="Announce">Says a status to open connections.</param>
public sealed record OrderOutlets(ReceiptRenderer Receipt, OrderNotifier Notify, OrderAnnouncer Announce);
