using MovieLms.Data.Movies;

namespace MovieLms.Data.Tests.Movies;

/// <summary>Generates random rows of few movies, so that titles, dates and directors repeat.</summary>
internal sealed class MovieRows(int seed, string prefix)
{
    private static readonly string[] Titles = ["Amélie", "Émigré's $7.50", "雨月物語", "Ǆungla 🎬", "THE the The", "Straße (1954)"];
    private static readonly string[] Directors = ["Hayao Miyazaki", "$$ROOT", "Agnès Varda", "THE Amélie", "🎬"];
    private readonly Random _random = new(seed);

    internal MovieImportRow[] Take(int count) => [.. Enumerable.Range(0, count).Select(_ => Next())];

    private MovieImportRow Next()
    {
        var rating = Maybe(() => (double?)Math.Round(_random.NextDouble() * 10, 1));
        return new MovieImportRow(
            new MovieDetails
            {
                Title = $"{prefix} {Titles[_random.Next(Titles.Length)]}{(_random.Next(2) == 0 ? " " + _random.Next(8) : "")}",
                Genre = Maybe(() => _random.Next(2) == 0 ? "$Drama" : "Comédie"),
                Year = Maybe(() => (int?)_random.Next(1900, 2030)),
                DirectorName = Maybe(() => Directors[_random.Next(Directors.Length)]),
                DirectorNationality = Maybe(() => _random.Next(2) == 0 ? "Japan" : "France"),
                RuntimeMinutes = Maybe(() => (int?)_random.Next(300)),
                Distributor = Maybe(() => "Distributor " + _random.Next(3)),
                MpaaRating = Maybe(() => _random.Next(2) == 0 ? "PG-13" : "R"),
                GrossUs = Maybe(() => (long?)_random.NextInt64(MovieLimits.Money)),
                GrossWorldwide = Maybe(() => (long?)_random.NextInt64(MovieLimits.Money)),
                Budget = Maybe(() => (long?)_random.Next(3)),
                ReleaseDate = Maybe(() => (DateOnly?)new DateOnly(1990, 1, 1).AddDays(_random.Next(3))),
            },
            rating,
            rating is null ? 0 : _random.Next(3)
        );
    }

    private T? Maybe<T>(Func<T?> value) => _random.Next(3) == 0 ? default : value();
}
