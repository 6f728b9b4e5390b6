using MongoDB.Bson;
using MongoDB.Bson.Serialization.Attributes;
using MovieLms.Data.Orders;

namespace MovieLms.Data.Analytics.Orders;

/// <summary>What was ordered of a course.</summary>
public sealed record ItemOrders
{
    [BsonRepresentation(BsonType.ObjectId)]
    public required string CourseId { get; init; }

    /// <summary>The course's title as on the latest order.</summary>
    public required string Item { get; init; }
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

/// <summary>Orders per course, largest quantity first. Canceled orders do not count.</summary>
internal static class OrdersByItem
{
    internal static readonly ExplainedPipeline Pipeline = new(
        OrderEntity.Collection,
        [
            new("Leaves out canceled orders.", """{ $match: { status: { $in: [ "Pending", "Paid", "Delivered" ] } } }"""),
            new(
                "Adds up the orders of each course and currency. IDs grow with time, so the greatest pair of ID and title has the "
                    + "latest title.",
                """
                { $group: {
                  _id: { course: "$courseId", currency: "$currency" },
                  orders: { $sum: 1 }, quantity: { $sum: "$quantity" }, amount: { $sum: "$amount" },
                  latest: { $max: { id: "$_id", item: "$item" } }
                } }
                """
            ),
            new(
                "Merges the currencies of each course into one group with a total per currency, because amounts in different currencies "
                    + "cannot be added up.",
                """
                { $group: {
                  _id: "$_id.course",
                  orders: { $sum: "$orders" }, quantity: { $sum: "$quantity" },
                  totals: { $push: { currency: "$_id.currency", amount: "$amount" } },
                  latest: { $max: "$latest" }
                } }
                """
            ),
            new("Puts the course that sold most first.", """{ $sort: { quantity: -1, _id: 1 } }"""),
            new("Bounds the answer.", """{ $limit: 1000 }"""),
            new(
                "Names the course and its latest title.",
                """{ $project: { _id: 0, courseId: "$_id", item: "$latest.item", orders: 1, quantity: 1, totals: 1 } }"""
            ),
        ]
    );
}
