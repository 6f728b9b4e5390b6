using MongoDB.Bson;
using MongoDB.Bson.Serialization.Attributes;
using MovieLms.Data.Orders;

namespace MovieLms.Data.Analytics.Orders;

/// <summary>What a customer ordered.</summary>
public sealed record CustomerOrders
{
    [BsonRepresentation(BsonType.ObjectId)]
    public required string CustomerId { get; init; }

    /// <summary>As on the latest order.</summary>
    public required string CustomerName { get; init; }
    public int Orders { get; init; }
    public int Quantity { get; init; }

    /// <summary>One a currency, by its code.</summary>
    // Sorted here because $push does not keep the order on every server.
    public IReadOnlyList<CurrencyTotal> Totals
    {
        get;
        init => field = [.. value.OrderBy(total => total.Currency, StringComparer.Ordinal)];
    } = [];
}

/// <summary>
/// Totals per customer, most orders first. Grouped twice: by customer and currency, then by customer. The latest name is the
/// greatest pair of ID and name, because IDs grow with time.
/// </summary>
internal static class OrdersByCustomer
{
    private static readonly ExplainedStage[] Grouped =
    [
        new(
            "Adds up the orders of each customer and currency. IDs grow with time, so the greatest pair of ID and name has the latest "
                + "name.",
            """
            { $group: {
              _id: { customer: "$customerId", currency: "$currency" },
              orders: { $sum: 1 }, quantity: { $sum: "$quantity" }, amount: { $sum: "$amount" },
              latest: { $max: { id: "$_id", name: "$customerName" } }
            } }
            """
        ),
        new(
            "Merges the currencies of each customer into one group with a total per currency, because amounts in different currencies "
                + "cannot be added up.",
            """
            { $group: {
              _id: "$_id.customer",
              orders: { $sum: "$orders" }, quantity: { $sum: "$quantity" },
              totals: { $push: { currency: "$_id.currency", amount: "$amount" } },
              latest: { $max: "$latest" }
            } }
            """
        ),
        new("Puts the customer with the most orders first.", """{ $sort: { orders: -1, _id: 1 } }"""),
    ];

    private static readonly ExplainedStage Projected = new(
        "Names the customer and their latest name.",
        """{ $project: { _id: 0, customerId: "$_id", customerName: "$latest.name", orders: 1, quantity: 1, totals: 1 } }"""
    );

    internal static ExplainedPipeline Pipeline(OrderStatus? status, int limit) =>
        new(
            OrderEntity.Collection,
            [
                .. status is { } wanted
                    ? [new("Keeps the orders of the chosen status.", "$match", new BsonDocument(OrderFields.Status, wanted.ToString()))]
                    : Array.Empty<ExplainedStage>(),
                .. Grouped,
                new("Keeps as many customers as the longest list may have.", "$limit", limit),
                Projected,
            ]
        );
}
