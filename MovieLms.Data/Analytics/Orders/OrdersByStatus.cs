using MovieLms.Data.Orders;

namespace MovieLms.Data.Analytics.Orders;

/// <summary>What was ordered in a currency, by where it stands.</summary>
public sealed record CurrencyOrders
{
    /// <summary>ISO 4217, three capitals.</summary>
    public required string Currency { get; init; }

    /// <summary>Paid, delivered or not.</summary>
    public int PaidOrders { get; init; }
    public decimal PaidAmount { get; init; }

    /// <summary>Neither paid nor cancelled.</summary>
    public int UnpaidOrders { get; init; }
    public decimal UnpaidAmount { get; init; }
    public int CancelledOrders { get; init; }
    public decimal CancelledAmount { get; init; }
}

/// <summary>Paid, unpaid and canceled orders per currency, in one pass: <c>$cond</c> selects the sums that an order adds to.</summary>
internal static class OrdersByStatus
{
    internal static readonly ExplainedPipeline Pipeline = new(
        OrderEntity.Collection,
        [
            new(
                "Adds up the orders and amounts of each currency in one pass. $cond lets an order count only where its status belongs.",
                """
                { $group: {
                  _id: "$currency",
                  paidOrders: { $sum: { $cond: [ { $in: [ "$status", [ "Paid", "Delivered" ] ] }, 1, 0 ] } },
                  paidAmount: { $sum: { $cond: [ { $in: [ "$status", [ "Paid", "Delivered" ] ] }, "$amount", 0 ] } },
                  unpaidOrders: { $sum: { $cond: [ { $eq: [ "$status", "Pending" ] }, 1, 0 ] } },
                  unpaidAmount: { $sum: { $cond: [ { $eq: [ "$status", "Pending" ] }, "$amount", 0 ] } },
                  cancelledOrders: { $sum: { $cond: [ { $eq: [ "$status", "Cancelled" ] }, 1, 0 ] } },
                  cancelledAmount: { $sum: { $cond: [ { $eq: [ "$status", "Cancelled" ] }, "$amount", 0 ] } }
                } }
                """
            ),
            new("Sorts the currencies by their code.", """{ $sort: { _id: 1 } }"""),
            new("Names the key of each group what it is: the currency.", """{ $addFields: { currency: "$_id" } }"""),
            new("Removes the key's old name.", """{ $unset: "_id" }"""),
        ]
    );
}
