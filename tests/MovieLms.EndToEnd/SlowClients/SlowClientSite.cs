using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MovieLms.Testing;
using MovieLms.Testing.Processes;
using MovieLms.Testing.Tools;

namespace MovieLms.EndToEnd.SlowClients;

/// <summary>
/// MovieLms.Standalone with the sample data and the gateway in front of it, as processes with default limits. Runs only with
/// <c>MOVIELMS_TEST_SLOW_CLIENTS=1</c>, since the measurement takes minutes and needs an otherwise idle machine.
/// </summary>
public sealed class SlowClientSite : IAsyncLifetime
{
    private const int SampleMovies = 3_200;
    private const int Students = 51;
    private const string AdminEmail = "admin@movielms.example";
    private const string AdminPassword = "rosebud was a sled";
    private StandaloneProcess? _standalone;
    private DotnetProcess? _web;

    internal static bool IsEnabled => Environment.GetEnvironmentVariable("MOVIELMS_TEST_SLOW_CLIENTS") == "1";

    internal Uri Standalone => _standalone!.Address;

    internal Uri Gateway { get; private set; } = null!;

    /// <summary>The access tokens of the students. The first belongs to the ordinary client.</summary>
    internal IReadOnlyList<string> Tokens { get; private set; } = [];

    /// <summary>True while both processes run.</summary>
    internal bool IsRunning => !_standalone!.Process.HasExited && !_web!.HasExited;

    internal static void SkipUnlessEnabled()
    {
        Assert.SkipUnless(IsEnabled, "takes minutes: set MOVIELMS_TEST_SLOW_CLIENTS=1");
        ExternalTool.Require("slowhttptest");
    }

    public async ValueTask InitializeAsync()
    {
        if (!IsEnabled)
            return;
        _standalone = await StandaloneProcess.StartAsync(
            null,
            new Dictionary<string, string?>
            {
                ["Admin__Email"] = AdminEmail,
                ["Admin__Password"] = AdminPassword,
                ["Auth__BcryptCost"] = "4",
                ["Auth__AccessTokenMinutes"] = "60",
                // All accounts of this test are registered from one IP address.
                ["RateLimits__Register__Permits"] = "1000",
                ["RateLimits__LoginAddress__Permits"] = "1000",
            },
            "--sample"
        );
        using (var admin = await ApiClient.SignInAsync(Standalone, AdminEmail, AdminPassword))
            await Eventually.WaitUntilAsync(async () => await CountMoviesAsync(admin) == SampleMovies, "the sample is imported", 120);
        var tokens = new List<string>();
        for (var i = 0; i < Students; i++)
            tokens.Add(await RegisterAsync());
        Tokens = tokens;
        Gateway = new Uri($"http://127.0.0.1:{FreePort.Find()}");
        _web = DotnetProcess.Start(
            "MovieLms.Web",
            new Dictionary<string, string?>
            {
                ["DOTNET_ENVIRONMENT"] = "Development",
                ["ASPNETCORE_URLS"] = Gateway.ToString(),
                ["ConnectionStrings__mongodb"] = _standalone.Mongo,
                ["services__apiservice__http__0"] = Standalone.ToString(),
                ["services__worker__http__0"] = Standalone.ToString(),
                ["services__realtime__http__0"] = Standalone.ToString(),
            }
        );
        using var client = new HttpClient { BaseAddress = Gateway };
        await Eventually.WaitUntilAsync(() => IsReadyAsync(client), "the gateway is ready", 60);
    }

    public async ValueTask DisposeAsync()
    {
        if (_web is not null)
            await _web.DisposeAsync();
        if (_standalone is not null)
            await _standalone.DisposeAsync();
    }

    private async Task<string> RegisterAsync()
    {
        using var client = new HttpClient { BaseAddress = Standalone };
        var (email, password) = (TestUsers.NewEmail(), TestUsers.Password);
        var account = new
        {
            username = "A student",
            email,
            password,
        };
        (await client.PostAsJsonAsync("/api/auth/register", account)).EnsureSuccessStatusCode();
        using var response = await client.PostAsJsonAsync("/api/auth/login", new { email, password });
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("accessToken").GetString()!;
    }

    private static async Task<int> CountMoviesAsync(HttpClient client)
    {
        var analytics = await client.GetFromJsonAsync<JsonElement>("/api/analytics");
        return analytics.GetProperty("moviesByYear").EnumerateArray().Sum(year => year.GetProperty("count").GetInt32());
    }

    private static async Task<bool> IsReadyAsync(HttpClient client)
    {
        try
        {
            return (await client.GetAsync("/api/movies?limit=1")).StatusCode is HttpStatusCode.OK or HttpStatusCode.Unauthorized;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
