using MongoDB.Bson;

namespace MovieLms.Data.Orders;

/// <summary>Where an order stands.</summary>
public enum OrderStatus
{
    /// <summary>Not paid yet.</summary>
    Pending,

    /// <summary>Paid. The customer gets a receipt.</summary>
    Paid,

    /// <summary>Paid, and the customer is enrolled in the course.</summary>
    Delivered,

    /// <summary>Canceled before delivery.</summary>
    Cancelled,
}

/// <summary>An order as it is stored. Title, price and customer name are those at the time of the order.</summary>
public sealed record OrderDocument
{
    public ObjectId Id { get; init; }

    /// <summary>The unique, readable number, such as <c>MO-20261125-7K3QXA</c>: the day (UTC) and six letters or digits.</summary>
    public required string Number { get; init; }
    public required ObjectId CustomerId { get; init; }
    public required string CustomerName { get; init; }
    public required ObjectId CourseId { get; init; }

    /// <summary>The course's title.</summary>
    public required string Item { get; init; }

    /// <summary>1 to <see cref="OrderLimits.Quantity"/>; up to 100 in orders from before that limit.</summary>
    public int Quantity { get; init; } = 1;

    /// <summary>The price of one, in units of <see cref="Currency"/>.</summary>
    public decimal UnitPrice { get; init; }

    /// <summary>The total price, in units of <see cref="Currency"/>.</summary>
    public decimal Amount { get; init; }

    /// <summary>ISO 4217, three capitals.</summary>
    public required string Currency { get; init; }
    public OrderStatus Status { get; init; }

    /// <summary>All statuses of the order, the current one last.</summary>
    public IReadOnlyList<OrderChange> History { get; init; } = [];

    /// <summary>Set during delivery. The order cannot be canceled then, and the Worker completes the delivery after a crash.</summary>
    public OrderDelivery? Delivery { get; init; }

    /// <summary>
    /// Set by the write that changes the status, and removed after receipt, enrollment and notification. Until then the Worker retries
    /// them.
    /// </summary>
    public DateTimeOffset? EffectsDueAt { get; init; }

    /// <summary>When the receipt was added to the outbox; null before, and for orders paid before this was recorded.</summary>
    public DateTimeOffset? ReceiptSentAt { get; init; }
    public long Version { get; init; } = 1;
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset UpdatedAt { get; init; }

    /// <summary>When it was paid; null if it was not.</summary>
    internal DateTimeOffset? PaidAt => History.FirstOrDefault(change => change.Status == OrderStatus.Paid)?.At;
}

/// <summary>A status that an order took.</summary>
/// <param name="Status">The new status.</param>
/// <param name="At">When it changed.</param>
/// <param name="By">The user who changed it.</param>
public sealed record OrderChange(OrderStatus Status, DateTimeOffset At, ObjectId By);

/// <summary>A delivery in progress.</summary>
/// <param name="By">The administrator who delivers.</param>
/// <param name="At">When it started.</param>
public sealed record OrderDelivery(ObjectId By, DateTimeOffset At);

/// <summary>The limits of an order's fields.</summary>
public static class OrderLimits
{
    /// <summary>Maximum quantity. An order enrolls only its customer, so further seats could not be used.</summary>
    public const int Quantity = 1;
}

/// <summary>The field names of a stored order, for filters and pipelines.</summary>
internal static class OrderFields
{
    internal const string Id = "_id";
    internal const string Number = "number";
    internal const string CustomerId = "customerId";
    internal const string CourseId = "courseId";
    internal const string Status = "status";
    internal const string Delivery = "delivery";
    internal const string EffectsDueAt = "effectsDueAt";
    internal const string Version = "version";
}
