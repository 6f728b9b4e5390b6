using MongoDB.Bson;
using MongoDB.Bson.Serialization.Attributes;
using MovieLms.Data.Movies;

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

    /// <summary>Whether the movie has a poster.</summary>
    public bool HasPoster { get; init; }

    /// <summary>The rating in the five-star scale.</summary>
    public double RatingOutOfFive { get; init; }
}

/// <summary>Rated movies by rating, then number of votes, then title. Unrated movies are left out.</summary>
internal static class TopRated
{
    private const string Order = """{ $sort: { rating: -1, ratingCount: -1, title: 1, _id: 1 } }""";

    internal static readonly ExplainedPipeline BestFive = new(
        MovieEntity.Collection,
        [
            new("Leaves out movies without a rating and deleted movies.", """{ $match: { rating: { $gte: 0 }, deletedAt: null } }"""),
            new("Sorts by rating, then by votes, then by title.", Order),
            new("Keeps the best five.", """{ $limit: 5 }"""),
            new("Returns only what the overview shows.", """{ $project: { _id: 0, title: 1, rating: 1, genre: 1 } }"""),
        ]
    );

    private static readonly ExplainedStage Sorted = new(
        "Puts the highest rating first. More votes decide between equal ratings, then the title.",
        Order
    );

    private static readonly ExplainedStage Scaled = new(
        "Adds the rating on the five-star scale, which is half of it.",
        """{ $addFields: { ratingOutOfFive: { $divide: [ "$rating", 2 ] } } }"""
    );

    private static readonly ExplainedStage Cleaned = new(
        "Removes fields that only the database uses.",
        "$unset",
        new BsonArray(MovieFields.Internal)
    );

    /// <summary>Returns the stages that skip some of the best movies. Movies with fewer votes than the minimum are left out.</summary>
    internal static ExplainedPipeline Pipeline(int skip, int limit, long minVotes) =>
        new(
            MovieEntity.Collection,
            [
                new(
                    "Leaves out movies without a rating, movies with too few votes, and deleted movies.",
                    $$"""{ $match: { rating: { $gte: 0 }, ratingCount: { $gte: {{minVotes}} }, deletedAt: null } }"""
                ),
                Sorted,
                new("Passes over the movies of earlier pages.", "$skip", skip),
                new("Keeps as many movies as the list may have. The database remembers no more while it sorts.", "$limit", limit),
                Scaled,
                Cleaned,
            ]
        );
}
