using MongoDB.Bson;

namespace MovieLms.Data.Reviews;

/// <summary>A review of a movie by a user as it is stored.</summary>
public sealed record ReviewDocument
{
    public ObjectId Id { get; init; }
    public ObjectId MovieId { get; init; }
    public ObjectId UserId { get; init; }

    /// <summary>0 to 10, in tenths.</summary>
    public double Rating { get; init; }
    public string? Comment { get; init; }
    public long Version { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset UpdatedAt { get; init; }
    public DateTimeOffset? DeletedAt { get; init; }

    /// <summary>The cascade that deleted it; absent if it was deleted on its own.</summary>
    public ObjectId? DeletedBy { get; init; }

    /// <summary>Set while its author is archived.</summary>
    public DateTimeOffset? ArchivedAt { get; init; }
    public ObjectId? ArchivedBy { get; init; }

    /// <summary>The amount that it adds to its movie's <c>reviewTenths</c>.</summary>
    internal long Tenths => TenthsOf(Rating);

    internal static long TenthsOf(double rating) => (long)Math.Round(rating * 10);
}

/// <summary>A review with its author's name and its movie's title.</summary>
public sealed record ReviewView
{
    public ObjectId Id { get; init; }
    public ObjectId MovieId { get; init; }

    /// <summary>Null when the movie is gone.</summary>
    public string? MovieTitle { get; init; }
    public ObjectId UserId { get; init; }

    /// <summary>Null when the account is gone.</summary>
    public string? Username { get; init; }
    public double Rating { get; init; }
    public string? Comment { get; init; }
    public long Version { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset UpdatedAt { get; init; }
}

/// <summary>The limits of a review's fields.</summary>
public static class ReviewLimits
{
    public const double MaxRating = 10;
    public const int Comment = 4_000;
}

/// <summary>The field names of a stored review, for filters and pipelines.</summary>
internal static class ReviewFields
{
    internal const string Id = "_id";
    internal const string MovieId = "movieId";
    internal const string UserId = "userId";
    internal const string CreatedAt = "createdAt";
    internal const string DeletedAt = "deletedAt";
    internal const string ArchivedAt = "archivedAt";
}
