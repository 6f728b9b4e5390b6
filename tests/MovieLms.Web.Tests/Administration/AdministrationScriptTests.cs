using MovieLms.Testing.Tools;
using MovieLms.Web.Tests.Console;

namespace MovieLms.Web.Tests.Administration;

/// <summary>The scripts of the pages for administrators, in Chromium.</summary>
public sealed class AdministrationScriptTests
{
    private const string Svg = """
        <svg xmlns="http://www.w3.org/2000/svg" width="4000" height="2000" viewBox="0 0 4000 2000"><rect width="100%" height="100%"/></svg>
        """;

    [Fact]
    public async Task A_list_follows_its_filters()
    {
        await using var console = await ConsoleHost.StartAsync("admin");
        console.Respond("GET /api/users", AdministrationTests.Page([], total: 3200));
        await using var browser = await Browser.StartAsync();
        var page = await browser.OpenAsync(new Uri(console.Gateway.Address, "/admin/users?role=student"), 1400, 900);
        await page.WaitUntilAsync("document.getElementById('found')?.textContent === '3,200 users'", "the page loaded");
        await page.WaitUntilAsync("document.readyState === 'complete'", "the script runs");
        await page.EvaluateAsync("window.isSame = true");
        console.Respond("GET /api/users", AdministrationTests.Page([], total: 2));
        await page.FillAsync("search", "ida");
        await page.WaitUntilAsync("document.getElementById('found').textContent === '2 users'", "the results changed");
        await page.WaitUntilAsync("location.search === '?search=ida&role=student'", "the address changed");
        await page.WaitUntilAsync("window.isSame && document.activeElement.id === 'search'", "the page stayed");
    }

    [Fact]
    public async Task The_diagram_fits_and_is_zoomed_by_the_keyboard()
    {
        await using var console = await ConsoleHost.StartAsync("admin");
        console.RespondText("GET /api/schema/er", "image/svg+xml", Svg);
        await using var browser = await Browser.StartAsync();
        var page = await browser.OpenAsync(new Uri(console.Gateway.Address, "/admin/data-model"), 1400, 900);
        const string fits = "document.querySelector('.diagram img').offsetWidth <= document.querySelector('.diagram-view').clientWidth";
        await page.WaitUntilAsync($"!document.querySelector('.diagram-tools').hidden && {fits}", "the diagram fits");
        await PressAsync(page, "0");
        await page.WaitUntilAsync("document.querySelector('.diagram img').offsetWidth === 4000", "the diagram has its size");
        await PressAsync(page, "+");
        await page.WaitUntilAsync("document.querySelector('.diagram output').textContent === '125 %'", "the diagram is larger");
        await PressAsync(page, "ArrowRight");
        await page.WaitUntilAsync("document.querySelector('.diagram-view').scrollLeft > 0", "the diagram moved");
        await PressAsync(page, "f");
        await page.WaitUntilAsync(fits, "the diagram fits again");
    }

    [Fact]
    public async Task The_health_is_read_again()
    {
        await using var console = await ConsoleHost.StartAsync("admin");
        await using var browser = await Browser.StartAsync();
        var page = await browser.OpenAsync(new Uri(console.Gateway.Address, "/admin/health"), 390, 900);
        await page.WaitUntilAsync("document.getElementById('service-api') !== null", "the page loaded");
        await console.Api.DisposeAsync();
        await page.WaitUntilAsync("document.getElementById('health').textContent.includes('does not respond')", "the outage is shown");
    }

    private static Task PressAsync(BrowserPage page, string key) =>
        page.EvaluateAsync(
            $"document.querySelector('.diagram-view').dispatchEvent(new KeyboardEvent('keydown', {{ key: '{key}', cancelable: true }}))"
        );
}
