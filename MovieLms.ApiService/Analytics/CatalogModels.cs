using MovieLms.Data.Analytics;
using MovieLms.Reports;

namespace MovieLms.ApiService.Analytics;

/// <summary>Converts the catalog's analytics to the model of its report.</summary>
internal static class CatalogModels
{
    internal static CatalogModel ToModel(this CatalogFigures figures) =>
        new(figures.Films, figures.Rated, figures.MeanRating)
        {
            Years = [.. figures.MoviesByYear.Select(year => new YearFigure(year.Year, year.Count))],
            Genres = [.. figures.RatingsByGenre.Select(genre => new GenreFigure(genre.Genre, genre.AverageRating, genre.Count))],
            RatingBands = [.. figures.Ratings.Buckets.Select(bucket => bucket.Count)],
            Unrated = figures.Ratings.Other,
            TopRated =
            [
                .. figures.TopRated.Select(movie => new RankedFigure(
                    movie.Title,
                    movie.Director?.Name,
                    movie.Genre,
                    movie.Year,
                    movie.Rating,
                    movie.RatingCount
                )),
            ],
        };
}
