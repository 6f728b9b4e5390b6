namespace MovieLms.Data.Analytics;

/// <summary>What the report on the catalogue says; each part is what the API's analytic of the same name gives.</summary>
/// <param name="MoviesByYear">Ascending; films whose year is unknown first, under null.</param>
/// <param name="RatingsByGenre">Highest average first; films without a genre under null.</param>
/// <param name="Ratings">Films by rating in bands of one point, see <see cref="Bands"/>.</param>
/// <param name="TopRated">The best films, best first, at most <see cref="MaxMovies"/>.</param>
public sealed record CatalogFigures(
    IReadOnlyList<YearCount> MoviesByYear,
    IReadOnlyList<GenreRating> RatingsByGenre,
    RatingHistogram Ratings,
    IReadOnlyList<RankedMovie> TopRated
)
{
    /// <summary>As many films the report lists.</summary>
    public const int MaxMovies = 25;

    /// <summary>Where the bands begin. A bucket's end is exclusive, so the last ends beyond 10, the highest rating there is.</summary>
    public static IReadOnlyList<double> Bands { get; } = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11];

    /// <summary>All films.</summary>
    public int Films => MoviesByYear.Sum(year => year.Count);

    /// <summary>Films that have a rating.</summary>
    public int Rated => Ratings.Buckets.Sum(bucket => bucket.Count);

    /// <summary>The mean over the rated films; null when there are none.</summary>
    public double? MeanRating => Rated == 0 ? null : Ratings.Buckets.Sum(bucket => bucket.Count * (bucket.AverageRating ?? 0)) / Rated;
}
