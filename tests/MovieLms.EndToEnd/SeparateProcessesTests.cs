using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MovieLms.Testing;
using MovieLms.Testing.Processes;

namespace MovieLms.EndToEnd;

/// <summary>The three services as separate processes, as Aspire runs them.</summary>
public sealed class SeparateProcessesTests
{
    private static readonly Dictionary<string, string?> Admin = new()
    {
        ["Admin__Email"] = "admin@movielms.example",
        ["Admin__Password"] = "rosebud was a sled",
    };

    [Fact]
    public async Task A_movie_import_completes_when_the_Worker_is_killed_while_it_runs()
    {
        var database = BackingServices.CreateName();
        await using var services = await ServiceProcesses.StartAsync(database, Admin);
        using var client = await SignInAsync(services);
        await services.KillAsync("Worker");

        using var file = new MultipartFormDataContent();
        file.Add(
            new StreamContent(File.OpenRead(Repository.File("samples", "movies.json")))
            {
                Headers = { ContentType = new("application/json") },
            },
            "file",
            "movies.json"
        );
        using var accepted = await client.PostAsync("/api/movies/import", file);
        Assert.Equal(HttpStatusCode.Accepted, accepted.StatusCode);
        var location = accepted.Headers.Location!;
        Assert.Equal("queued", (await GetImportAsync(client, location)).GetProperty("state").GetString());

        await services.RestartAsync("Worker");
        await Eventually.WaitUntilAsync(
            async () => (await GetImportAsync(client, location)).GetProperty("state").GetString() != "queued",
            "the import starts",
            60
        );
        await services.KillAsync("Worker");
        await services.RestartAsync("Worker");

        await Eventually.WaitUntilAsync(
            async () => (await GetImportAsync(client, location)).GetProperty("state").GetString() == "completed",
            "the import is completed",
            120
        );
        var import = await GetImportAsync(client, location);
        Assert.Equal((3_201, 3_200, 1), (GetNumber(import, "total"), GetNumber(import, "succeeded"), GetNumber(import, "failed")));
    }

    [Fact]
    public async Task Every_service_is_alive_and_ready_in_its_own_process()
    {
        await using var services = await ServiceProcesses.StartAsync(BackingServices.CreateName(), Admin);
        foreach (var address in new[] { services.Api, services.Worker, services.Realtime })
        {
            using var anonymous = new HttpClient { BaseAddress = address };
            Assert.Equal(HttpStatusCode.OK, (await anonymous.GetAsync("/alive")).StatusCode);
            Assert.Equal(HttpStatusCode.OK, (await anonymous.GetAsync("/health")).StatusCode);
        }
    }

    private static int GetNumber(JsonElement import, string name) => import.GetProperty(name).GetInt32();

    private static async Task<JsonElement> GetImportAsync(HttpClient client, Uri location) =>
        await client.GetFromJsonAsync<JsonElement>(location);

    private static async Task<HttpClient> SignInAsync(ServiceProcesses services)
    {
        var client = new HttpClient { BaseAddress = services.Api };
        using var response = await client.PostAsJsonAsync(
            "/api/auth/login",
            new { email = Admin["Admin__Email"], password = Admin["Admin__Password"] }
        );
        response.EnsureSuccessStatusCode();
        client.DefaultRequestHeaders.Authorization = new(
            "Bearer",
            (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("accessToken").GetString()
        );
        return client;
    }
}
