using System.Globalization;
using SkiaSharp;

namespace MovieLms.Reports;

/// <summary>The catalog report as a PDF on A4. The same figures and time always produce the same pages.</summary>
public static class AnalyticsReport
{
    /// <summary>Maximum number of genres in the chart.</summary>
    public const int MaxGenres = 15;

    private const float YearsHeight = 172;
    private const float HalfWidth = (ReportStyle.ContentWidth - 24) / 2;

    private static readonly ReportColumn[] MovieColumns =
    [
        new("", 26, IsNumber: true),
        new("Title", ReportStyle.ContentWidth - 366, MaxLines: 2),
        new("Director", 110),
        new("Genre", 90),
        new("Year", 40, IsNumber: true),
        new("Rating", 42, IsNumber: true),
        new("Votes", 58, IsNumber: true),
    ];

    /// <summary>
    /// Writes the report to <paramref name="destination"/>, which stays open. Every page shows <paramref name="generatedAt"/>.
    /// </summary>
    public static void Render(CatalogModel figures, DateTimeOffset generatedAt, Stream destination)
    {
        var time = generatedAt.UtcDateTime.ToString("d MMM yyyy HH:mm 'UTC'", CultureInfo.InvariantCulture);
        var pages = new ReportPages("Catalog report", $"MovieLms · catalog report · generated {time}", generatedAt);
        pages.Break();
        pages.DrawTitle("Catalog report");
        pages.DrawFacts([("As of", time), ("Released", FormatYears(figures))]);
        ReportTiles.Draw(
            pages,
            [
                ("movies", ReportStyle.FormatNumber(figures.Movies), ReportStyle.Ink),
                ("with a rating", ReportStyle.FormatNumber(figures.Rated), ReportStyle.Ink),
                ("mean rating (0–10)", figures.MeanRating is { } mean ? FormatRating(mean) : "—", ReportStyle.Brand),
                ("genres", ReportStyle.FormatNumber(figures.Genres.Count(genre => genre.Genre is not null)), ReportStyle.Ink),
            ]
        );
        pages.Y += 14;
        if (figures.Movies == 0)
        {
            TextLine.Create("There are no movies yet.", 11).Draw(pages.Canvas, ReportStyle.Margin, pages.Y + 11, ReportStyle.Quiet);
        }
        else
        {
            DrawYears(pages, figures);
            DrawGenresAndBands(pages, figures);
            if (figures.TopRated.Count > 0)
                DrawMovies(pages, figures);
            if (figures.PageUrl is { } url)
                DrawPage(pages, url);
        }
        pages.Write(destination);
    }

    private static void DrawYears(ReportPages pages, CatalogModel figures)
    {
        pages.DrawHeading("Movies per year");
        var years = figures
            .Years.Where(year => year.Year is not null)
            .Select(year => ((double)year.Year!.Value, (double)year.Count))
            .ToList();
        if (years.Count > 0)
        {
            ReportCharts.DrawYears(
                pages.Canvas,
                SKRect.Create(ReportStyle.Margin, pages.Y, ReportStyle.ContentWidth, YearsHeight),
                years,
                ReportStyle.Brand
            );
        }

        pages.Y += YearsHeight + 4;
        if (figures.Years.FirstOrDefault(year => year.Year is null) is { } unknown)
        {
            DrawNote(
                pages,
                ReportStyle.Margin,
                unknown.Count == 1
                    ? "1 movie with an unknown year is not shown."
                    : $"{ReportStyle.FormatNumber(unknown.Count)} movies with an unknown year are not shown."
            );
            pages.Y += 12;
        }
        pages.Y += 12;
    }

    private static void DrawGenresAndBands(ReportPages pages, CatalogModel figures)
    {
        var rated = figures.Genres.Where(genre => genre.AverageRating is not null).ToList();
        // If there are too many genres for the page, show those with the most movies, still in the order of their ratings.
        var shown =
            rated.Count <= MaxGenres
                ? rated
                : [.. rated.Where(rated.OrderByDescending(genre => genre.Count).Take(MaxGenres).ToHashSet().Contains)];
        if (shown.Count == 0)
            return;
        var height = Math.Max(140, shown.Count * 16.5f);
        pages.EnsureHeight(height + 40);
        var top = pages.Y;
        pages.DrawHeading("Mean rating by genre");
        ReportCharts.DrawBars(
            pages.Canvas,
            SKRect.Create(ReportStyle.Margin, pages.Y, HalfWidth, height),
            [
                .. shown.Select(genre =>
                    (
                        genre.Genre ?? "no genre",
                        genre.AverageRating!.Value,
                        $"{FormatRating(genre.AverageRating.Value)}  ({ReportStyle.FormatNumber(genre.Count)})"
                    )
                ),
            ],
            ReportStyle.Good,
            maximum: 10
        );
        var below = pages.Y + height + 4;
        pages.Y = below;
        DrawNote(
            pages,
            ReportStyle.Margin,
            shown.Count == rated.Count ? "In parentheses: number of movies." : $"The {MaxGenres} largest genres. In parentheses: movies."
        );

        pages.Y = top;
        var left = ReportStyle.Margin + HalfWidth + 24;
        pages.DrawHeading("Movies by rating", left);
        ReportCharts.DrawColumns(
            pages.Canvas,
            SKRect.Create(left, pages.Y, HalfWidth, height),
            [.. figures.RatingBands.Select((band, i) => (string.Create(CultureInfo.InvariantCulture, $"{i}–{i + 1}"), (double)band))],
            ReportStyle.Bad
        );
        pages.Y = below;
        if (figures.Unrated > 0)
        {
            DrawNote(
                pages,
                left,
                figures.Unrated == 1
                    ? "1 movie without a rating is not shown."
                    : $"{ReportStyle.FormatNumber(figures.Unrated)} movies without a rating are not shown."
            );
        }

        pages.Y += 26;
    }

    private static void DrawMovies(ReportPages pages, CatalogModel figures)
    {
        pages.EnsureHeight(120);
        pages.DrawHeading(figures.TopRated.Count == 1 ? "Top-rated movie" : $"{figures.TopRated.Count} top-rated movies");
        ReportTable.Draw(
            pages,
            MovieColumns,
            figures.TopRated.Select(
                (movie, i) =>
                    (IReadOnlyList<string>)
                        [
                            ReportStyle.FormatNumber(i + 1),
                            movie.Title,
                            movie.Director ?? "—",
                            movie.Genre ?? "—",
                            movie.Year?.ToString(CultureInfo.InvariantCulture) ?? "—",
                            FormatRating(movie.Rating),
                            ReportStyle.FormatNumber(movie.Votes),
                        ]
            )
        );
        pages.Y += 8;
        DrawNote(pages, ReportStyle.Margin, "Sorted by rating, then votes, then title.");
    }

    private static void DrawPage(ReportPages pages, string url)
    {
        pages.EnsureHeight(50);
        pages.Y += 18;
        pages.DrawLink("All figures as charts and tables, and as a file for spreadsheets:", url);
    }

    private static void DrawNote(ReportPages pages, float x, string text) =>
        TextLine.Create(text, 8.5f).Draw(pages.Canvas, x, pages.Y + 9, ReportStyle.Quiet);

    private static string FormatYears(CatalogModel figures)
    {
        var years = figures.Years.Where(year => year.Year is not null).Select(year => year.Year!.Value).ToList();
        return years.Count == 0 ? "—" : string.Create(CultureInfo.InvariantCulture, $"{years.Min()} to {years.Max()}");
    }

    private static string FormatRating(double rating) => rating.ToString("0.00", CultureInfo.InvariantCulture);
}
