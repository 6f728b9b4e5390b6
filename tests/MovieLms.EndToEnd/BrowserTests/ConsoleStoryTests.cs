using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using MovieLms.Testing;
using MovieLms.Testing.Processes;
using static Microsoft.Playwright.Assertions;

namespace MovieLms.EndToEnd.BrowserTests;

/// <summary>One story of the console in two browsers: of the first administrator and of a student.</summary>
public sealed partial class ConsoleStoryTests : IAsyncLifetime
{
    private const string AdminEmail = "agnes@example.test";
    private const string StudentEmail = "ida@example.test";
    private const string Password = "the lighthouse keeps turning";
    private const string NewPassword = "the lighthouse stopped at dawn";
    private const string Course = "Editing";
    private const string Assignment = "Cut a scene";
    private const int Rows = 2_000;
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
    public async Task From_the_first_start_to_a_graded_student_with_a_new_password()
    {
        await using var first = await _browser.OpenAsync(_standalone.Address);
        await using var second = await _browser.OpenAsync(_standalone.Address);
        var (admin, student) = (first.Page, second.Page);
        await CreateAdministratorAsync(admin);
        await ImportMoviesAsync(admin);
        await ReviewMovieAsync(admin);
        await ReadAnalyticAsync(admin);
        await DownloadReportAsync(admin);
        await CreateCourseAsync(admin);
        await RegisterStudentAsync(student);
        await EnrollAsync(student);
        await HandInAsync(student);
        await GradeAsync(admin);
        await ReadGradeAsync(student);
        await ChatAsync(admin, student);
        await SignOutAsync(student);
        await ResetPasswordAsync(student);
        Assert.Empty(first.Errors);
        Assert.Empty(second.Errors);
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
        await ExpectSignedInAsync(page, "Agnès");
    }

    private static async Task ImportMoviesAsync(IPage page)
    {
        await page.GotoAsync("/movies/import");
        await Field(page, "File")
            .SetInputFilesAsync(
                new FilePayload
                {
                    Name = "movies.csv",
                    MimeType = "text/csv",
                    Buffer = Encoding.UTF8.GetBytes(CreateMovies()),
                }
            );
        await PressAsync(page, "Upload");
        await page.WaitForURLAsync(url => url.Contains("/imports/", StringComparison.Ordinal));
        // The page follows the import without being loaded again.
        await page.EvaluateAsync("window.isFirstLoad = true");
        await Expect(page.GetByRole(AriaRole.Status))
            .ToContainTextAsync(string.Create(CultureInfo.InvariantCulture, $"{Rows + 1:N0} rows stored, 1 rejected."));
        Assert.True(await page.EvaluateAsync<bool>("window.isFirstLoad"));
        var error = page.GetByRole(AriaRole.Region, new() { Name = "Rejected rows" }).GetByRole(AriaRole.Row).Nth(1);
        await Expect(error).ToContainTextAsync("year");
        await Expect(error).ToContainTextAsync("soon");
    }

    private static async Task ReviewMovieAsync(IPage page)
    {
        await page.GotoAsync("/movies");
        // The results appear while the visitor types.
        await page.GetByRole(AriaRole.Searchbox).PressSequentiallyAsync("gleaners");
        await Expect(page.Locator("#results")).Not.ToContainTextAsync("Movie 1");
        await page.GetByRole(AriaRole.Link, new() { Name = "The Gleaners and I" }).First.ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("The Gleaners and I");
        await Expect(page.GetByText("No reviews yet")).ToBeVisibleAsync();
        await Field(page, "Rating").FillAsync("9");
        await page.GetByRole(AriaRole.Textbox, new() { Name = "Review" }).FillAsync("Heart-shaped potatoes.");
        await PressAsync(page, "Publish");
        await Expect(page.Locator(".review")).ToContainTextAsync("Heart-shaped potatoes.");
        var best = page.GetByRole(AriaRole.Table, new() { Name = "Reviews by rating" }).GetByRole(AriaRole.Row).Nth(1);
        await Expect(best.GetByRole(AriaRole.Cell).Last).ToHaveTextAsync("1");
    }

    private static async Task ReadAnalyticAsync(IPage page)
    {
        await page.GotoAsync("/analytics");
        await page.GetByRole(AriaRole.Link, new() { Name = "Movies by year" }).First.ClickAsync();
        await Expect(page.GetByRole(AriaRole.Table).First).ToContainTextAsync("1985");
        await page.GetByText("Show the pipeline").ClickAsync();
        await Expect(page.Locator("details[open]").GetByText("$group").First).ToBeVisibleAsync();
    }

    private static async Task DownloadReportAsync(IPage page)
    {
        var link = page.GetByRole(AriaRole.Link, new() { Name = "Open as PDF" });
        await using var response = await page.APIRequest.GetAsync(await link.GetAttributeAsync("href") ?? "");
        Assert.Equal("application/pdf", response.Headers["content-type"]);
        Assert.StartsWith("%PDF", Encoding.Latin1.GetString(await response.BodyAsync()), StringComparison.Ordinal);
    }

    private static async Task CreateCourseAsync(IPage page)
    {
        await page.GotoAsync("/courses/new");
        await Field(page, "Title").FillAsync(Course);
        await page.GetByLabel("Visible to").SelectOptionAsync("published");
        await PressAsync(page, "Create the course");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync(Course);
        await OpenAsync(page, "Assignments");
        await OpenAsync(page, "New assignment");
        await Field(page, "Title").FillAsync(Assignment);
        await PressAsync(page, "Add the assignment");
        await Expect(page.GetByText("Nothing handed in yet")).ToBeVisibleAsync();
    }

    private static async Task EnrollAsync(IPage page)
    {
        await page.GotoAsync("/courses");
        await page.GetByRole(AriaRole.Main).GetByRole(AriaRole.Link, new() { Name = Course }).First.ClickAsync();
        await PressAsync(page, "Enroll");
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Continue" })).ToBeVisibleAsync();
    }

    private static async Task HandInAsync(IPage page)
    {
        await OpenAsync(page, "Assignments");
        await OpenAsync(page, Assignment);
        await page.GetByRole(AriaRole.Textbox, new() { Name = "Text" }).FillAsync("The match cut joins two thousand years.");
        await PressAsync(page, "Hand in");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Your work" })).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Main)).ToContainTextAsync("The match cut joins two thousand years.");
    }

    private static async Task GradeAsync(IPage page)
    {
        await page.ReloadAsync();
        await OpenAsync(page, "Ida");
        await Expect(page.GetByRole(AriaRole.Main)).ToContainTextAsync("The match cut joins two thousand years.");
        await page.GetByRole(AriaRole.Textbox, new() { Name = "Grade" }).FillAsync("92");
        await page.GetByRole(AriaRole.Textbox, new() { Name = "Feedback" }).FillAsync("Watch it again without sound.");
        await PressAsync(page, "Save");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "History of the grade" })).ToBeVisibleAsync();
    }

    private static async Task ReadGradeAsync(IPage page)
    {
        await page.ReloadAsync();
        await Expect(page.GetByRole(AriaRole.Main)).ToContainTextAsync("92");
        await Expect(page.GetByRole(AriaRole.Main)).ToContainTextAsync("Watch it again without sound.");
        // The dashboard is the start page of a visitor who is signed in.
        await page.GotoAsync("/");
        await Expect(page.GetByRole(AriaRole.Main)).ToContainTextAsync(Course);
    }

    private static async Task ChatAsync(IPage admin, IPage student)
    {
        foreach (var page in new[] { admin, student })
            await page.GotoAsync("/chat/lobby");
        await student.GetByLabel("Message", new() { Exact = true }).FillAsync("Who watches The Gleaners tonight?");
        await student.Keyboard.PressAsync("Enter");
        await Expect(admin.GetByRole(AriaRole.Log)).ToContainTextAsync("Who watches The Gleaners tonight?");
    }

    /// <summary>Follows a link of the page's content.</summary>
    private static Task OpenAsync(IPage page, string link) =>
        page.GetByRole(AriaRole.Main).GetByRole(AriaRole.Link, new() { Name = link, Exact = true }).First.ClickAsync();

    private static async Task SignOutAsync(IPage page)
    {
        await PressAsync(page, "Sign out");
        await Expect(page.GetByRole(AriaRole.Banner).GetByRole(AriaRole.Link, new() { Name = "Sign in" })).ToBeVisibleAsync();
    }

    private static async Task RegisterStudentAsync(IPage page)
    {
        await page.GotoAsync("/register");
        await Field(page, "Name").FillAsync("Ida");
        await Field(page, "E-mail address").FillAsync(StudentEmail);
        await Field(page, "Password").FillAsync(Password);
        await PressAsync(page, "Create the account");
        await ExpectSignedInAsync(page, "Ida");
    }

    private async Task ResetPasswordAsync(IPage page)
    {
        await page.GotoAsync("/sign-in");
        await page.GetByRole(AriaRole.Link, new() { Name = "Forgot your password?" }).ClickAsync();
        await Field(page, "E-mail address").FillAsync(StudentEmail);
        await PressAsync(page, "Mail me a link");
        await Expect(page.GetByText("Look at your mail")).ToBeVisibleAsync();
        await page.GotoAsync(await FindResetLinkAsync());
        await Field(page, "New password").FillAsync(NewPassword);
        await PressAsync(page, "Set the password");
        await Expect(page.GetByText("Your new password is set.")).ToBeVisibleAsync();
        await SignInAsync(page, NewPassword);
        await ExpectSignedInAsync(page, "Ida");
    }

    private static async Task SignInAsync(IPage page, string password)
    {
        await Field(page, "E-mail address").FillAsync(StudentEmail);
        await Field(page, "Password").FillAsync(password);
        await page.GetByRole(AriaRole.Main).GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
    }

    /// <summary>Waits for the mail and returns its link.</summary>
    private async Task<string> FindResetLinkAsync()
    {
        string? link = null;
        await Eventually.WaitUntilAsync(
            async () =>
            {
                foreach (var file in Directory.GetFiles(Path.Combine(_data.Path, "mail"), "*.eml"))
                {
                    using var mail = await MimeKit.MimeMessage.LoadAsync(file);
                    if (mail.Subject == "Set a new password")
                        link = ResetLink().Match(mail.TextBody ?? "").Value;
                }
                return link is not null;
            },
            "the mail with the link is caught"
        );
        return link!;
    }

    /// <summary>Returns many movies, one of them with a mistake.</summary>
    private static string CreateMovies()
    {
        var rows = new StringBuilder("title,genre,year\nThe Gleaners and I,Documentary,2000\nThe mistake,Drama,soon\n");
        for (var i = 1; i <= Rows; i++)
            rows.Append(CultureInfo.InvariantCulture, $"Movie {i},Drama,1985\n");
        return rows.ToString();
    }

    private static Task ExpectSignedInAsync(IPage page, string name) => Expect(page.GetByRole(AriaRole.Banner)).ToContainTextAsync(name);

    private static ILocator Field(IPage page, string label) => page.GetByLabel(label, new() { Exact = true });

    private static Task PressAsync(IPage page, string button) =>
        page.GetByRole(AriaRole.Button, new() { Name = button }).First.ClickAsync();

    [GeneratedRegex(@"http://\S+/account/password#\S+")]
    private static partial Regex ResetLink();
}
