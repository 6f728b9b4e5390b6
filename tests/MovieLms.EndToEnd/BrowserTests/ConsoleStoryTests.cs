using Microsoft.Playwright;
using MovieLms.Testing;
using MovieLms.Testing.Processes;
using static Microsoft.Playwright.Assertions;

namespace MovieLms.EndToEnd.BrowserTests;

/// <summary>The story of a new school, in a browser.</summary>
public sealed class ConsoleStoryTests : IAsyncLifetime
{
    private const string AdminEmail = "agnes@example.test";
    private const string Password = "the lighthouse keeps turning";
    private readonly TemporaryFolder _data = new();
    private StandaloneProcess _standalone = null!;
    private PageBrowser _browser = null!;

    public async ValueTask InitializeAsync()
    {
        _browser = await PageBrowser.StartAsync();
        _standalone = await StandaloneProcess.StartAsync(_data.Path, new Dictionary<string, string?> { ["Auth__BcryptCost"] = "4" });
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        if (_standalone is not null)
            await _standalone.DisposeAsync();
        _data.Dispose();
    }

    [Fact]
    public async Task The_link_of_the_first_start_creates_the_administrator()
    {
        await using var visitor = await _browser.OpenAsync(_standalone.Address);
        var page = visitor.Page;
        await CreateAdministratorAsync(page);
        Assert.Empty(visitor.Errors);
    }

    private async Task CreateAdministratorAsync(IPage page)
    {
        await page.GotoAsync((await _standalone.GetFirstAdminLinkAsync()).ToString());
        await Expect(Field(page, "Key of the link")).ToBeHiddenAsync();
        Assert.DoesNotContain('#', page.Url);
        await Field(page, "Name").FillAsync("Agnès");
        await Field(page, "E-mail address").FillAsync(AdminEmail);
        // A rejected password is reported at its field, and nothing else is lost.
        await Field(page, "Password").FillAsync("password123");
        await PressAsync(page, "Create the administrator");
        await Expect(Field(page, "Password")).ToHaveAttributeAsync("aria-invalid", "true");
        await Expect(Field(page, "Name")).ToHaveValueAsync("Agnès");
        await Field(page, "Password").FillAsync(Password);
        await PressAsync(page, "Create the administrator");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "The administrator is ready" })).ToBeVisibleAsync();
    }

    private static ILocator Field(IPage page, string label) => page.GetByLabel(label, new() { Exact = true });

    private static Task PressAsync(IPage page, string button) =>
        page.GetByRole(AriaRole.Button, new() { Name = button }).First.ClickAsync();
}
