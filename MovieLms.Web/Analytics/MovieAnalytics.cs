using MovieLms.Client;
using MovieLms.Web.Analytics.Charts;

namespace MovieLms.Web.Analytics;

/// <summary>The analytics of movies.</summary>
internal static class MovieAnalytics
{
    private const double MaxRating = 10;

    internal static readonly Analytic RatingsByGenre = new()
    {
        Name = "ratings-by-genre",
        Title = "Ratings by genre",
        Summary = "Which genres are rated highest.",
        Explanation =
            "The average rating of each genre, highest first. Movies without a rating count as movies of the genre, but do not lower its "
            + "average. A genre with few movies can have a high average by chance: look at the number beside it.",
        Path = "/api/analytics/ratings-by-genre",
        IsInReport = true,
        ReadAsync = async (client, query) =>
        {
            var (genres, age) = await client.GetAsync<IReadOnlyList<GenreRating>>("/api/analytics/ratings-by-genre" + query);
            return new AnalyticView(
                [
                    new Figure(
                        FigureKind.Bars,
                        "Average rating by genre",
                        [
                            .. genres
                                .Where(genre => genre.AverageRating is not null)
                                .Select(genre => new ChartValue(
                                    genre.Genre ?? "No genre",
                                    genre.AverageRating ?? 0,
                                    Texts.Rating(genre.AverageRating)
                                )),
                        ]
                    )
                    {
                        Max = MaxRating,
                    },
                ],
                [
                    new DataTable(
                        "Genres",
                        [new("Genre"), new("Average rating", IsNumber: true), new("Movies", IsNumber: true)],
                        [
                            .. genres.Select(genre =>
                                (IReadOnlyList<Cell>)
                                    [genre.Genre ?? "No genre", Texts.Rating(genre.AverageRating), Texts.Count(genre.Count)]
                            ),
                        ]
                    ),
                ]
            )
            {
                Age = age,
            };
        },
    };

    internal static readonly Analytic MoviesByYear = new()
    {
        Name = "movies-by-year",
        Title = "Movies by year",
        Summary = "How the catalog spreads over the years.",
        Explanation = "The number of movies released in each year. Movies whose year is unknown are listed in the table only.",
        Path = "/api/analytics/movies-by-year",
        IsInReport = true,
        ReadAsync = async (client, query) =>
        {
            var (years, age) = await client.GetAsync<IReadOnlyList<YearCount>>("/api/analytics/movies-by-year" + query);
            return new AnalyticView(
                [new Figure(FigureKind.Line, "Movies by year", FillYears(years))],
                [
                    new DataTable(
                        "Years",
                        [new("Year"), new("Movies", IsNumber: true)],
                        [.. years.Select(year => (IReadOnlyList<Cell>)[Texts.Year(year.Year), Texts.Count(year.Count)])]
                    ),
                ]
            )
            {
                Age = age,
            };
        },
    };

    internal static readonly Analytic RatingBuckets = new()
    {
        Name = "rating-buckets",
        Title = "Distribution of ratings",
        Summary = "How many movies are rated how highly.",
        Explanation =
            "The number of movies in each band of ratings. A band includes its lower end and excludes its upper end. Choose the bands "
            + "yourself: how you cut them changes what the picture seems to say.",
        Path = "/api/analytics/rating-buckets",
        IsInReport = true,
        Filters =
        [
            new Filter("boundaries", "Limits of the bands", "Numbers in ascending order with commas between them; 0,4,6,8,10 by default."),
        ],
        PreviewQuery = "?boundaries=0,1,2,3,4,5,6,7,8,9,10.1",
        ReadAsync = async (client, query) =>
        {
            var (histogram, age) = await client.GetAsync<RatingHistogram>("/api/analytics/rating-buckets" + query);
            return new AnalyticView(
                [
                    new Figure(
                        FigureKind.Columns,
                        "Movies by rating",
                        [.. histogram.Buckets.Select(bucket => ChartValue.Count(Texts.Range(bucket.From, bucket.To), bucket.Count))]
                    ),
                ],
                [
                    new DataTable(
                        "Bands",
                        [new("Rating"), new("Movies", IsNumber: true), new("Average rating", IsNumber: true)],
                        [
                            .. histogram.Buckets.Select(bucket =>
                                (IReadOnlyList<Cell>)
                                    [Texts.Range(bucket.From, bucket.To), Texts.Count(bucket.Count), Texts.Rating(bucket.AverageRating)]
                            ),
                            ["Outside of all bands, or not rated", Texts.Count(histogram.Other), Texts.None],
                        ]
                    ),
                ]
            )
            {
                Age = age,
            };
        },
    };

    internal static readonly Analytic TopRated = new()
    {
        Name = "top-rated",
        Title = "Top-rated movies",
        Summary = "The best movies, by rating and votes.",
        Explanation =
            "Movies by rating, then by number of votes, then by title. A perfect rating from three people says little: raise the minimum "
            + "number of votes and watch the list change.",
        Path = "/api/analytics/top-rated",
        IsInReport = true,
        Filters =
        [
            new Filter("minVotes", "Minimum number of votes", "Leaves out movies with fewer votes; 0 by default.") { Type = "number" },
            new Filter("limit", "Movies to show", "1 to 100; 10 by default.") { Type = "number" },
            new Filter("skip", "Movies to pass over", "0 to 10,000; 0 by default.") { Type = "number" },
        ],
        PreviewQuery = "?limit=5",
        ReadAsync = async (client, query) =>
        {
            var (movies, age) = await client.GetAsync<IReadOnlyList<RankedMovie>>("/api/analytics/top-rated" + query);
            return new AnalyticView(
                [
                    new Figure(
                        FigureKind.Bars,
                        "Rating",
                        [.. movies.Select(movie => new ChartValue(movie.Title, movie.Rating ?? 0, Texts.Score(movie.Rating ?? 0)))]
                    )
                    {
                        Max = MaxRating,
                    },
                ],
                [
                    new DataTable(
                        "Movies",
                        [
                            new("Title"),
                            new("Genre"),
                            new("Year", IsNumber: true),
                            new("Director"),
                            new("Rating", IsNumber: true),
                            new("Votes", IsNumber: true),
                        ],
                        [
                            .. movies.Select(movie =>
                                (IReadOnlyList<Cell>)
                                    [
                                        new Cell(movie.Title, $"/movies/{movie.Id}"),
                                        movie.Genre ?? Texts.None,
                                        movie.Year is null ? Texts.None : Texts.Year(movie.Year),
                                        movie.Director?.Name ?? Texts.None,
                                        Texts.Score(movie.Rating ?? 0),
                                        Texts.Count(movie.RatingCount ?? 0),
                                    ]
                            ),
                        ]
                    ),
                ]
            )
            {
                Age = age,
            };
        },
    };

    internal static readonly Analytic Facets = new()
    {
        Name = "facets",
        Title = "Search facets",
        Summary = "What a search finds, by genre, decade, rating and distributor.",
        Explanation =
            "Four counts of the same movies, computed in one pass. A search page offers them to narrow its result. Search for words of the "
            + "title, or choose a genre.",
        Path = "/api/analytics/facets",
        Filters =
        [
            new Filter("search", "Words of the title", "All movies by default."),
            new Filter("genre", "Genre", "The whole name, in any case."),
        ],
        ReadAsync = async (client, query) =>
        {
            var (facets, age) = await client.GetAsync<MovieFacets>("/api/analytics/facets" + query);
            Figure[] figures =
            [
                new(
                    FigureKind.Bars,
                    "Genres",
                    [.. facets.Genres.Select(genre => ChartValue.Count(genre.Genre ?? "No genre", genre.Count))]
                ),
                new(
                    FigureKind.Columns,
                    "Decades",
                    [.. facets.Decades.Select(decade => ChartValue.Count(Decade(decade.Decade), decade.Count))]
                ),
                new(
                    FigureKind.Columns,
                    "Ratings",
                    [.. facets.RatingBands.Select(band => ChartValue.Count(Texts.Range(band.From, band.To), band.Count))]
                ),
                new(
                    FigureKind.Bars,
                    "Distributors",
                    [.. facets.Distributors.Select(owner => ChartValue.Count(owner.Distributor ?? "No distributor", owner.Count))]
                ),
            ];
            return new AnalyticView(figures, [.. figures.Select(figure => figure.ToTable(figure.Title, "Movies"))]) { Age = age };
        },
    };

    /// <summary>Adds the years without movies, which the API leaves out, and removes the movies without a year.</summary>
    internal static IReadOnlyList<ChartValue> FillYears(IReadOnlyList<YearCount> years)
    {
        var counts = years.Where(year => year.Year is not null).ToDictionary(year => year.Year!.Value, year => year.Count);
        if (counts.Count == 0)
            return [];
        var (first, last) = (counts.Keys.Min(), counts.Keys.Max());
        // A wrong year must not make the chart endless.
        return last - first > 500
            ? [.. counts.OrderBy(pair => pair.Key).Select(pair => ChartValue.Count(Texts.Year(pair.Key), pair.Value))]
            :
            [
                .. Enumerable
                    .Range(first, last - first + 1)
                    .Select(year => ChartValue.Count(Texts.Year(year), counts.GetValueOrDefault(year))),
            ];
    }

    private static string Decade(int? decade) => decade is null ? "Unknown" : Texts.Year(decade) + "s";
}
