using MovieLms.Testing;
using MovieLms.Testing.Processes;

namespace MovieLms.Web.Tests.Accounts;

/// <summary>The start page of an installation without an administrator.</summary>
public sealed class FirstStartTests
{
    private const string Hint = "Is this the first start?";

    [Fact]
    public async Task The_hint_is_shown_until_there_is_an_administrator()
    {
        var settings = new Dictionary<string, string?> { ["Auth__BcryptCost"] = "4" };
        await using var standalone = await StandaloneProcess.StartAsync(environment: settings);
        var token = await standalone.GetFirstAdminTokenAsync();
        using var browser = new PageBrowser(standalone.Address);
        await browser.OpenAsync("/");
        Assert.Contains(Hint, browser.Html);
        await browser.OpenAsync("/welcome");
        await browser.SubmitAsync(
            "welcome",
            ("token", token),
            ("username", "Agnes"),
            ("email", TestUsers.AdminEmail),
            ("password", TestUsers.AdminPassword)
        );
        Assert.Equal("/", browser.Location);
        Assert.Contains("Welcome back, Agnes", browser.Html);
        using var other = new PageBrowser(standalone.Address);
        await other.OpenAsync("/");
        Assert.DoesNotContain(Hint, other.Html);
    }
}
