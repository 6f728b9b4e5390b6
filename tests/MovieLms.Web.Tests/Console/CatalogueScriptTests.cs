using MovieLms.Testing.Tools;

namespace MovieLms.Web.Tests.Console;

/// <summary>The scripts of the pages of movies, in Chromium.</summary>
public sealed class CatalogueScriptTests
{
    private static readonly string Id = new('0', 24);

    [Fact]
    public async Task Results_follow_the_search_box()
    {
        await using var console = await ConsoleHost.StartAsync();
        RespondMovies(console, count: 3200);
        await using var browser = await Browser.StartAsync();
        var page = await browser.OpenAsync(new Uri(console.Gateway.Address, "/movies?genre=Drama"), 1400, 900);
        await page.WaitUntilAsync("document.getElementById('found')?.textContent === '3,200 movies'", "the page loaded");
        // Scripts run after the text is shown.
        await page.WaitUntilAsync("document.readyState === 'complete'", "the script runs");
        await page.EvaluateAsync("window.isSame = true");
        RespondMovies(console, count: 2);
        await page.FillAsync("search", "red shoes");
        await page.WaitUntilAsync("document.getElementById('found').textContent === '2 movies'", "the results changed");
        await page.WaitUntilAsync("location.search === '?search=red+shoes&genre=Drama'", "the address changed");
        await page.WaitUntilAsync("window.isSame && document.activeElement.id === 'search'", "the page stayed");
    }

    [Fact]
    public async Task The_progress_of_an_import_is_live()
    {
        await using var console = await ConsoleHost.StartAsync("instructor");
        RespondImport(console, "processing", succeeded: 10);
        await using var browser = await Browser.StartAsync();
        var page = await browser.OpenAsync(new Uri(console.Gateway.Address, $"/imports/{Id}"), 390, 900);
        await page.WaitUntilAsync("document.querySelector('progress')?.value === 10", "the page loaded");
        RespondImport(console, "processing", succeeded: 40);
        await page.WaitUntilAsync("document.querySelector('progress')?.value === 40", "the progress changed");
        RespondImport(console, "completed", succeeded: 100);
        await page.WaitUntilAsync("document.getElementById('import').textContent.includes('100 rows stored')", "the import completed");
        await page.WaitUntilAsync("!document.querySelector('time').textContent.includes('UTC')", "times are local");
    }

    private static void RespondMovies(ConsoleHost console, int count) =>
        console.Respond(
            "GET /api/movies",
            new
            {
                items = Array.Empty<object>(),
                nextCursor = (string?)null,
                total = new { count, isExact = true },
            }
        );

    private static void RespondImport(ConsoleHost console, string state, int succeeded) =>
        console.Respond(
            $"GET /api/imports/{Id}",
            new
            {
                id = Id,
                kind = "movies",
                state,
                fileName = "films.csv",
                total = 100,
                succeeded,
                failed = 0,
                createdAt = "2026-01-02T03:04:05Z",
            }
        );
}
