using MongoDB.Bson;
using MongoDB.Bson.Serialization.Attributes;
using MovieLms.Data.Reviews;

namespace MovieLms.Data.Analytics;

/// <summary>A user by what they reviewed.</summary>
public sealed record Reviewer
{
    [BsonRepresentation(BsonType.ObjectId)]
    public required string UserId { get; init; }

    /// <summary>Null when the account is gone.</summary>
    public string? Username { get; init; }
    public int ReviewCount { get; init; }
    public double AverageRating { get; init; }

    /// <summary>The movies rated last, at most twenty; deleted ones are left out.</summary>
    public IReadOnlyList<ReviewedMovie> Movies { get; init; } = [];
}

/// <summary>A movie and the rating that the reviewer gave it.</summary>
public sealed record ReviewedMovie
{
    [BsonRepresentation(BsonType.ObjectId)]
    [BsonElement("id")]
    public required string Id { get; init; }
    public required string Title { get; init; }
    public double Rating { get; init; }
}

/// <summary>
/// The users with the most reviews, then the highest average rating. Only the users of the result are joined with their movies,
/// through the index on a review's user.
/// </summary>
internal static class Reviewers
{
    private static readonly ExplainedStage[] Counted =
    [
        new("Leaves out deleted reviews and those of archived users.", """{ $match: { deletedAt: null, archivedAt: null } }"""),
        new(
            "Counts the reviews of each user and averages their ratings.",
            """{ $group: { _id: "$userId", reviewCount: { $sum: 1 }, averageRating: { $avg: "$rating" } } }"""
        ),
        new(
            "Puts the most active users first. The higher average decides between equal numbers of reviews.",
            """{ $sort: { reviewCount: -1, averageRating: -1, _id: 1 } }"""
        ),
    ];

    private static readonly ExplainedStage[] Joined =
    [
        new(
            "Looks up the latest twenty ratings of each user with the titles of the movies. An index on the user makes this cheap.",
            """
            { $lookup: {
              from: "reviews", localField: "_id", foreignField: "userId", as: "movies", pipeline: [
                { $match: { deletedAt: null, archivedAt: null } },
                { $sort: { createdAt: -1, _id: -1 } },
                { $limit: 20 },
                { $lookup: { from: "movies", localField: "movieId", foreignField: "_id", as: "movie" } },
                { $unwind: "$movie" },
                { $match: { "movie.deletedAt": null } },
                { $project: { _id: 0, id: "$movieId", title: "$movie.title", rating: 1 } }
              ]
            } }
            """
        ),
        new(
            "Looks up the account of each user, for the name.",
            """{ $lookup: { from: "users", localField: "_id", foreignField: "_id", as: "user" } }"""
        ),
        new(
            "Keeps the name and nothing else of the account.",
            """
            { $project: {
              _id: 0, userId: "$_id", reviewCount: 1, averageRating: 1, movies: 1, username: { $arrayElemAt: [ "$user.username", 0 ] }
            } }
            """
        ),
    ];

    internal static ExplainedPipeline Pipeline(int limit) =>
        new(
            ReviewEntity.Collection,
            [
                .. Counted,
                new("Keeps as many users as the longest list may have. Only these are joined with their movies.", "$limit", limit),
                .. Joined,
            ]
        );
}
