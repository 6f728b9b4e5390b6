using MongoDB.Bson;

namespace MovieLms.Data.Movies;

/// <summary>
/// A film as it is read. What serves only queries and sums (<see cref="MovieFields.Internal"/>) is written by pipelines and has
/// no member here, so that the driver skips it; a projection would have the server rebuild every document to save some bytes.
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
    public long Version { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset UpdatedAt { get; init; }
    public DateTimeOffset? DeletedAt { get; init; }
    public ObjectId? DeletedBy { get; init; }
    public DateTimeOffset? ArchivedAt { get; init; }
    public ObjectId? ArchivedBy { get; init; }
}

/// <summary>Who directed the film.</summary>
public sealed record MovieDirector(string? Name, string? Nationality);

/// <summary>Takings in whole US dollars.</summary>
public sealed record MovieGross(long? Us, long? Worldwide);
