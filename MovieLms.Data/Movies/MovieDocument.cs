using MongoDB.Bson;

namespace MovieLms.Data.Movies;

/// <summary>
/// A movie as it is read. Fields that serve only queries and sums (<see cref="MovieFields.Internal"/>) are written by pipelines and
/// have no member here, so the driver skips them. A projection would save few bytes and make the server rebuild every document.
/// </summary>
public sealed record MovieDocument
{
    public ObjectId Id { get; init; }
    public required string Title { get; init; }
    public string? Genre { get; init; }
    public int? Year { get; init; }
    public MovieDirector? Director { get; init; }
    public int? RuntimeMinutes { get; init; }
    public string? Distributor { get; init; }
    public string? MpaaRating { get; init; }
    public MovieGross? Gross { get; init; }
    public long? Budget { get; init; }
    public DateOnly? ReleaseDate { get; init; }

    /// <summary>The imported rating weighted by its votes, together with the reviews; null when there are neither.</summary>
    public double? Rating { get; init; }

    /// <summary>Imported votes and reviews together.</summary>
    public long RatingCount { get; init; }

    /// <summary>Whether the movie has a poster, which is stored as an image.</summary>
    public bool HasPoster { get; init; }
    public long Version { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset UpdatedAt { get; init; }
    public DateTimeOffset? DeletedAt { get; init; }
    public ObjectId? DeletedBy { get; init; }
    public DateTimeOffset? ArchivedAt { get; init; }
    public ObjectId? ArchivedBy { get; init; }
}

/// <summary>Who directed the movie.</summary>
public sealed record MovieDirector(string? Name, string? Nationality);

/// <summary>Gross revenue in whole US dollars.</summary>
public sealed record MovieGross(long? Us, long? Worldwide);
