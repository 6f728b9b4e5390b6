using MongoDB.Bson;

namespace MovieLms.Data.Orders;

/// <summary>Where an order stands.</summary>
public enum OrderStatus
{
    /// <summary>Not paid yet.</summary>
    Pending,

    /// <summary>Paid; the customer has a receipt.</summary>
    Paid,

    /// <summary>Paid, and the customer is enrolled.</summary>
    Delivered,

    /// <summary>Ended without delivery.</summary>
    Cancelled,
}

/// <summary>An order as it is stored. Title, price and name are those of the moment it was placed.</summary>
public sealed record OrderDocument
{
    public ObjectId Id { get; init; }

    /// <summary>As people read it: <c>MO-20261125-7K3QXA</c>, the day (UTC) and six letters or digits; unique.</summary>
    public required string Number { get; init; }
    public required ObjectId CustomerId { get; init; }
    public required string CustomerName { get; init; }
    public required ObjectId CourseId { get; init; }

    /// <summary>The course's title.</summary>
    public required string Item { get; init; }

    /// <summary>1 to <see cref="OrderLimits.Quantity"/>.</summary>
    public int Quantity { get; init; } = 1;

    /// <summary>Of one, in units of <see cref="Currency"/>.</summary>
    public decimal UnitPrice { get; init; }

    /// <summary>Of all, in units of <see cref="Currency"/>.</summary>
    public decimal Amount { get; init; }

    /// <summary>ISO 4217, three capitals.</summary>
    public required string Currency { get; init; }
    public OrderStatus Status { get; init; }

    /// <summary>Every status it had, the present one last.</summary>
    public IReadOnlyList<OrderChange> History { get; init; } = [];

    /// <summary>Set while an admin delivers: it cannot be cancelled then, and the Worker ends what a crash left.</summary>
    public OrderDelivery? Delivery { get; init; }

    /// <summary>
    /// Set by the very write that changes the status, gone when receipt, enrolment and news have followed: until then the
    /// Worker repeats them.
    /// </summary>
    public DateTimeOffset? EffectsDueAt { get; init; }

    /// <summary>When the receipt was put into the outbox; null before, and for orders that were paid before this was recorded.</summary>
    public DateTimeOffset? ReceiptSentAt { get; init; }
    public long Version { get; init; } = 1;
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset UpdatedAt { get; init; }

    /// <summary>When it was paid; null while it is not.</summary>
    internal DateTimeOffset? PaidAt => History.FirstOrDefault(change => change.Status == OrderStatus.Paid)?.At;
}

/// <summary>A status that an order took.</summary>
/// <param name="Status">Which.</param>
/// <param name="At">When.</param>
/// <param name="By">The user who changed it.</param>
public sealed record OrderChange(OrderStatus Status, DateTimeOffset At, ObjectId By);

/// <summary>A delivery under way.</summary>
/// <param name="By">The admin.</param>
/// <param name="At">Since when.</param>
public sealed record OrderDelivery(ObjectId By, DateTimeOffset At);

/// <summary>The bounds of an order's fields.</summary>
public static class OrderLimits
{
    public const int Quantity = 100;
}

/// <summary>The names of a stored order's fields, for filters and pipelines.</summary>
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
