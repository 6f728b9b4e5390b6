using System.Globalization;
using MovieLms.Data.PersonalData;

namespace MovieLms.ApiService.PersonalData;

/// <summary>
/// Ratings in the format of Letterboxd's import (https://letterboxd.com/about/importing-data/): UTF-8, a header, and for each movie a
/// title, a year, directors, a rating in whole numbers from 1 to 10, and a review. The optional date on which the movie was watched is left
/// out, because MovieLms does not know it and Letterboxd would add a diary entry for it.
/// </summary>
internal static class LetterboxdCsv
{
    internal const string FileName = "letterboxd-ratings.csv";
    internal const string Header = "Title,Year,Directors,Rating10,Review";

    /// <summary>
    /// Returns a line. Unlike in the other files, texts that look like formulas are not changed, because Letterboxd searches for the exact
    /// title.
    /// </summary>
    internal static string ToLine(RatedMovie movie) =>
        string.Join(
            ',',
            Quote(movie.Title),
            movie.Year?.ToString(CultureInfo.InvariantCulture),
            Quote(movie.Director ?? string.Empty),
            ToRating(movie.Rating).ToString(CultureInfo.InvariantCulture),
            Quote(movie.Comment ?? string.Empty)
        );

    /// <summary>Letterboxd's lowest rating is 1.</summary>
    internal static int ToRating(double rating) => Math.Clamp((int)Math.Round(rating, MidpointRounding.AwayFromZero), 1, 10);

    private static string Quote(string text) =>
        text.AsSpan().ContainsAny(",\"\r\n") ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
}
