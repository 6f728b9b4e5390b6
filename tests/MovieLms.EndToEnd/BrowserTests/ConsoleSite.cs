using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using MovieLms.Testing;
using MovieLms.Testing.Processes;
using MovieLms.Testing.Tools;

namespace MovieLms.EndToEnd.BrowserTests;

/// <summary>
/// MovieLms.Standalone with the sample movies, a visitor of each role, and a browser. Runs only with <c>MOVIELMS_TEST_PAGES</c>, because
/// the pages take minutes: <c>1</c> opens all pages, and a path such as <c>/courses</c> those at and below it.
/// </summary>
public sealed class ConsoleSite : IAsyncLifetime
{
    internal const string Anonymous = "anonymous";
    internal const string Student = "student";
    internal const string Instructor = "instructor";
    internal const string Admin = "admin";
    private const string AdminEmail = "agnes@example.test";
    private const string Password = "rosebud was a sled";
    private const int SampleMovies = 3_200;
    private static readonly string? Wanted = Environment.GetEnvironmentVariable("MOVIELMS_TEST_PAGES");
    private readonly Dictionary<string, string> _cookies = [];
    private StandaloneProcess? _standalone;
    private PageBrowser? _browser;
    private string _movieId = "";
    private string _courseId = "";
    private string _importId = "";
    private string _lectureId = "";
    private string _studentId = "";
    private string _jobId = "";
    private GradingSample? _grading;
    private string _orderId = "";
    private string _todoId = "";

    internal static bool IsEnabled => !string.IsNullOrEmpty(Wanted);

    /// <summary>Returns whether a test opens a page.</summary>
    internal static bool IsWanted(ConsolePage page) => Wanted == "1" || page.Address.StartsWith(Wanted ?? "", StringComparison.Ordinal);

    public async ValueTask InitializeAsync()
    {
        if (!IsEnabled)
            return;
        _browser = await PageBrowser.StartAsync();
        _standalone = await StandaloneProcess.StartAsync(null, new Dictionary<string, string?> { ["Auth__BcryptCost"] = "4" }, "--sample");
        var link = await _standalone.GetFirstAdminLinkAsync();
        await using (var visitor = await _browser.OpenAsync(_standalone.Address))
        {
            await visitor.CreateAdministratorAsync(link, "Agnès", AdminEmail, Password);
            _cookies[Admin] = await visitor.GetCookiesAsync();
        }
        using var admin = await ApiClient.SignInAsync(_standalone.Address, AdminEmail, Password);
        await Eventually.WaitUntilAsync(async () => await CountMoviesAsync(admin) == SampleMovies, "the sample is imported", 120);
        _movieId = await FindMovieAsync(admin);
        var review = new { rating = 9, comment = "The light in the last scene stays with me." };
        (await admin.PostAsJsonAsync($"/api/movies/{_movieId}/reviews", review)).EnsureSuccessStatusCode();
        using var course = await admin.PostAsJsonAsync("/api/courses", new { title = "Editing", status = "published" });
        course.EnsureSuccessStatusCode();
        _courseId = (await course.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!;
        _importId = await ImportAsync(admin);
        _studentId = await RegisterAsync(Student);
        _lectureId = await CourseSample.FillAsync(admin, _courseId, _movieId, _studentId);
        await ChatSample.WriteAsync(_standalone.Address, admin.DefaultRequestHeaders.Authorization?.Parameter, "lobby", ChatSample.Talk);
        using (var studentClient = await ApiClient.SignInAsync(_standalone.Address, GetEmail(Student), Password))
            _grading = await GradingSample.CreateAsync(admin, studentClient, _studentId);
        var instructor = await RegisterAsync(Instructor);
        (await admin.PatchAsJsonAsync($"/api/users/{instructor}/role", new { role = Instructor })).EnsureSuccessStatusCode();
        await AddWorkAsync(admin);
        await SignInAsync(Student);
        await SignInAsync(Instructor);
        _jobId = await RunJobAsync(admin);
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        if (_standalone is not null)
            await _standalone.DisposeAsync();
    }

    internal static void SkipUnlessEnabled()
    {
        Assert.SkipUnless(IsEnabled, "takes minutes: set MOVIELMS_TEST_PAGES=1");
        ExternalTool.Require("chromium", "chromium-browser", "google-chrome");
    }

    /// <summary>Opens a browser context as a visitor of a role.</summary>
    internal Task<Visitor> OpenAsync(string role, View? view = null, bool hasScripts = true) =>
        _browser!.OpenAsync(_standalone!.Address, view, _cookies.GetValueOrDefault(role), hasScripts);

    /// <summary>Replaces the placeholders of an address.</summary>
    internal string Fill(string address) =>
        _grading!
            .Fill(address)
            .Replace("{movie}", _movieId, StringComparison.Ordinal)
            .Replace("{course}", _courseId, StringComparison.Ordinal)
            .Replace("{import}", _importId, StringComparison.Ordinal)
            .Replace("{lecture}", _lectureId, StringComparison.Ordinal)
            .Replace("{student}", _studentId, StringComparison.Ordinal)
            .Replace("{job}", _jobId, StringComparison.Ordinal)
            .Replace("{order}", _orderId, StringComparison.Ordinal)
            .Replace("{todo}", _todoId, StringComparison.Ordinal);

    private static string GetEmail(string role) => $"{role}@example.test";

    private async Task<string> RegisterAsync(string role)
    {
        var account = new
        {
            username = $"Ida {role}",
            email = GetEmail(role),
            password = Password,
        };
        using var response = await _standalone!.Client.PostAsJsonAsync("/api/auth/register", account);
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!;
    }

    /// <summary>Adds to-dos and a paid order of the student.</summary>
    private async Task AddWorkAsync(HttpClient admin)
    {
        using var student = await ApiClient.SignInAsync(_standalone!.Address, GetEmail(Student), Password);
        var overdue = new
        {
            title = "Return the camera",
            description = "With both batteries",
            dueDate = "2026-01-02T17:00:00Z",
            priority = "high",
        };
        _todoId = await CreateAsync(student, "/api/todos", overdue);
        await CreateAsync(student, "/api/todos", new { title = "Watch The Red Shoes", priority = "low" });
        _orderId = await CreateAsync(student, "/api/orders", new { courseId = _courseId });
        (await admin.PatchAsJsonAsync($"/api/orders/{_orderId}", new { status = "paid" })).EnsureSuccessStatusCode();
    }

    private static async Task<string> CreateAsync<T>(HttpClient client, string address, T body)
    {
        using var response = await client.PostAsJsonAsync(address, body);
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!;
    }

    private async Task SignInAsync(string role)
    {
        await using var visitor = await _browser!.OpenAsync(_standalone!.Address);
        await visitor.SignInAsync(GetEmail(role), Password, $"Ida {role}");
        _cookies[role] = await visitor.GetCookiesAsync();
    }

    private static async Task<int> CountMoviesAsync(HttpClient client)
    {
        var years = await client.GetFromJsonAsync<JsonElement>("/api/analytics/movies-by-year");
        return years.EnumerateArray().Sum(year => year.GetProperty("count").GetInt32());
    }

    private static async Task<string> FindMovieAsync(HttpClient client)
    {
        var movies = await client.GetFromJsonAsync<JsonElement>("/api/movies?limit=1&sort=-rating");
        return movies.GetProperty("items")[0].GetProperty("id").GetString()!;
    }

    /// <summary>Starts a recurring job and returns the ID of its run.</summary>
    private static async Task<string> RunJobAsync(HttpClient client)
    {
        (await client.PostAsync("/jobs/api/recurring/uploads-sweep/run", null)).EnsureSuccessStatusCode();
        JsonElement runs = default;
        await Eventually.WaitUntilAsync(
            async () =>
                (runs = await client.GetFromJsonAsync<JsonElement>("/jobs/api/history?name=uploads-sweep&state=succeeded"))
                    .GetProperty("total")
                    .GetInt32() > 0,
            "the job has run",
            60
        );
        return runs.GetProperty("items")[0].GetProperty("id").GetString()!;
    }

    /// <summary>Imports a file with a mistake and returns the ID of the import.</summary>
    private static async Task<string> ImportAsync(HttpClient client)
    {
        using var file = new StringContent("title,year\nLa Pointe Courte,1955\nThe mistake,soon\n", Encoding.UTF8, "text/csv");
        using var form = new MultipartFormDataContent { { file, "file", "movies.csv" } };
        using var accepted = await client.PostAsync("/api/movies/import", form);
        accepted.EnsureSuccessStatusCode();
        var location = accepted.Headers.Location!;
        await Eventually.WaitUntilAsync(
            async () => (await client.GetFromJsonAsync<JsonElement>(location)).GetProperty("state").GetString() == "completed",
            "the file with a mistake is imported",
            60
        );
        return location.ToString().Split('/')[^1];
    }
}
