namespace MovieLms.Data.Movies;

/// <summary>The details of a movie that users edit and imports set: all fields except computed ones.</summary>
public sealed record MovieDetails
{
    /// <summary>Trimmed, not empty; up to <see cref="MovieLimits.Title"/> characters.</summary>
    public required string Title { get; init; }
    public string? Genre { get; init; }

    /// <summary>Derived from <see cref="ReleaseDate"/> if null.</summary>
    public int? Year { get; init; }
    public string? DirectorName { get; init; }
    public string? DirectorNationality { get; init; }
    public int? RuntimeMinutes { get; init; }
    public string? Distributor { get; init; }

    /// <summary>The Motion Picture Association's rating, such as <c>PG-13</c>.</summary>
    public string? MpaaRating { get; init; }

    /// <summary>Whole US dollars.</summary>
    public long? GrossUs { get; init; }

    /// <summary>Whole US dollars.</summary>
    public long? GrossWorldwide { get; init; }

    /// <summary>Whole US dollars.</summary>
    public long? Budget { get; init; }
    public DateOnly? ReleaseDate { get; init; }
}

/// <summary>A movie of an import, validated against <see cref="MovieLimits"/>.</summary>
/// <param name="Details">The details. Null leaves a stored value unchanged.</param>
/// <param name="Rating">An external rating from 0 to 10; null leaves the stored one unchanged.</param>
/// <param name="Votes">The number of votes for <paramref name="Rating"/>.</param>
public sealed record MovieImportRow(MovieDetails Details, double? Rating, long Votes);

/// <summary>The result of a batch. A movie that was imported before counts as updated, even if nothing changed.</summary>
public readonly record struct MovieUpsertResult(int Created, int Updated);

/// <summary>The limits of a movie's fields, for the validation of both the API and imports.</summary>
public static class MovieLimits
{
    public const int Title = 300;
    public const int Genre = 100;
    public const int DirectorName = 200;
    public const int Nationality = 100;
    public const int Distributor = 200;
    public const int MpaaRating = 20;
    public const int FirstYear = 1870;
    public const int LastYear = 2200;
    public const double MaxRating = 10;
    public const int Votes = 1_000_000_000;
    public const int RuntimeMinutes = 10_000;
    public const long Money = 1_000_000_000_000;
}
