using System.Globalization;
using System.Text;

namespace MovieLms.Bench.Imports;

/// <summary>Generates movies as CSV rows of about 150 bytes. Every title is different; genres and directors repeat.</summary>
internal static class MovieFile
{
    private static readonly string[] Words = ["Silent", "Golden", "Midnight", "Señora", "River", "Winter", "Paper", "Électrique", "Last"];
    private static readonly string[] Genres = ["Drama", "Comedy", "Thriller/Suspense", "Documentary", "Western", "Romantic Comedy"];
    private static readonly string[] Ratings = ["G", "PG", "PG-13", "R"];

    /// <summary>Returns a file with the movies from number <paramref name="from"/>.</summary>
    internal static byte[] Create(int from, int rows)
    {
        var text = new StringBuilder(
            "title,genre,rating,ratingCount,director.name,director.nationality,runtimeMinutes,distributor,mpaaRating,gross.us,"
                + "gross.worldwide,budget,releaseDate\n"
        );
        for (var i = from; i < from + rows; i++)
        {
            var director = i * 31 % 1_999;
            text.Append(
                CultureInfo.InvariantCulture,
                $"The {Words[i % 9]} {Words[i / 9 % 9]} {i},{Genres[i % 6]},{(i % 10 == 0 ? "," : $"{i % 91 / 10.0},{i % 5_003}")},"
            );
            text.Append(
                CultureInfo.InvariantCulture,
                $"{Words[director % 9]} Director {director},{(i % 3 == 0 ? "France" : "")},{60 + (i % 120)},Studio {i % 50},"
            );
            text.Append(
                CultureInfo.InvariantCulture,
                $"{Ratings[i % 4]},{i * 97L},{i * 211L},{(i % 4 == 0 ? "" : i * 53L)},{(i % 20 == 0 ? "" : Released(i))}\n"
            );
        }
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static string Released(int i) =>
        new DateOnly(1930, 1, 1).AddDays(i * 7 % 32_000).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
