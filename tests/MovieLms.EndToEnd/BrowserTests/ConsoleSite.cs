using System.Net.Http.Json;
using System.Text.Json;
using MovieLms.Testing;
using MovieLms.Testing.Processes;
using MovieLms.Testing.Tools;

namespace MovieLms.EndToEnd.BrowserTests;

/// <summary>
/// MovieLms.Standalone with the sample movies, a visitor of each role, and a browser. Runs only with <c>MOVIELMS_TEST_PAGES=1</c>, because
/// the pages take minutes.
/// </summary>
public sealed class ConsoleSite : IAsyncLifetime
{
    internal const string Anonymous = "anonymous";
    internal const string Student = "student";
    internal const string Instructor = "instructor";
    internal const string Admin = "admin";
    private const string Password = "rosebud was a sled";
    private const int SampleMovies = 3_200;
    private readonly Dictionary<string, string> _cookies = [];
    private StandaloneProcess? _standalone;
    private PageBrowser? _browser;

    internal static bool IsEnabled => Environment.GetEnvironmentVariable("MOVIELMS_TEST_PAGES") == "1";

    /// <summary>A movie with reviews.</summary>
    internal string MovieId { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        if (!IsEnabled)
            return;
        _browser = await PageBrowser.StartAsync();
        _standalone = await StandaloneProcess.StartAsync(
            null,
            new Dictionary<string, string?>
            {
                ["Admin__Email"] = GetEmail(Admin),
                ["Admin__Password"] = Password,
                ["Auth__BcryptCost"] = "4",
            },
            "--sample"
        );
        using var admin = await ApiClient.SignInAsync(_standalone.Address, GetEmail(Admin), Password);
        await Eventually.WaitUntilAsync(async () => await CountMoviesAsync(admin) == SampleMovies, "the sample is imported", 120);
        MovieId = await FindMovieAsync(admin);
        await RegisterAsync(Student);
        var instructor = await RegisterAsync(Instructor);
        (await admin.PatchAsJsonAsync($"/api/users/{instructor}/role", new { role = "instructor" })).EnsureSuccessStatusCode();
        await ReviewAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        if (_standalone is not null)
            await _standalone.DisposeAsync();
    }

    /// <summary>Opens a browser context as a visitor of a role.</summary>
    internal async Task<Visitor> OpenAsync(string role, View? view = null, bool hasScripts = true) =>
        await _browser!.OpenAsync(_standalone!.Address, view, await GetCookiesAsync(role), hasScripts);

    internal static void SkipUnlessEnabled()
    {
        Assert.SkipUnless(IsEnabled, "takes minutes: set MOVIELMS_TEST_PAGES=1");
        ExternalTool.Require("chromium", "chromium-browser", "google-chrome");
    }

    private static string GetEmail(string role) => $"{role}@example.test";

    private async Task<string?> GetCookiesAsync(string role)
    {
        if (role == Anonymous)
            return null;
        if (_cookies.TryGetValue(role, out var cookies))
            return cookies;
        await using var visitor = await _browser!.OpenAsync(_standalone!.Address);
        await visitor.SignInAsync(GetEmail(role), Password);
        return _cookies[role] = await visitor.GetCookiesAsync();
    }

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

    private async Task ReviewAsync()
    {
        foreach (var (role, rating) in new[] { (Student, 8), (Instructor, 6), (Admin, 9) })
        {
            using var client = await ApiClient.SignInAsync(_standalone!.Address, GetEmail(role), Password);
            var review = new { rating, comment = "The light in the last scene stays with me." };
            (await client.PostAsJsonAsync($"/api/movies/{MovieId}/reviews", review)).EnsureSuccessStatusCode();
        }
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
}
