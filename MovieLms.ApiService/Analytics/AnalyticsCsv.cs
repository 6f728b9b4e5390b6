using System.Globalization;
using System.Text;
using MovieLms.Application.Imports;
using MovieLms.Data.Analytics;

namespace MovieLms.ApiService.Analytics;

/// <summary>
/// The catalog's figures as CSV (RFC 4180, UTF-8). Each row belongs to the analytic that <c>part</c> names as in its path, and columns
/// that do not apply to it are empty. Numbers have the same precision as in the API's JSON. Text that a spreadsheet would run as a
/// formula is neutralized.
/// </summary>
internal static class AnalyticsCsv
{
    /// <summary>
    /// The columns. <c>name</c> is a year, a genre, a band or a title, empty for movies without one. <c>films</c> is a count.
    /// </summary>
    internal const string Header = "part,name,genre,year,films,rating,votes";

    /// <summary>Returns the complete file.</summary>
    internal static byte[] Render(CatalogFigures figures)
    {
        var text = new StringBuilder(Header).Append("\r\n");
        foreach (var year in figures.MoviesByYear)
            AppendRow(text, "movies-by-year", Text(year.Year), "", Text(year.Year), Text(year.Count));
        foreach (var genre in figures.RatingsByGenre)
            AppendRow(text, "ratings-by-genre", genre.Genre ?? "", genre.Genre ?? "", "", Text(genre.Count), Text(genre.AverageRating));
        // Bands are named "0 to 1" as in the report, because a spreadsheet would read "0-1" as a date.
        foreach (var (band, i) in figures.Ratings.Buckets.Select((band, i) => (band, i)))
        {
            AppendRow(
                text,
                "rating-buckets",
                string.Create(CultureInfo.InvariantCulture, $"{i} to {i + 1}"),
                "",
                "",
                Text(band.Count),
                Text(band.AverageRating)
            );
        }

        AppendRow(text, "rating-buckets", "unrated", "", "", Text(figures.Ratings.Other));
        foreach (var movie in figures.TopRated)
            AppendRow(text, "top-rated", movie.Title, movie.Genre ?? "", Text(movie.Year), "", Text(movie.Rating), Text(movie.RatingCount));
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static void AppendRow(
        StringBuilder text,
        string part,
        string name,
        string genre,
        string year,
        string movies,
        string rating = "",
        string votes = ""
    ) => text.AppendJoin(',', part, ErrorsCsv.Cell(name), ErrorsCsv.Cell(genre), year, movies, rating, votes).Append("\r\n");

    private static string Text(IFormattable? number) => number?.ToString(null, CultureInfo.InvariantCulture) ?? "";
}
