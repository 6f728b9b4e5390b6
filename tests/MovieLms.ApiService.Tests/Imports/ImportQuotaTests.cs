using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Storage;
using MovieLms.Testing;

namespace MovieLms.ApiService.Tests.Imports;

/// <summary>
/// Import quotas per user. They are counted in the database, so that neither parallel requests nor a second process can exceed them.
/// </summary>
public sealed class ImportQuotaTests : IAsyncLifetime
{
    private const int MaxQueued = 5;
    private const int MaxBytes = 3_000_000;
    private ServiceHost _first = null!;
    private ServiceHost _second = null!;

    /// <summary>Two API processes and no Worker, so that accepted imports never end.</summary>
    public async ValueTask InitializeAsync()
    {
        var settings = new Dictionary<string, string?>
        {
            ["Imports:MaxQueued"] = $"{MaxQueued}",
            ["Imports:MaxBytesPerDay"] = $"{MaxBytes}",
            ["RateLimits:RequestsPerSecond"] = "100000",
        };
        var name = BackingServices.CreateName();
        _first = await ServiceHost.StartAsync(
            new ServiceHostOptions
            {
                Services = Services.Api,
                Name = name,
                Settings = settings,
            }
        );
        _second = await ServiceHost.StartAsync(
            new ServiceHostOptions
            {
                Services = Services.Api,
                Name = name,
                Settings = settings,
            }
        );
    }

    public async ValueTask DisposeAsync()
    {
        await _second.DisposeAsync();
        await _first.DisposeAsync();
    }

    [Fact]
    public async Task Parallel_uploads_to_two_processes_are_accepted_up_to_the_limit()
    {
        var (student, other) = (await _first.SignInStudentAsync(), await _first.SignInStudentAsync());
        using var otherClient = _second.CreateClient(student.AccessToken);
        var responses = await Task.WhenAll(
            Enumerable.Range(0, 60).Select(i => UploadAsync(i % 2 == 0 ? student.Client : otherClient, "title\nA task\n"u8.ToArray()))
        );
        Assert.Equal(MaxQueued, responses.Count(response => response.StatusCode == HttpStatusCode.Accepted));
        var rejected = responses.Where(response => response.StatusCode != HttpStatusCode.Accepted).ToList();
        Assert.Equal(55, rejected.Count);
        var problem = await ImportHost.ReadProblemAsync(rejected[0], HttpStatusCode.TooManyRequests);
        Assert.Contains(
            $"{MaxQueued} unfinished imports",
            problem.GetProperty("errors").GetProperty("file")[0].GetString(),
            StringComparison.Ordinal
        );
        Assert.All(
            rejected,
            response =>
                Assert.True(response.StatusCode == HttpStatusCode.TooManyRequests && response.Headers.RetryAfter?.Delta > TimeSpan.Zero)
        );
        Assert.Equal(MaxQueued, await CountAsync(CollectionNames.Imports));
        // Each user has their own quota, and a canceled import makes room.
        Assert.Equal(HttpStatusCode.Accepted, (await UploadAsync(other.Client, "title\nA task\n"u8.ToArray())).StatusCode);
        var accepted = responses.First(response => response.StatusCode == HttpStatusCode.Accepted).Headers.Location!;
        Assert.Equal(HttpStatusCode.OK, (await student.Client.PostAsync($"{accepted}/cancel", null)).StatusCode);
        Assert.Equal(HttpStatusCode.Accepted, (await UploadAsync(otherClient, "title\nA task\n"u8.ToArray())).StatusCode);
    }

    [Fact]
    public async Task Bytes_per_day_are_limited_across_parallel_uploads_to_two_processes()
    {
        var student = await _first.SignInStudentAsync();
        using var otherClient = _second.CreateClient(student.AccessToken);
        var file = new byte[1_200_000];
        Array.Fill(file, (byte)'\n');
        "title\n"u8.CopyTo(file);
        var responses = await Task.WhenAll(
            Enumerable.Range(0, 4).Select(i => UploadAsync(i % 2 == 0 ? student.Client : otherClient, file))
        );
        Assert.InRange(responses.Count(response => response.StatusCode == HttpStatusCode.Accepted), 0, 2);
        using var rejected = await UploadAsync(student.Client, file);
        var problem = await ImportHost.ReadProblemAsync(rejected, HttpStatusCode.TooManyRequests);
        Assert.Contains("2 MB", problem.GetProperty("errors").GetProperty("file")[0].GetString(), StringComparison.Ordinal);
        Assert.InRange(rejected.Headers.RetryAfter!.Delta!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1));
        var usage = await _first
            .Database.GetCollection<BsonDocument>(CollectionNames.ImportUsage)
            .Find(new BsonDocument("_id", new BsonDocument("$regex", $"^{student.Id}")))
            .SingleAsync();
        Assert.InRange(usage["bytes"].ToInt64(), 1, MaxBytes);
        Assert.InRange(
            usage["expiresAt"].ToUniversalTime(),
            TimeProvider.System.GetUtcNow().UtcDateTime,
            TimeProvider.System.GetUtcNow().UtcDateTime.AddDays(2)
        );
        // The rejected files leave nothing behind.
        var imports = await CountAsync(CollectionNames.Imports);
        Assert.Equal(imports, await CountAsync($"{CollectionNames.Files}.files"));
    }

    [Fact]
    public async Task A_file_larger_than_the_daily_limit_returns_413()
    {
        var student = await _first.SignInStudentAsync();
        var problem = await ImportHost.ReadProblemAsync(
            await UploadAsync(student.Client, [.. "title\n"u8, .. new byte[MaxBytes]]),
            HttpStatusCode.RequestEntityTooLarge
        );
        Assert.Contains("2 MB", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Imports_are_listed_in_pages_and_canceled_by_their_owner_or_an_administrator()
    {
        var (student, other, admin) = (
            await _first.SignInStudentAsync(),
            await _first.SignInStudentAsync(),
            await _first.SignInAdminAsync()
        );
        var ids = new List<string>();
        for (var i = 0; i < 3; i++)
            ids.Insert(0, (await (await UploadAsync(student.Client, "title\nA task\n"u8.ToArray())).JsonAsync()).Id());
        var page = await student.Client.GetFromJsonAsync<JsonElement>("/api/imports?limit=2");
        var rest = await student.Client.GetFromJsonAsync<JsonElement>(
            $"/api/imports?limit=2&cursor={page.GetProperty("nextCursor").GetString()}"
        );
        Assert.Equal(ids, new[] { page, rest }.SelectMany(one => one.GetProperty("items").EnumerateArray()).Select(import => import.Id()));
        Assert.Empty((await other.Client.GetFromJsonAsync<JsonElement>("/api/imports")).GetProperty("items").EnumerateArray());
        await (await student.Client.GetAsync("/api/imports?all=true")).AssertProblemAsync(403);
        await (await student.Client.GetAsync("/api/imports?state=gone")).AssertProblemAsync(400, "state");
        Assert.Superset(
            ids.ToHashSet(),
            (await admin.Client.GetFromJsonAsync<JsonElement>("/api/imports?all=true&limit=100"))
                .GetProperty("items")
                .EnumerateArray()
                .Select(import => import.Id())
                .ToHashSet()
        );

        await (await other.Client.PostAsync($"/api/imports/{ids[0]}/cancel", null)).AssertProblemAsync(404);
        foreach (var (client, id) in new[] { (student.Client, ids[0]), (student.Client, ids[0]), (admin.Client, ids[1]) })
        {
            using var canceled = await client.PostAsync($"/api/imports/{id}/cancel", null);
            var import = await canceled.JsonAsync();
            Assert.Equal(("canceled", HttpStatusCode.OK), (import.GetProperty("state").GetString(), canceled.StatusCode));
            Assert.Contains("canceled", import.GetProperty("reason").GetString(), StringComparison.Ordinal);
        }
        var listed = await student.Client.GetFromJsonAsync<JsonElement>("/api/imports?state=canceled");
        Assert.Equal(ids.Take(2), listed.GetProperty("items").EnumerateArray().Select(import => import.Id()));
        await _first
            .Database.GetCollection<BsonDocument>(CollectionNames.Imports)
            .UpdateOneAsync(
                new BsonDocument("_id", ObjectId.Parse(ids[2])),
                new BsonDocument(
                    "$set",
                    new BsonDocument { { "state", "Completed" }, { "finishedAt", TimeProvider.System.GetUtcNow().UtcDateTime } }
                )
            );
        await (await student.Client.PostAsync($"/api/imports/{ids[2]}/cancel", null)).AssertProblemAsync(409);
    }

    private static Task<HttpResponseMessage> UploadAsync(HttpClient client, byte[] file) =>
        client.PostAsync("/api/todos/import", ImportHost.Raw(file, "text/csv"));

    private async Task<long> CountAsync(string collection) =>
        await _first.Database.GetCollection<BsonDocument>(collection).CountDocumentsAsync(new BsonDocument());
}
