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
            // Some tests open pages with an error status.
            if (message.Type == "error" && !message.Location.StartsWith($"{_document}:", StringComparison.Ordinal))
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

    /// <summary>Signs in on the sign-in page.</summary>
    internal async Task SignInAsync(string email, string password)
    {
        await GoToAsync("/sign-in");
        await Page.Locator("main input[name='email']").FillAsync(email);
        await Page.Locator("main input[name='password']").FillAsync(password);
        await Page.Locator("main form:has(input[name='password']) button[type='submit']").ClickAsync();
        await Assertions.Expect(Page.GetByRole(AriaRole.Button, new() { Name = "Sign out" })).ToBeVisibleAsync();
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
