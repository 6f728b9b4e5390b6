using MongoDB.Bson;
using MongoDB.Bson.Serialization.Attributes;
using MovieLms.Data.Orders;
using MovieLms.Data.Storage;

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
    private static readonly BsonDocument[] Grouped = PipelineText.Parse(
        """
        [
          { $group: {
            _id: { customer: "$customerId", currency: "$currency" },
            orders: { $sum: 1 }, quantity: { $sum: "$quantity" }, amount: { $sum: "$amount" },
            latest: { $max: { id: "$_id", name: "$customerName" } }
          } },
          { $group: {
            _id: "$_id.customer",
            orders: { $sum: "$orders" }, quantity: { $sum: "$quantity" },
            totals: { $push: { currency: "$_id.currency", amount: "$amount" } },
            latest: { $max: "$latest" }
          } },
          { $sort: { orders: -1, _id: 1 } }
        ]
        """
    );

    private static readonly BsonDocument[] Projected = PipelineText.Parse(
        """
        [ { $project: { _id: 0, customerId: "$_id", customerName: "$latest.name", orders: 1, quantity: 1, totals: 1 } } ]
        """
    );

    internal static BsonDocument[] Stages(OrderStatus? status, int limit) =>
        [
            .. status is { } wanted
                ? [PipelineText.Stage("$match", new BsonDocument(OrderFields.Status, wanted.ToString()))]
                : Array.Empty<BsonDocument>(),
            .. Grouped,
            PipelineText.Stage("$limit", limit),
            .. Projected,
        ];
}
