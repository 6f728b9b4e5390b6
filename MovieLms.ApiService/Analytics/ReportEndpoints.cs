using MovieLms.ApiService.Http;
using MovieLms.Application.Access;
using MovieLms.Application.Caching;
using MovieLms.Application.Mail;
using MovieLms.Data.Analytics;
using MovieLms.Reports;
using MovieLms.ServiceDefaults.Caching;

namespace MovieLms.ApiService.Analytics;

/// <summary>The catalog report as PDF and as CSV. <see cref="AnalyticsCache"/> describes how they are cached.</summary>
internal static class ReportEndpoints
{
    private static readonly string[] MovieTags = [CacheKeys.Movies];
    private static readonly CachedFileType Pdf = new("application/pdf", "catalog-report.pdf") { IsInline = true };
    private static readonly CachedFileType Csv = new("text/csv; charset=utf-8", "catalog-report.csv");

    internal static void MapReport(this IEndpointRouteBuilder analytics)
    {
        var report = analytics.MapGroup(string.Empty).RequirePermission(Permissions.ReportsRead).ProducesAge();
        report
            .MapGet("/report.pdf", GetPdfAsync)
            .WithName("getCatalogueReport")
            .WithSummary("Download the catalog report")
            .WithDescription(
                "A PDF file with charts of movies per year, ratings by genre and rating bands, and a table of the top-rated movies."
            )
            .Produces(StatusCodes.Status200OK, contentType: "application/pdf")
            .ProducesAccessProblems();
        report
            .MapGet("/report.csv", GetCsvAsync)
            .WithName("getCatalogueFigures")
            .WithSummary("Download the figures of the catalog report")
            .WithDescription("A CSV file with the columns `part,name,genre,year,films,rating,votes`.")
            .Produces(StatusCodes.Status200OK, contentType: "text/csv")
            .ProducesAccessProblems();
    }

    private static Task<CachedFileResult> GetPdfAsync(
        AnalyticsStore analytics,
        AnalyticsCache cache,
        PageLinks pages,
        RenderGate renderGate,
        TimeProvider time,
        CancellationToken cancellationToken
    ) =>
        cache.GetFileAsync(
            CacheKeys.Analytics("report.pdf"),
            MovieTags,
            Pdf,
            async token =>
            {
                var figures = await analytics.CatalogAsync(token);
                var model = figures.ToModel() with { PageUrl = pages.Analytics };
                return await renderGate.RenderAsync(stream => AnalyticsReport.Render(model, time.GetUtcNow(), stream), token);
            },
            cancellationToken
        );

    private static Task<CachedFileResult> GetCsvAsync(
        AnalyticsStore analytics,
        AnalyticsCache cache,
        CancellationToken cancellationToken
    ) =>
        cache.GetFileAsync(
            CacheKeys.Analytics("report.csv"),
            MovieTags,
            Csv,
            async token => AnalyticsCsv.Render(await analytics.CatalogAsync(token)),
            cancellationToken
        );
}
