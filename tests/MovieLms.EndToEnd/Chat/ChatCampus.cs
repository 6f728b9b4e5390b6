using System.Net.Http.Json;
using System.Text.Json;
using MongoDB.Driver;
using MovieLms.Testing;
using MovieLms.Testing.Processes;

namespace MovieLms.EndToEnd.Chat;

/// <summary>The tests that share one <see cref="ChatCampus"/> and run one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class ChatCampusTests : ICollectionFixture<ChatCampus>
{
    internal const string Name = "chat on two nodes";
}

/// <summary>
/// An installation of processes with two Realtime nodes behind one Redis. Each test creates its own students and courses.
/// </summary>
public sealed class ChatCampus : IAsyncLifetime
{
    /// <summary>How long users of a killed node remain listed as present.</summary>
    private const string PresenceTtl = "00:00:08";
    private MongoClient _mongo = null!;
    private int _cohorts;

    internal static bool IsFull => TestEnvironment.IsFullScale;

    internal Installation Installation { get; private set; } = null!;

    /// <summary>The name of the second node among the installation's services.</summary>
    internal string Second { get; private set; } = string.Empty;

    /// <summary>The addresses of both nodes.</summary>
    internal IReadOnlyList<Uri> Nodes { get; private set; } = [];

    internal HttpClient Admin { get; private set; } = null!;

    internal IMongoDatabase Database { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Installation = await Installation.StartAsync(
            new Dictionary<string, string?>
            {
                ["RateLimits__ChatMessages__Permits"] = "1000000",
                ["Realtime__CallsPerTenSeconds"] = "1000000",
                ["Realtime__CallsPerUserPerTenSeconds"] = "1000000",
                ["RateLimits__Register__Permits"] = "100000",
                ["RateLimits__LoginAddress__Permits"] = "100000",
                ["Realtime__ReadsPerTenSeconds"] = "100000",
                ["Realtime__JoinsPerTenSeconds"] = "100000",
                ["Realtime__PresenceTtl"] = PresenceTtl,
            }
        );
        Second = await Installation.Services.StartAnotherAsync("Realtime");
        Nodes = [Installation.Services.Realtime, Installation.Services.GetAddress(Second)];
        Admin = await ApiClient.SignInAsync(Installation.Services.Api, Installation.AdminEmail, Installation.AdminPassword);
        _mongo = new MongoClient(Installation.Mongo);
        Database = _mongo.GetDatabase(MongoUrl.Create(Installation.Mongo).DatabaseName);
    }

    /// <summary>
    /// Creates students and a tenth as many free courses. Each student enrolls in two courses, so each course has twenty students,
    /// half of them on each node.
    /// </summary>
    internal async Task<ChatCohort> EnrollAsync(int students)
    {
        // A failed test may have left a node killed.
        foreach (var node in new[] { "Realtime", Second })
        {
            if (Installation.Services[node].HasExited)
                await Installation.Services.RestartAsync(node);
        }

        var cohort = Interlocked.Increment(ref _cohorts);
        var courses = new List<string>();
        for (var i = 0; i < students / 10; i++)
        {
            courses.Add(
                await ReadIdAsync(await Admin.PostAsJsonAsync("/api/courses", new { title = $"Course {cohort}-{i}", status = "published" }))
            );
        }

        var enrolled = new CampusStudent[students];
        await Parallel.ForEachAsync(
            Enumerable.Range(0, students),
            new ParallelOptions { MaxDegreeOfParallelism = 4 },
            async (i, _) =>
                enrolled[i] = await EnrollAsync(
                    $"student{cohort}-{i}",
                    i / courses.Count % 2,
                    courses[i % courses.Count],
                    courses[(i + 1) % courses.Count]
                )
        );
        return new ChatCohort(Nodes, Database, enrolled);
    }

    public async ValueTask DisposeAsync()
    {
        Admin?.Dispose();
        _mongo?.Dispose();
        if (Installation is not null)
            await Installation.DisposeAsync();
    }

    private async Task<CampusStudent> EnrollAsync(string name, int node, params string[] courses)
    {
        var (server, email) = (Installation.Services.Api, $"{name}@campus.example");
        using var anonymous = new HttpClient { BaseAddress = server };
        var id = await ReadIdAsync(
            await anonymous.PostAsJsonAsync(
                "/api/auth/register",
                new
                {
                    username = name,
                    email,
                    password = TestUsers.Password,
                }
            )
        );
        var api = await ApiClient.SignInAsync(server, email, TestUsers.Password);
        foreach (var course in courses.Distinct())
            await ReadIdAsync(await api.PostAsJsonAsync("/api/enrollments", new { courseId = course }));
        return new CampusStudent(
            name,
            id,
            api,
            api.DefaultRequestHeaders.Authorization!.Parameter!,
            node,
            [.. courses.Distinct().Select(course => $"course:{course}")]
        );
    }

    private static async Task<string> ReadIdAsync(HttpResponseMessage response)
    {
        using (response)
        {
            Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
            return (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!;
        }
    }
}
