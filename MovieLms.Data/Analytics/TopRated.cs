using MongoDB.Bson;
using MongoDB.Bson.Serialization.Attributes;
using MovieLms.Data.Movies;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Analytics;

/// <summary>A movie among the best.</summary>
public sealed record TopMovie(string Title, double Rating, string? Genre);

/// <summary>A movie among the best, with what one may want to know of it.</summary>
public sealed record RankedMovie
{
    [BsonRepresentation(BsonType.ObjectId)]
    public required string Id { get; init; }
    public required string Title { get; init; }
    public string? Genre { get; init; }
    public int? Year { get; init; }
    public MovieDirector? Director { get; init; }
    public double Rating { get; init; }
    public long RatingCount { get; init; }

    /// <summary>The rating in the five-star scale.</summary>
    public double RatingOutOfFive { get; init; }
}

/// <summary>Rated movies by rating, then number of votes, then title. Unrated movies are left out.</summary>
internal static class TopRated
{
    internal static readonly BsonDocument[] BestFive = PipelineText.Parse(
        """
        [
          { $match: { rating: { $gte: 0 }, deletedAt: null } },
          { $sort: { rating: -1, ratingCount: -1, title: 1, _id: 1 } },
          { $limit: 5 },
          { $project: { _id: 0, title: 1, rating: 1, genre: 1 } }
        ]
        """
    );

    // Stages sets the minimum number of votes on a copy.
    private static readonly BsonDocument[] Ranked = PipelineText.Parse(
        """
        [
          { $match: { rating: { $gte: 0 }, ratingCount: { $gte: 0 }, deletedAt: null } },
          { $sort: { rating: -1, ratingCount: -1, title: 1, _id: 1 } }
        ]
        """
    );

    private static readonly BsonDocument[] Scaled = PipelineText.Parse(
        """
        [ { $addFields: { ratingOutOfFive: { $divide: [ "$rating", 2 ] } } } ]
        """
    );

    /// <summary>Returns the stages that skip some of the best movies. Movies with fewer votes than the minimum are left out.</summary>
    internal static BsonDocument[] Stages(int skip, int limit, long minVotes)
    {
        var match = Ranked[0].DeepClone().AsBsonDocument;
        match["$match"]["ratingCount"]["$gte"] = minVotes;
        return
        [
            match,
            Ranked[1],
            PipelineText.Stage("$skip", skip),
            PipelineText.Stage("$limit", limit),
            .. Scaled,
            PipelineText.Stage("$unset", new BsonArray(MovieFields.Internal)),
        ];
    }
}
