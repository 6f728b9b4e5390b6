namespace MovieLms.Data.Analytics;

/// <summary>The figures of the catalog report. Each part equals the response of the API's analytic of the same name.</summary>
/// <param name="MoviesByYear">Earliest year first, after the movies without a year (null).</param>
/// <param name="RatingsByGenre">Highest average first. Movies without a genre are counted under null.</param>
/// <param name="Ratings">Movies per rating band of one point; see <see cref="Bands"/>.</param>
/// <param name="TopRated">The top-rated movies, best first, at most <see cref="MaxMovies"/>.</param>
public sealed record CatalogFigures(
    IReadOnlyList<YearCount> MoviesByYear,
    IReadOnlyList<GenreRating> RatingsByGenre,
    RatingHistogram Ratings,
    IReadOnlyList<RankedMovie> TopRated
)
{
    /// <summary>Maximum number of top-rated movies in the report.</summary>
    public const int MaxMovies = 25;

    /// <summary>The bounds of the rating bands. Upper bounds are exclusive, so the last is above 10, the highest rating.</summary>
    public static IReadOnlyList<double> Bands { get; } = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11];

    /// <summary>Number of movies.</summary>
    public int Films => MoviesByYear.Sum(year => year.Count);

    /// <summary>Number of movies that have a rating.</summary>
    public int Rated => Ratings.Buckets.Sum(bucket => bucket.Count);

    /// <summary>Mean rating of the rated movies; null when there are none.</summary>
    public double? MeanRating => Rated == 0 ? null : Ratings.Buckets.Sum(bucket => bucket.Count * (bucket.AverageRating ?? 0)) / Rated;
}
