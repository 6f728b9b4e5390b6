using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using MongoDB.Bson;
using MovieLms.Data.Storage;
using MovieLms.Testing;
using MovieLms.Testing.Processes;

namespace MovieLms.ApiService.Tests.Imports;

/// <summary>The API and the Worker, a signed-in instructor, and helpers to upload files and wait for imports.</summary>
public sealed class ImportHost : IAsyncLifetime
{
    public const string MoviesPath = "/api/movies/import";

    public static byte[] SampleFile { get; } = File.ReadAllBytes(Repository.File("samples", "movies.json"));

    public static byte[] Png { get; } =
    [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13, (byte)'I', (byte)'H', (byte)'D', (byte)'R'];

    public ServiceHost Host { get; private set; } = null!;

    public TestUser Instructor { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Host = await ServiceHost.StartAsync(new ServiceHostOptions { Services = Services.Api | Services.Worker });
        Instructor = await Host.SignInInstructorAsync();
    }

    public ValueTask DisposeAsync() => Host.DisposeAsync();

    public static HttpContent Raw(byte[] content, string? type)
    {
        var body = new ByteArrayContent(content);
        if (type is not null)
            body.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        return body;
    }

    public static MultipartFormDataContent Form(byte[] content, string type, string name = "movies.json", string field = "file") =>
        new() { { new StringContent("ignored"), "note" }, { Raw(content, type), field, name } };

    public async Task<HttpResponseMessage> PostAsync(HttpContent content, string? key = null, HttpClient? client = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, MoviesPath) { Content = content };
        if (key is not null)
            request.Headers.Add("Idempotency-Key", key);
        return await (client ?? Instructor.Client).SendAsync(request);
    }

    public async Task<JsonElement> WaitUntilFinishedAsync(string location, HttpClient? client = null)
    {
        var import = default(JsonElement);
        await Eventually.WaitUntilAsync(
            async () =>
            {
                import = await (client ?? Instructor.Client).GetFromJsonAsync<JsonElement>(location);
                return import.GetProperty("state").GetString() is "completed" or "failed";
            },
            "the import ends",
            60
        );
        return import;
    }

    public static async Task<JsonElement> ReadProblemAsync(HttpResponseMessage response, HttpStatusCode status)
    {
        Assert.Equal(status, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        return await response.Content.ReadFromJsonAsync<JsonElement>();
    }

    public Task<long> CountAsync(string collection) =>
        Host.Database.GetCollection<BsonDocument>(collection).CountDocumentsAsync(new BsonDocument());

    public async Task<(long Imports, long Files, long Chunks)> CountRemainingAsync() =>
        (
            await CountAsync(CollectionNames.Imports),
            await CountAsync($"{CollectionNames.Files}.files"),
            await CountAsync($"{CollectionNames.Files}.chunks")
        );
}
