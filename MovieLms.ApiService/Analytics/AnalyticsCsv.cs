using System.Globalization;
using System.Text;
using MovieLms.Application.Imports;
using MovieLms.Data.Analytics;

namespace MovieLms.ApiService.Analytics;

/// <summary>
/// The catalogue's figures as CSV (RFC 4180, UTF-8), one kind of figure a row: <c>part</c> is the analytic's name as in its path, and
/// the columns that a part has nothing for stay empty. Numbers are as exact as in the API's JSON; text that a spreadsheet
/// would run as a formula is kept as text.
/// </summary>
internal static class AnalyticsCsv
{
    /// <summary>
    /// The columns. <c>name</c> is a year, a genre, a band or a title, empty for films without one; <c>films</c> is a count.
    /// </summary>
    internal const string Header = "part,name,genre,year,films,rating,votes";

    /// <summary>The whole file.</summary>
    internal static byte[] Render(CatalogFigures figures)
    {
        var text = new StringBuilder(Header).Append("\r\n");
        foreach (var year in figures.MoviesByYear)
            Row(text, "movies-by-year", Text(year.Year), "", Text(year.Year), Text(year.Count));
        foreach (var genre in figures.RatingsByGenre)
            Row(text, "ratings-by-genre", genre.Genre ?? "", genre.Genre ?? "", "", Text(genre.Count), Text(genre.AverageRating));
        // The name says what the band means, as in the report; a dash between two small numbers would be read as a date.
        foreach (var (band, i) in figures.Ratings.Buckets.Select((band, i) => (band, i)))
        {
            Row(
                text,
                "rating-buckets",
                string.Create(CultureInfo.InvariantCulture, $"{i} to {i + 1}"),
                "",
                "",
                Text(band.Count),
                Text(band.AverageRating)
            );
        }

        Row(text, "rating-buckets", "unrated", "", "", Text(figures.Ratings.Other));
        foreach (var film in figures.TopRated)
            Row(text, "top-rated", film.Title, film.Genre ?? "", Text(film.Year), "", Text(film.Rating), Text(film.RatingCount));
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static void Row(
        StringBuilder text,
        string part,
        string name,
        string genre,
        string year,
        string films,
        string rating = "",
        string votes = ""
    ) => text.AppendJoin(',', part, ErrorsCsv.Cell(name), ErrorsCsv.Cell(genre), year, films, rating, votes).Append("\r\n");

    private static string Text(IFormattable? number) => number?.ToString(null, CultureInfo.InvariantCulture) ?? "";
}
