using System.Net;
using System.Text.RegularExpressions;
using MovieLms.Testing;
using MovieLms.Web.Tests.Origin;

namespace MovieLms.Web.Tests.Accounts;

/// <summary>The pages of accounts without scripts, in Standalone and behind the gateway.</summary>
[Collection(OriginTests.Name)]
public sealed partial class AccountPagesTests(OriginFixture origins)
{
    /// <summary>A PNG image of one pixel.</summary>
    private const string Picture = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

    private const string NewPassword = "a whistle in the third act";

    public static TheoryData<bool> Origins => [true, false];

    [Theory]
    [MemberData(nameof(Origins))]
    public async Task A_visitor_registers_and_signs_out(bool isStandalone)
    {
        using var browser = Open(isStandalone);
        await RegisterAsync(browser, "Agnes <script>");
        Assert.StartsWith("/account", browser.Location);
        Assert.Contains("Agnes &lt;script&gt;", browser.Html);
        Assert.Contains("We mailed you a link", browser.Html);
        await browser.SubmitAsync("/sign-out");
        Assert.Equal("/", browser.Location);
        Assert.DoesNotContain("action=\"/sign-out\"", browser.Html);
        await browser.OpenAsync("/account");
        Assert.Equal("/sign-in?returnUrl=%2Faccount", browser.Location);
    }

    [Theory]
    [MemberData(nameof(Origins))]
    public async Task A_rejected_form_keeps_its_values_except_passwords(bool isStandalone)
    {
        using var browser = Open(isStandalone);
        await browser.OpenAsync("/register");
        await browser.SubmitAsync("register", ("username", "Agnes"), ("email", "agnes@example.test"), ("password", "short"));
        Assert.Contains("value=\"Agnes\"", browser.Html);
        Assert.Contains("value=\"agnes@example.test\"", browser.Html);
        Assert.DoesNotContain("value=\"short\"", browser.Html);
        Assert.Matches("<input id=\"field-password\"[^>]*aria-invalid=\"true\"", browser.Html);
    }

    [Theory]
    [MemberData(nameof(Origins))]
    public async Task A_sign_in_returns_to_local_pages_only(bool isStandalone)
    {
        using var browser = Open(isStandalone);
        var email = await RegisterAsync(browser, "Bela");
        await browser.SubmitAsync("/sign-out");
        await browser.SignInAsync(email, "wrong password", "/account/data");
        Assert.Contains("The e-mail address or password is wrong.", browser.Html);
        Assert.Contains($"value=\"{email}\"", browser.Html);
        await browser.SubmitAsync("password", ("password", TestUsers.Password));
        Assert.Equal("/account/data", browser.Location);
        await browser.SubmitAsync("/sign-out");
        await browser.SignInAsync(email, TestUsers.Password, "//example.org/");
        Assert.Equal("/", browser.Location);
    }

    [Theory]
    [MemberData(nameof(Origins))]
    public async Task Scripts_of_pages_write_with_the_token_of_the_page_only(bool isStandalone)
    {
        using var browser = Open(isStandalone);
        await RegisterAsync(browser, "Carl");
        Assert.Equal(HttpStatusCode.OK, await browser.FetchAsync(HttpMethod.Get, "/api/auth/me"));
        Assert.Equal(HttpStatusCode.Unauthorized, await browser.FetchAsync(HttpMethod.Post, "/api/notifications/read"));
        Assert.Equal(HttpStatusCode.Unauthorized, await browser.FetchAsync(HttpMethod.Delete, "/api/auth/sessions"));
        var token = browser.GetAntiforgeryToken();
        Assert.NotEmpty(token);
        Assert.Equal(HttpStatusCode.NoContent, await browser.FetchAsync(HttpMethod.Delete, "/api/auth/sessions", token));
        Assert.Equal(HttpStatusCode.OK, await browser.FetchAsync(HttpMethod.Post, "/hubs/chat/negotiate?negotiateVersion=1"));
    }

    [Theory]
    [MemberData(nameof(Origins))]
    public async Task Administrators_see_the_jobs_with_the_same_session(bool isStandalone)
    {
        using var browser = Open(isStandalone);
        await browser.OpenAsync("/jobs");
        Assert.Equal("/sign-in?returnUrl=%2Fjobs", browser.Location);
        await browser.SubmitAsync("password", ("email", TestUsers.AdminEmail), ("password", TestUsers.AdminPassword));
        Assert.Equal("/jobs", browser.Location);
        Assert.Contains("MovieLms jobs", browser.Html);
        Assert.NotEqual(HttpStatusCode.Redirect, await browser.FetchAsync(HttpMethod.Post, "/jobs/stats"));
        using var student = Open(isStandalone);
        await RegisterAsync(student, "Dora");
        await student.OpenAsync("/jobs");
        Assert.Equal(HttpStatusCode.Forbidden, student.Status);
        Assert.Contains("<h1>", student.Html);
    }

    [Theory]
    [MemberData(nameof(Origins))]
    public async Task A_changed_password_keeps_this_browser_signed_in_and_no_other(bool isStandalone)
    {
        using var browser = Open(isStandalone);
        var email = await RegisterAsync(browser, "Emil");
        using var other = Open(isStandalone);
        await other.SignInAsync(email, TestUsers.Password, "/account");
        Assert.Equal("/account", other.Location);
        await browser.OpenAsync("/account/security");
        await browser.SubmitAsync("password", ("currentPassword", "wrong password"), ("newPassword", NewPassword));
        Assert.Contains("The current password is wrong.", browser.Html);
        await browser.SubmitAsync("password", ("currentPassword", TestUsers.Password), ("newPassword", NewPassword));
        Assert.Equal("/account/security?done=password", browser.Location);
        Assert.Contains("All other devices are signed out.", browser.Html);
        await other.OpenAsync("/account");
        Assert.StartsWith("/sign-in", other.Location);
        await other.SignInAsync(email, NewPassword, "/account");
        Assert.Equal("/account", other.Location);
    }

    [Theory]
    [MemberData(nameof(Origins))]
    public async Task A_visitor_ends_the_sessions_of_other_devices(bool isStandalone)
    {
        using var browser = Open(isStandalone);
        var email = await RegisterAsync(browser, "Frida");
        using var other = Open(isStandalone);
        await other.SignInAsync(email, TestUsers.Password);
        await browser.OpenAsync("/account/security");
        Assert.Contains("Firefox on Linux", browser.Html);
        Assert.Single(ThisDevice().Matches(browser.Html));
        await browser.SubmitAsync("sessions", ("id", "others"));
        Assert.Contains("All other devices are signed out.", browser.Html);
        await other.OpenAsync("/account");
        Assert.StartsWith("/sign-in", other.Location);
    }

    [Theory]
    [MemberData(nameof(Origins))]
    public async Task A_profile_is_changed(bool isStandalone)
    {
        using var browser = Open(isStandalone);
        await RegisterAsync(browser, "Greta");
        await browser.OpenAsync("/account");
        await browser.SubmitAsync("profile", ("username", "Greta G"), ("phone", "12"));
        Assert.Contains("value=\"Greta G\"", browser.Html);
        Assert.Contains("value=\"12\"", browser.Html);
        Assert.Contains("id=\"field-phone-error\"", browser.Html);
        await browser.SubmitAsync("profile", ("phone", "+4915112345678"), ("currentPassword", TestUsers.Password));
        Assert.Contains("Your profile is saved.", browser.Html);
        Assert.Contains("value=\"+4915112345678\"", WebUtility.HtmlDecode(browser.Html));
        await browser.SubmitAsync("profile", ("phone", ""), ("currentPassword", TestUsers.Password));
        Assert.DoesNotContain("4915112345678\"", browser.Html);
    }

    [Theory]
    [MemberData(nameof(Origins))]
    public async Task A_deleted_account_signs_out(bool isStandalone)
    {
        using var browser = Open(isStandalone);
        var email = await RegisterAsync(browser, "Hugo");
        await browser.OpenAsync("/account/data");
        await browser.SubmitAsync("delete", ("currentPassword", TestUsers.Password));
        Assert.Contains("Check the box to confirm.", browser.Html);
        await browser.SubmitAsync("delete", ("currentPassword", TestUsers.Password), ("sure", "true"));
        Assert.StartsWith("/account/deleted?until=2", browser.Location);
        Assert.DoesNotContain("action=\"/sign-out\"", browser.Html);
        await browser.SignInAsync(email, TestUsers.Password);
        Assert.Contains("The e-mail address or password is wrong.", browser.Html);
    }

    [Fact]
    public async Task A_forgotten_password_is_replaced_with_the_mailed_link()
    {
        using var browser = Open(isStandalone: true);
        var email = await RegisterAsync(browser, "Ida");
        await browser.SubmitAsync("/sign-out");
        await browser.OpenAsync("/account/forgot");
        await browser.SubmitAsync("forgot", ("email", email));
        Assert.Contains("Look at your mail", browser.Html);
        var token = await FindTokenAsync(email, "/account/password");
        await browser.OpenAsync("/account/password");
        await browser.SubmitAsync("password", ("token", token), ("newPassword", "short"));
        Assert.Contains($"value=\"{token}\"", browser.Html);
        await browser.SubmitAsync("password", ("newPassword", NewPassword));
        Assert.Equal("/sign-in?done=password", browser.Location);
        await browser.SignInAsync(email, NewPassword, "/account");
        Assert.Equal("/account", browser.Location);
        await browser.OpenAsync("/account/password");
        await browser.SubmitAsync("password", ("token", token), ("newPassword", NewPassword));
        Assert.Contains("Request a new link", browser.Html);
    }

    [Fact]
    public async Task A_second_step_is_set_up_used_and_turned_off()
    {
        using var browser = Open(isStandalone: true);
        var email = await RegisterAsync(browser, "Jan");
        var recoveryCodes = await SecondStep.SetUpAsync(browser, origins.Standalone, email);
        await browser.SubmitAsync("/sign-out");
        await browser.SignInAsync(email, TestUsers.Password, "/account/security");
        Assert.Contains("One more step", browser.Html);
        await browser.SubmitAsync("code", ("code", "wrong"));
        Assert.Contains("The code is wrong", browser.Html);
        await browser.SubmitAsync("code", ("code", recoveryCodes[0]));
        Assert.Equal("/account/security", browser.Location);
        await browser.SubmitAsync("step-off", ("code", recoveryCodes[0]));
        Assert.Contains("aria-invalid=\"true\"", browser.Html);
        await browser.SubmitAsync("step-off", ("code", recoveryCodes[1]));
        Assert.Contains("Set it up", browser.Html);
        await browser.SubmitAsync("/sign-out");
        await browser.SignInAsync(email, TestUsers.Password, "/account/security");
        Assert.Equal("/account/security", browser.Location);
        Assert.DoesNotContain("One more step", browser.Html);
    }

    [Theory]
    [MemberData(nameof(Origins))]
    public async Task A_picture_is_uploaded_and_removed(bool isStandalone)
    {
        using var browser = Open(isStandalone);
        await RegisterAsync(browser, "Kira");
        await browser.OpenAsync("/account");
        await browser.UploadAsync("picture", "picture", "me.png", [1, 2, 3]);
        Assert.Matches("<input id=\"field-picture\"[^>]*aria-invalid=\"true\"", browser.Html);
        Assert.Contains("You have no picture yet.", browser.Html);
        await browser.UploadAsync("picture", "picture", "me.png", Convert.FromBase64String(Picture));
        Assert.Equal("/account?done=picture", browser.Location);
        var address = PictureAddress().Match(browser.Html).Value;
        Assert.Equal(HttpStatusCode.OK, await browser.FetchAsync(HttpMethod.Get, address));
        await browser.SubmitAsync("picture", ("remove", "true"));
        Assert.Equal("/account?done=no-picture", browser.Location);
        Assert.Equal(HttpStatusCode.NotFound, await browser.FetchAsync(HttpMethod.Get, address));
    }

    [Fact]
    public async Task An_address_is_changed_with_both_links()
    {
        using var browser = Open(isStandalone: true);
        var email = await RegisterAsync(browser, "Lena");
        var newEmail = TestUsers.NewEmail();
        await browser.OpenAsync("/account/security");
        await browser.SubmitAsync("email", ("newEmail", newEmail), ("currentPassword", "wrong password"));
        Assert.Contains($"value=\"{newEmail}\"", browser.Html);
        await browser.SubmitAsync("email", ("newEmail", newEmail), ("currentPassword", TestUsers.Password));
        Assert.Contains("Look at your mail", browser.Html);
        await browser.OpenAsync("/account/email");
        await browser.SubmitAsync("email", ("token", await FindTokenAsync(email, "/account/email")), ("decision", "confirm"));
        Assert.Contains("The address changes when you also use the link in the other mail.", browser.Html);
        await browser.OpenAsync("/account/email");
        await browser.SubmitAsync("email", ("token", await FindTokenAsync(newEmail, "/account/email")), ("decision", "confirm"));
        Assert.Contains("Your account has the new address now.", browser.Html);
        using var other = Open(isStandalone: true);
        await other.SignInAsync(email, TestUsers.Password);
        Assert.Contains("The e-mail address or password is wrong.", other.Html);
        await other.SignInAsync(newEmail, TestUsers.Password, "/account/security");
        Assert.Contains(newEmail, other.Html);
    }

    [Theory]
    [InlineData("/account/password")]
    [InlineData("/account/verify")]
    [InlineData("/account/email")]
    [InlineData("/account/keep")]
    public async Task A_page_of_a_mailed_link_submits_its_token_when_a_button_is_pressed(string path)
    {
        foreach (var isStandalone in new[] { true, false })
        {
            using var browser = Open(isStandalone);
            await browser.OpenAsync(path);
            Assert.Equal(HttpStatusCode.OK, browser.Status);
            Assert.Contains("name=\"token\"", browser.Html);
            Assert.Contains("link-token.js\"></script>", browser.Html);
            await browser.SubmitAsync(path, ("token", "made-up"), ("newPassword", NewPassword));
            Assert.Contains("The link is invalid, expired or already used.", browser.Html);
        }
    }

    private PageBrowser Open(bool isStandalone) => new(isStandalone ? origins.Standalone : origins.Gateway);

    private static async Task<string> RegisterAsync(PageBrowser browser, string name)
    {
        var email = TestUsers.NewEmail();
        await browser.OpenAsync("/register");
        await browser.SubmitAsync("register", ("username", name), ("email", email), ("password", TestUsers.Password));
        return email;
    }

    private Task<string> FindTokenAsync(string email, string path) => FindInMailAsync(email, $"{path}#(?<found>[\\w-]+)", 1);

    private Task<string> FindInMailAsync(string email, string pattern, int count) =>
        CaughtMails.FindAsync(origins.Standalone, email, pattern, count);

    [GeneratedRegex("this device")]
    private static partial Regex ThisDevice();

    [GeneratedRegex("/api/users/[0-9a-f]{24}/avatar")]
    private static partial Regex PictureAddress();
}
