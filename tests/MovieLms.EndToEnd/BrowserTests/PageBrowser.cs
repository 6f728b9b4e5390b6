using Microsoft.Playwright;
using MovieLms.Testing.Tools;

namespace MovieLms.EndToEnd.BrowserTests;

/// <summary>The machine's Chromium, controlled by Playwright, which downloads no browser.</summary>
public sealed class PageBrowser : IAsyncDisposable
{
    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;

    private PageBrowser(IPlaywright playwright, IBrowser browser) => (_playwright, _browser) = (playwright, browser);

    /// <summary>Starts Chromium. Skips the test if it is not installed.</summary>
    public static async Task<PageBrowser> StartAsync()
    {
        var chromium = ExternalTool.Require("chromium", "chromium-browser", "google-chrome");
        var playwright = await Playwright.CreateAsync();
        try
        {
            var options = new BrowserTypeLaunchOptions
            {
                ExecutablePath = chromium,
                Args = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
            };
            return new PageBrowser(playwright, await playwright.Chromium.LaunchAsync(options));
        }
        catch
        {
            playwright.Dispose();
            throw;
        }
    }

    /// <summary>Opens a browser context, like the browser of another visitor.</summary>
    /// <param name="site">The address that relative addresses refer to.</param>
    /// <param name="view">The size and the theme.</param>
    /// <param name="cookies">The storage state of a signed-in visitor; null for none.</param>
    /// <param name="hasScripts">False to disable JavaScript.</param>
    public async Task<Visitor> OpenAsync(Uri site, View? view = null, string? cookies = null, bool hasScripts = true)
    {
        view ??= View.Default;
        var context = await _browser.NewContextAsync(
            new BrowserNewContextOptions
            {
                BaseURL = site.ToString(),
                ViewportSize = new ViewportSize { Width = view.Width, Height = 900 },
                ColorScheme = view.IsDark ? ColorScheme.Dark : ColorScheme.Light,
                ReducedMotion = ReducedMotion.Reduce,
                StorageState = cookies,
                JavaScriptEnabled = hasScripts,
            }
        );
        // Locators wait that long on a loaded machine.
        context.SetDefaultTimeout(30_000);
        return new Visitor(site, context, await context.NewPageAsync());
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }
}

/// <summary>The width of the window in pixels, and the theme.</summary>
public sealed record View(int Width, bool IsDark)
{
    internal static View Default { get; } = new(1_400, false);

    /// <summary>A phone and a desktop, light and dark.</summary>
    internal static IReadOnlyList<View> All { get; } = [new(390, false), new(390, true), Default, new(1_400, true)];

    public override string ToString() => $"{Width}-{(IsDark ? "dark" : "light")}";
}
