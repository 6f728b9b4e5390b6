namespace MovieLms.Data.Movies;

/// <summary>What people say about a film, and what an import brings: everything but what is computed.</summary>
public sealed record MovieDetails
{
    /// <summary>At most <see cref="MovieLimits.Title"/> characters, trimmed, not empty.</summary>
    public required string Title { get; init; }
    public string? Genre { get; init; }

    /// <summary>Taken from <see cref="ReleaseDate"/> when absent.</summary>
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

/// <summary>One film of an import, already checked against <see cref="MovieLimits"/>.</summary>
/// <param name="Details">Nulls leave what is stored as it is.</param>
/// <param name="Rating">0 to 10, from elsewhere; null leaves the stored one as it is.</param>
/// <param name="Votes">How many votes stand behind <paramref name="Rating"/>.</param>
public sealed record MovieImportRow(MovieDetails Details, double? Rating, long Votes);

/// <summary>What a batch did. A film that was imported before counts as updated, changed or not.</summary>
public readonly record struct MovieUpsertResult(int Created, int Updated);

/// <summary>The bounds of a film's fields, for the API's validation and the importer's alike.</summary>
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
    public const double HighestRating = 10;
    public const int Votes = 1_000_000_000;
    public const int RuntimeMinutes = 10_000;
    public const long Money = 1_000_000_000_000;
}
