using System.Net;
using MovieLms.Testing;
using MovieLms.Testing.Processes;

namespace MovieLms.Web.Tests.Accounts;

/// <summary>Sign-in at a provider, from the sign-in page back to the page that the visitor wanted.</summary>
public sealed class ProviderSignInTests : IAsyncLifetime
{
    private TestProvider _provider = null!;
    private StandaloneProcess _standalone = null!;

    public async ValueTask InitializeAsync()
    {
        _provider = await TestProvider.StartAsync();
        var settings = new Dictionary<string, string?>
        {
            ["Auth__BcryptCost"] = "4",
            ["Auth__Providers__github__Authority"] = _provider.Address,
            ["Auth__Providers__github__ApiAddress"] = _provider.Address,
            ["Auth__Providers__school__Authority"] = _provider.Address,
            ["Auth__Providers__school__Label"] = "Film School",
        };
        foreach (var name in new[] { "github", "school" })
        {
            settings[$"Auth__Providers__{name}__ClientId"] = TestProvider.ClientId;
            settings[$"Auth__Providers__{name}__ClientSecret"] = TestProvider.ClientSecret;
        }
        _standalone = await StandaloneProcess.StartAsync(environment: settings);
    }

    public async ValueTask DisposeAsync()
    {
        if (_standalone is not null)
            await _standalone.DisposeAsync();
        await _provider.DisposeAsync();
    }

    [Fact]
    public async Task A_provider_leads_back_to_the_page_of_the_sign_in()
    {
        foreach (var (name, label) in new[] { ("github", "GitHub"), ("school", "Film School") })
        {
            _provider.Reset(TestUsers.NewEmail());
            using var browser = Open();
            await browser.OpenAsync("/sign-in?returnUrl=/movies");
            Assert.Contains(label, browser.Html);
            await FollowAsync(browser, name);
            Assert.Equal("/movies", browser.Location);
            Assert.Contains(_provider.Name, browser.Html);
            Assert.Contains("action=\"/sign-out\"", browser.Html);

            // A later sign-in from the sign-in page itself does not lead to the earlier page.
            await browser.SubmitAsync("/sign-out");
            await browser.OpenAsync("/sign-in");
            await FollowAsync(browser, name);
            Assert.Equal("/", browser.Location);
            Assert.Contains(_provider.Name, browser.Html);
        }
    }

    [Fact]
    public async Task A_second_step_follows_the_provider()
    {
        using var browser = Open();
        var email = TestUsers.NewEmail();
        await browser.OpenAsync("/register");
        await browser.SubmitAsync("register", ("username", "Lotte"), ("email", email), ("password", TestUsers.Password));
        var recoveryCodes = await SecondStep.SetUpAsync(browser, _standalone.Address, email);
        await browser.SubmitAsync("/sign-out");
        _provider.Reset(email);
        await browser.OpenAsync("/sign-in?returnUrl=/movies");
        await FollowAsync(browser, "github");
        Assert.Contains("One more step", browser.Html);
        await browser.SubmitAsync("code", ("code", "wrong"));
        Assert.Contains("The code is wrong", browser.Html);
        await browser.SubmitAsync("code", ("code", recoveryCodes[0]));
        Assert.Equal("/movies", browser.Location);
        Assert.Contains("action=\"/sign-out\"", browser.Html);
    }

    [Fact]
    public async Task A_refused_sign_in_can_be_repeated_and_leads_to_pages_of_this_site_only()
    {
        using var browser = Open();
        _provider.Reset(TestUsers.NewEmail());
        _provider.Denies = true;
        await browser.OpenAsync("/sign-in?returnUrl=/movies");
        await FollowAsync(browser, "github");
        Assert.Contains("You did not allow the sign-in at the provider.", browser.Html);
        _provider.Denies = false;
        await FollowAsync(browser, "github");
        Assert.Equal("/movies", browser.Location);
        await browser.SubmitAsync("/sign-out");
        await browser.OpenAsync("/sign-in/github?returnUrl=https://example.org/");
        Assert.Equal("/", browser.Location);
        await browser.OpenAsync("/sign-in/no-such-provider");
        Assert.Equal(HttpStatusCode.NotFound, browser.Status);
    }

    /// <summary>Follows the link to a provider, which signs in at once.</summary>
    private static Task FollowAsync(PageBrowser browser, string provider) => browser.FollowAsync($"/sign-in/{provider}");

    private PageBrowser Open() => new(_standalone.Address) { Elsewhere = new Uri(_provider.Address) };
}
