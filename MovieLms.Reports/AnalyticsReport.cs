using System.Globalization;
using SkiaSharp;

namespace MovieLms.Reports;

/// <summary>The report on the catalogue, as a PDF on A4: the same figures and time always give the same pages.</summary>
public static class AnalyticsReport
{
    /// <summary>As many genres have a bar; report.csv has all.</summary>
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

    /// <summary>Writes the report.</summary>
    /// <param name="figures">What it says.</param>
    /// <param name="generatedAt">When they were true; on every page.</param>
    /// <param name="destination">Where the PDF goes; stays open.</param>
    public static void Render(CatalogModel figures, DateTimeOffset generatedAt, Stream destination)
    {
        var time = generatedAt.UtcDateTime.ToString("d MMM yyyy HH:mm 'UTC'", CultureInfo.InvariantCulture);
        var pages = new ReportPages("Catalogue report", $"MovieLms · catalogue report · made {time}", generatedAt);
        pages.Break();
        pages.DrawTitle("Catalogue report");
        pages.DrawFacts([
            ("As of", time),
            ("Released", Span(figures)),
            ("Figures", "GET /api/analytics/report.csv has them for a spreadsheet"),
        ]);
        ReportTiles.Draw(
            pages,
            [
                ("films", ReportStyle.Number(figures.Movies), ReportStyle.Ink),
                ("with a rating", ReportStyle.Number(figures.Rated), ReportStyle.Ink),
                ("mean rating of 10", figures.MeanRating is { } mean ? Rating(mean) : "—", ReportStyle.Brand),
                ("genres", ReportStyle.Number(figures.Genres.Count(genre => genre.Genre is not null)), ReportStyle.Ink),
            ]
        );
        pages.Y += 14;
        if (figures.Movies == 0)
        {
            TextLine.Of("There are no films yet.", 11).Draw(pages.Canvas, ReportStyle.Margin, pages.Y + 11, ReportStyle.Quiet);
        }
        else
        {
            DrawYears(pages, figures);
            DrawGenresAndBands(pages, figures);
            if (figures.TopRated.Count > 0)
                DrawMovies(pages, figures);
        }
        pages.Write(destination);
    }

    private static void DrawYears(ReportPages pages, CatalogModel figures)
    {
        pages.DrawHeading("Films a year");
        var years = figures
            .Years.Where(year => year.Year is not null)
            .Select(year => ((double)year.Year!.Value, (double)year.Count))
            .ToList();
        if (years.Count > 0)
        {
            ReportCharts.Years(
                pages.Canvas,
                SKRect.Create(ReportStyle.Margin, pages.Y, ReportStyle.ContentWidth, YearsHeight),
                years,
                ReportStyle.Brand
            );
        }

        pages.Y += YearsHeight + 4;
        if (figures.Years.FirstOrDefault(year => year.Year is null) is { } unknown)
        {
            Note(
                pages,
                ReportStyle.Margin,
                unknown.Count == 1
                    ? "1 film of an unknown year is not shown."
                    : $"{ReportStyle.Number(unknown.Count)} films of an unknown year are not shown."
            );
            pages.Y += 12;
        }
        pages.Y += 12;
    }

    private static void DrawGenresAndBands(ReportPages pages, CatalogModel figures)
    {
        var rated = figures.Genres.Where(genre => genre.AverageRating is not null).ToList();
        // Where there are too many for the page, those with most films are shown, in the order of their ratings as ever.
        var shown =
            rated.Count <= MaxGenres
                ? rated
                : [.. rated.Where(rated.OrderByDescending(genre => genre.Count).Take(MaxGenres).ToHashSet().Contains)];
        if (shown.Count == 0)
            return;
        var height = Math.Max(140, shown.Count * 16.5f);
        pages.Ensure(height + 40);
        var top = pages.Y;
        pages.DrawHeading("Mean rating by genre");
        ReportCharts.Bars(
            pages.Canvas,
            SKRect.Create(ReportStyle.Margin, pages.Y, HalfWidth, height),
            [
                .. shown.Select(genre =>
                    (
                        genre.Genre ?? "no genre",
                        genre.AverageRating!.Value,
                        $"{Rating(genre.AverageRating.Value)}  ({ReportStyle.Number(genre.Count)})"
                    )
                ),
            ],
            ReportStyle.Good,
            most: 10
        );
        var below = pages.Y + height + 4;
        pages.Y = below;
        Note(
            pages,
            ReportStyle.Margin,
            shown.Count == rated.Count
                ? "In brackets: the films of the genre."
                : $"The {MaxGenres} genres with most films; in brackets: how many."
        );

        pages.Y = top;
        var left = ReportStyle.Margin + HalfWidth + 24;
        pages.DrawHeading("Films by rating", left);
        ReportCharts.Columns(
            pages.Canvas,
            SKRect.Create(left, pages.Y, HalfWidth, height),
            [.. figures.RatingBands.Select((band, i) => (string.Create(CultureInfo.InvariantCulture, $"{i}–{i + 1}"), (double)band))],
            ReportStyle.Bad
        );
        pages.Y = below;
        if (figures.Unrated > 0)
        {
            Note(
                pages,
                left,
                figures.Unrated == 1
                    ? "1 film without a rating is not shown."
                    : $"{ReportStyle.Number(figures.Unrated)} films without a rating are not shown."
            );
        }

        pages.Y += 26;
    }

    private static void DrawMovies(ReportPages pages, CatalogModel figures)
    {
        pages.Ensure(120);
        pages.DrawHeading(figures.TopRated.Count == 1 ? "The best film" : $"The {figures.TopRated.Count} best films");
        ReportTable.Draw(
            pages,
            MovieColumns,
            figures.TopRated.Select(
                (film, i) =>
                    (IReadOnlyList<string>)
                        [
                            ReportStyle.Number(i + 1),
                            film.Title,
                            film.Director ?? "—",
                            film.Genre ?? "—",
                            film.Year?.ToString(CultureInfo.InvariantCulture) ?? "—",
                            Rating(film.Rating),
                            ReportStyle.Number(film.Votes),
                        ]
            )
        );
        pages.Y += 8;
        Note(pages, ReportStyle.Margin, "By rating, then votes, then title.");
    }

    private static void Note(ReportPages pages, float x, string text) =>
        TextLine.Of(text, 8.5f).Draw(pages.Canvas, x, pages.Y + 9, ReportStyle.Quiet);

    private static string Span(CatalogModel figures)
    {
        var years = figures.Years.Where(year => year.Year is not null).Select(year => year.Year!.Value).ToList();
        return years.Count == 0 ? "—" : string.Create(CultureInfo.InvariantCulture, $"{years.Min()} to {years.Max()}");
    }

    private static string Rating(double rating) => rating.ToString("0.00", CultureInfo.InvariantCulture);
}
