using MongoDB.Bson;
using MongoDB.Bson.Serialization.Attributes;
using MovieLms.Data.Storage;

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
    private static readonly BsonDocument[] Counted = PipelineText.Parse(
        """
        [
          { $match: { deletedAt: null, archivedAt: null } },
          { $group: { _id: "$userId", reviewCount: { $sum: 1 }, averageRating: { $avg: "$rating" } } },
          { $sort: { reviewCount: -1, averageRating: -1, _id: 1 } }
        ]
        """
    );

    private static readonly BsonDocument[] Joined = PipelineText.Parse(
        """
        [
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
          } },
          { $lookup: { from: "users", localField: "_id", foreignField: "_id", as: "user" } },
          { $project: {
            _id: 0, userId: "$_id", reviewCount: 1, averageRating: 1, movies: 1, username: { $arrayElemAt: [ "$user.username", 0 ] }
          } }
        ]
        """
    );

    internal static BsonDocument[] Stages(int limit) => [.. Counted, PipelineText.Stage("$limit", limit), .. Joined];
}
