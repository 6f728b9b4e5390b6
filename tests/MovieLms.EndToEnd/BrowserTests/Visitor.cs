using Microsoft.Playwright;

namespace MovieLms.EndToEnd.BrowserTests;

/// <summary>A visitor with an open page. Records what the browser reports as an error.</summary>
public sealed class Visitor : IAsyncDisposable
{
    private readonly IBrowserContext _context;
    private readonly Uri _site;
    private readonly List<string> _errors = [];
    private string _document = "";

    internal Visitor(Uri site, IBrowserContext context, IPage page)
    {
        (_site, _context, Page) = (site, context, page);
        page.Console += (_, message) =>
        {
            // Some tests open pages with an error status, and most movies have no poster.
            var isExpected =
                message.Location.StartsWith($"{_document}:", StringComparison.Ordinal)
                || message.Location.Contains("/poster:", StringComparison.Ordinal);
            if (message.Type == "error" && !isExpected)
                Add($"{message.Text} {message.Location}");
        };
        page.PageError += (_, error) => Add(error);
        page.RequestFailed += (_, request) =>
        {
            // A navigation cancels the requests of the page before.
            if (request.Failure is not null and not "net::ERR_ABORTED")
                Add($"{request.Method} {request.Url}: {request.Failure}");
        };
    }

    /// <summary>The open page.</summary>
    internal IPage Page { get; }

    /// <summary>The errors of scripts, of requests and of the content security policy so far.</summary>
    internal IReadOnlyList<string> Errors
    {
        get
        {
            lock (_errors)
                return [.. _errors];
        }
    }

    /// <summary>Opens a page and returns its status.</summary>
    internal async Task<int> GoToAsync(string path)
    {
        _document = new Uri(_site, path).ToString().Split('#')[0];
        var response = await Page.GotoAsync(path);
        return response?.Status ?? 0;
    }

    /// <summary>Creates the first administrator with the link of the first start.</summary>
    internal async Task CreateAdministratorAsync(Uri link, string name, string email, string password)
    {
        await Page.GotoAsync(link.ToString());
        await Page.GetByLabel("Name", new() { Exact = true }).FillAsync(name);
        await Page.GetByLabel("E-mail address").FillAsync(email);
        await Page.GetByLabel("Password").FillAsync(password);
        await Page.GetByRole(AriaRole.Button, new() { Name = "Create the administrator" }).ClickAsync();
        await Assertions.Expect(Page.GetByRole(AriaRole.Banner)).ToContainTextAsync(name);
    }

    /// <summary>Signs in on the sign-in page.</summary>
    internal async Task SignInAsync(string email, string password, string name)
    {
        await GoToAsync("/sign-in");
        await Page.GetByLabel("E-mail address").FillAsync(email);
        await Page.GetByLabel("Password").FillAsync(password);
        await Page.GetByRole(AriaRole.Main).GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await Assertions.Expect(Page.GetByRole(AriaRole.Banner)).ToContainTextAsync(name);
    }

    /// <summary>Returns the cookies, with which another context is signed in too.</summary>
    internal Task<string> GetCookiesAsync() => _context.StorageStateAsync();

    public async ValueTask DisposeAsync() => await _context.DisposeAsync();

    private void Add(string error)
    {
        lock (_errors)
            _errors.Add(error);
    }
}
