using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using MongoDB.Driver;
using MovieLms.Bench.Measuring;
using MovieLms.Testing.Processes;

namespace MovieLms.Bench.Api;

/// <summary>A running build of Standalone with the sample movies, and the requests to measure.</summary>
internal sealed class ApiBuild : IAsyncDisposable
{
    internal const string TodoById = "to-do by ID, not cached";
    private const string AdminEmail = "bench@movielms.example";
    private const string AdminPassword = "curtain-falls-slowly-42";

    /// <summary>The number of to-dos and of enrollments to create: one page of each.</summary>
    private const int PageSize = 20;

    private readonly StandaloneProcess _standalone;
    private readonly DirectoryInfo _folder;
    private readonly string? _externalMongo;

    private ApiBuild(StandaloneProcess standalone, DirectoryInfo folder, string? externalMongo) =>
        (_standalone, _folder, _externalMongo) = (standalone, folder, externalMongo);

    /// <summary>Settings for an administrator and a rate limit that no benchmark reaches.</summary>
    internal static IReadOnlyDictionary<string, string?> Settings { get; } =
        new Dictionary<string, string?>
        {
            ["Admin__Email"] = AdminEmail,
            ["Admin__Password"] = AdminPassword,
            ["RateLimits__RequestsPerSecond"] = "1000000",
        };

    internal IReadOnlyList<ApiRequest> Requests { get; private set; } = [];

    /// <summary>Signed in as an administrator.</summary>
    internal HttpClient Client => _standalone.Client;

    internal Uri Address => _standalone.Address;

    /// <summary>The database.</summary>
    internal IMongoDatabase Database
    {
        get
        {
            var url = new MongoUrl(_externalMongo ?? _standalone.Mongo);
            return new MongoClient(url).GetDatabase(url.DatabaseName ?? "movielms");
        }
    }

    /// <summary>Waits 15 s, so that Standalone returns unused memory, and describes the rest.</summary>
    internal async Task<string> DescribeIdleMemoryAsync()
    {
        await Task.Delay(TimeSpan.FromSeconds(15));
        return await DescribeMemoryAsync();
    }

    /// <summary>Returns a sentence on the memory of Standalone and its managed heap.</summary>
    internal async Task<string> DescribeMemoryAsync()
    {
        var usage = await ReadUsageAsync();
        var process = _standalone.Process;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"Standalone uses {process.AnonymousBytes / 1e6:N0} MB of anonymous memory, of which the managed heap takes "
                + $"{usage.CommittedBytes / 1e6:N0} MB ({usage.HeapBytes / 1e6:N0} MB of objects and gaps); "
                + $"{process.ResidentBytes / 1e6:N0} MB are resident."
        );
    }

    /// <summary>
    /// Starts the build of a checkout. Uses the servers named by <c>MOVIELMS_TEST_MONGODB</c> and <c>MOVIELMS_TEST_REDIS</c>, else the
    /// embedded ones.
    /// </summary>
    /// <param name="checkout">The folder of <c>MovieLms.sln</c>, built in this configuration, or the folder of a published build.</param>
    /// <param name="importSample">Whether to import the sample movies and create the data of <see cref="Requests"/>.</param>
    internal static async Task<ApiBuild> StartAsync(string checkout, bool importSample = true)
    {
        var folder = Directory.CreateTempSubdirectory("bench-");
        var settings = Settings.Concat(ProcessUsage.Environment(SocketIn(folder))).ToDictionary();
        var mongo = ExternalMongo.Create();
        if (mongo is not null)
            settings["ConnectionStrings__mongodb"] = mongo;
        if (Environment.GetEnvironmentVariable("MOVIELMS_TEST_REDIS") is { Length: > 0 } redis)
        {
            settings["ConnectionStrings__redis"] = redis;
            settings["Redis__Prefix"] = ExternalMongo.CreateName() + ":";
        }
        var data = Path.Combine(folder.FullName, "data");
        var build = new ApiBuild(await StandaloneProcess.StartFromCheckoutAsync(checkout, data, settings), folder, mongo);
        try
        {
            await SignInAsync(build.Client);
            if (importSample)
                await build.PrepareAsync();
            return build;
        }
        catch
        {
            await build.DisposeAsync();
            throw;
        }
    }

    internal Task<ProcessUsage> ReadUsageAsync() => ProcessUsage.ReadAsync(SocketIn(_folder));

    /// <summary>Signs the administrator in.</summary>
    internal static async Task SignInAsync(HttpClient client) =>
        client.DefaultRequestHeaders.Authorization = new("Bearer", await client.LogInAsync(AdminEmail, AdminPassword));

    /// <summary>Creates the data that the requests read, and returns the requests.</summary>
    internal static async Task<IReadOnlyList<ApiRequest>> CreateRequestsAsync(HttpClient client, Uri address)
    {
        JsonElement todo = default;
        for (var i = 0; i < PageSize; i++)
        {
            todo = await PostAsync(client, "/api/todos", new { title = $"To-do {i}", dueDate = "2030-01-01T00:00:00Z" });
            var course = await PostAsync(client, "/api/courses", new { title = $"Course {i}", status = "published" });
            await PostAsync(client, "/api/enrollments", new { courseId = course.GetProperty("id").GetString() });
        }
        var list = await client.GetFromJsonAsync<JsonElement>("/api/movies?limit=1&sort=-rating");
        var id = list.GetProperty("items")[0].GetProperty("id").GetString();
        var token = client.DefaultRequestHeaders.Authorization!.Parameter!;
        return
        [
            new("cached read", new Uri(address, "/api/analytics"), token),
            new("movie by ID", new Uri(address, $"/api/movies/{id}"), token),
            new(TodoById, new Uri(address, $"/api/todos/{todo.GetProperty("id")}"), token),
            new("filtered list", new Uri(address, "/api/movies?genre=Drama&minRating=7&sort=-rating&limit=20"), token),
            new("filtered list, compressed", new Uri(address, "/api/movies?genre=Drama&minRating=7&sort=-rating&limit=20"), token)
            {
                AcceptEncoding = "br",
            },
            // Searches are not cached.
            new("searched list, not cached", new Uri(address, "/api/movies?search=the&genre=Drama&sort=-rating&limit=20"), token),
            new("to-do list", new Uri(address, "/api/todos?done=false&sort=dueDate"), token),
            new("enrollment list", new Uri(address, "/api/enrollments"), token),
            // Each request has a different parameter, so that each one runs the pipeline.
            new("analytics, not cached", new Uri(address, "/api/analytics/top-rated?limit=10"), token, Varying: "minVotes"),
            new("create a to-do", new Uri(address, "/api/todos"), token, Body: """{"title":"Buy film"}"""),
        ];
    }

    public async ValueTask DisposeAsync()
    {
        await _standalone.DisposeAsync();
        _folder.Delete(recursive: true);
        await ExternalMongo.DropAsync(_externalMongo);
    }

    private static string SocketIn(DirectoryInfo folder) => Path.Combine(folder.FullName, "usage.sock");

    private static async Task<JsonElement> PostAsync(HttpClient client, string path, object body)
    {
        using var response = await client.PostAsJsonAsync(path, body);
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadFromJsonAsync<JsonElement>();
    }

    private async Task PrepareAsync()
    {
        await Sample.ImportAsync(_standalone.Client);
        Requests = await CreateRequestsAsync(_standalone.Client, _standalone.Address);
    }
}
