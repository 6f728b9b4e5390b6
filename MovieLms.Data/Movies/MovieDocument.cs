using MongoDB.Bson;

namespace MovieLms.Data.Movies;

/// <summary>A film as it is stored.</summary>
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
    public double? ImportedRating { get; init; }
    public long ImportedVotes { get; init; }

    /// <summary>The sum of the reviews' ratings in tenths: whole numbers, so that adding and taking away is exact in any order.</summary>
    public long ReviewTenths { get; init; }
    public long ReviewCount { get; init; }

    /// <summary>The title folded for sorting; see <see cref="SearchWords.Fold"/>.</summary>
    public string? TitleKey { get; init; }

    /// <summary>The genre folded for filtering.</summary>
    public string? GenreKey { get; init; }

    /// <summary>The year for sorting, <see cref="MovieFields.NoYear"/> when there is none.</summary>
    public int YearKey { get; init; }

    /// <summary>The rating for sorting, <see cref="MovieFields.NoRating"/> when there is none.</summary>
    public double RatingKey { get; init; }

    /// <summary>Words of the title and the director's name; see <see cref="SearchWords.Of"/>.</summary>
    public IReadOnlyList<string>? Words { get; init; }
    public IReadOnlyList<string>? DirectorWords { get; init; }
    public long Version { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset UpdatedAt { get; init; }
    public DateTimeOffset? DeletedAt { get; init; }
}

/// <summary>Who directed the film.</summary>
public sealed record MovieDirector(string? Name, string? Nationality);

/// <summary>Takings in whole US dollars.</summary>
public sealed record MovieGross(long? Us, long? Worldwide);
