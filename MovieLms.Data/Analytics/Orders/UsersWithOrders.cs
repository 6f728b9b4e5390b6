using MongoDB.Bson;
using MongoDB.Bson.Serialization.Attributes;
using MovieLms.Data.Orders;

namespace MovieLms.Data.Analytics.Orders;

/// <summary>A user and what they ordered.</summary>
public sealed record OrderingUser
{
    [BsonRepresentation(BsonType.ObjectId)]
    public required string UserId { get; init; }
    public required string Username { get; init; }

    /// <summary>All of them, cancelled ones too.</summary>
    public int OrderCount { get; init; }

    /// <summary>The latest first, at most twenty.</summary>
    public IReadOnlyList<UserOrder> Orders { get; init; } = [];
}

/// <summary>An order among a user's.</summary>
public sealed record UserOrder
{
    [BsonRepresentation(BsonType.ObjectId)]
    [BsonElement("id")]
    public required string Id { get; init; }
    public required string OrderNumber { get; init; }
    public required string Item { get; init; }
    public int Quantity { get; init; }
    public decimal Amount { get; init; }
    public required string Currency { get; init; }
    public required OrderStatus Status { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
}

/// <summary>
/// The users with the most orders, each joined with their name and their latest orders through the index on an order's customer.
/// Customers whose account was deleted have no name and are left out; <see cref="OrdersByCustomer"/> includes them.
/// </summary>
internal static class UsersWithOrders
{
    private static readonly ExplainedStage[] Counted =
    [
        new("Counts the orders of each user.", """{ $group: { _id: "$customerId", orderCount: { $sum: 1 } } }"""),
        new("Puts the user with the most orders first.", """{ $sort: { orderCount: -1, _id: 1 } }"""),
        new(
            "Looks up the account of each user and reads only the name.",
            """
            { $lookup: { from: "users", localField: "_id", foreignField: "_id", as: "user", pipeline: [ { $project: { username: 1 } } ] } }
            """
        ),
        new("Leaves out users whose account was deleted: they have no name.", """{ $unwind: "$user" }"""),
    ];

    private static readonly ExplainedStage[] Joined =
    [
        new(
            "Looks up the latest twenty orders of each user. An index on the customer makes this cheap.",
            """
            { $lookup: {
              from: "orders", localField: "_id", foreignField: "customerId", as: "orders", pipeline: [
                { $sort: { _id: -1 } },
                { $limit: 20 },
                { $project: {
                  _id: 0, id: "$_id", orderNumber: "$number", item: 1, quantity: 1, amount: 1, currency: 1,
                  status: 1, createdAt: 1
                } }
              ]
            } }
            """
        ),
        new(
            "Names the user and keeps the orders.",
            """{ $project: { _id: 0, userId: "$_id", username: "$user.username", orderCount: 1, orders: 1 } }"""
        ),
    ];

    internal static ExplainedPipeline Pipeline(int limit) =>
        new(
            OrderEntity.Collection,
            [
                .. Counted,
                new("Keeps as many users as the longest list may have. Only these are joined with their orders.", "$limit", limit),
                .. Joined,
            ]
        );
}
