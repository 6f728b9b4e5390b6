using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using MimeKit;
using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Storage;
using MovieLms.Testing;
using MovieLms.Testing.Processes;
using MovieLms.Testing.Tools;
using UglyToad.PdfPig;

namespace MovieLms.EndToEnd.Imports;

/// <summary>A bulk upload whose worker, database, Redis or mail server goes away meanwhile ends as an undisturbed one does.</summary>
public sealed class ImportOutageTests
{
    private const int BadEvery = 250;
    private const string Subject = "Your import of todos.csv is done";
    private static readonly bool IsFull = Environment.GetEnvironmentVariable("MOVIELMS_TEST_SCALE") == "full";
    private static readonly int Kills = IsFull ? 20 : 2;
    private static readonly int Rows = IsFull ? 100_000 : 15_000;

    private static readonly Dictionary<string, string?> Settings = new()
    {
        ["Imports__Lease"] = "00:00:02",
        ["Imports__BatchRows"] = "250",
    };

    /// <summary>
    /// The Redis that most installations have, where it is there; at full scale also the one that an installation of one process has.
    /// </summary>
    public static TheoryData<string> Redis { get; } =
        IsFull
            ? ["embedded", "redis-server"]
            : [ExternalTool.EverythingRequired || ExternalTool.IsThere("redis-server") ? "redis-server" : "embedded"];

    [Theory]
    [MemberData(nameof(Redis))]
    public async Task Worker_killed_at_random_points_leaves_the_counts_of_an_undisturbed_run_and_one_mail(string redis)
    {
        await using var installation = await Installation.StartAsync(Settings, redisServer: Server(redis));
        using var client = await ApiClient.SignInAsync(installation.Services.Api, Installation.AdminEmail, Installation.AdminPassword);
        var import = await UploadAsync(client);
        var seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper?.WriteLine($"The pauses' seed is {seed}.");
        var random = new Random(seed);
        for (var kill = 0; kill < Kills; kill++)
        {
            await Task.Delay(random.Next(0, 600));
            await installation.KillAsync("Worker");
            await installation.RestartAsync("Worker");
        }

        await CompletedAsync(client, import, installation);
        await Eventually.TrueAsync(async () => (await installation.Mail.FindAsync(Subject)).Count > 0, "the report is mailed", 180);
        // The catcher keeps one copy per Message-ID.
        using var mail = Assert.Single(await installation.Mail.FindAsync(Subject));
        AssertReport(await AttachmentAsync(mail));
    }

    [Theory]
    [MemberData(nameof(Redis))]
    public async Task Outages_of_redis_mongodb_and_smtp_delay_an_import_and_change_nothing_else(string redis)
    {
        var smtp = FreePort.Take();
        await using var installation = await Installation.StartAsync(
            new Dictionary<string, string?>(Settings) { ["ConnectionStrings__smtp"] = $"smtp://127.0.0.1:{smtp}?tls=none" },
            redisServer: Server(redis)
        );
        using var client = await ApiClient.SignInAsync(installation.Services.Api, Installation.AdminEmail, Installation.AdminPassword);
        var import = await UploadAsync(client);
        await Eventually.TrueAsync(
            async () => (await ImportAsync(client, import)).GetProperty("state").GetString() != "queued",
            "the import is taken up",
            60
        );
        foreach (var (part, status) in new[] { ("redis", HttpStatusCode.OK), ("mongo", HttpStatusCode.ServiceUnavailable) })
        {
            await installation.KillAsync(part);
            await Eventually.TrueAsync(
                async () => await Installation.HealthAsync(installation.Services.Worker) == status,
                $"the worker tells {status} without {part}",
                60
            );
            await Eventually.TrueAsync(
                async () => await Installation.HealthAsync(installation.Services.Worker, "?strict") == HttpStatusCode.ServiceUnavailable,
                $"monitors are told that {part} is gone",
                60
            );
            await installation.RestartAsync(part);
        }

        await CompletedAsync(client, import, installation);
        await Eventually.TrueAsync(
            async () => await MailHealthAsync(installation) == "Degraded",
            "health tells that mail does not go out",
            60
        );
        // Nobody took mail until here; in the full run for a minute more.
        if (IsFull)
            await Task.Delay(TimeSpan.FromMinutes(1));
        Assert.Equal("Degraded", await MailHealthAsync(installation));
        await using var catcher = TestMailCatcher.Start(smtp);
        await Eventually.TrueAsync(async () => (await catcher.FindAsync(Subject)).Count > 0, "the report is mailed", 180);
        using var mail = Assert.Single(await catcher.FindAsync(Subject));
        AssertReport(await AttachmentAsync(mail));
        await Eventually.TrueAsync(
            async () => await MailHealthAsync(installation) == "Healthy",
            "health tells that mail goes out again",
            60
        );
    }

    private static string? Server(string redis) => redis == "embedded" ? null : ExternalTool.Require(redis);

    private static async Task<Uri> UploadAsync(HttpClient client)
    {
        var text = new StringBuilder("title,priority\n");
        for (var row = 1; row <= Rows; row++)
            text.Append(CultureInfo.InvariantCulture, $"Row {row},{(row % BadEvery == 0 ? "urgent" : "high")}\n");
        using var file = new MultipartFormDataContent
        {
            { new StringContent(text.ToString(), Encoding.UTF8, "text/csv"), "file", "todos.csv" },
        };
        using var answer = await client.PostAsync("/api/todos/import", file);
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        return answer.Headers.Location!;
    }

    private static async Task<JsonElement> ImportAsync(HttpClient client, Uri import) => await client.GetFromJsonAsync<JsonElement>(import);

    private static async Task CompletedAsync(HttpClient client, Uri location, Installation installation)
    {
        await Eventually.TrueAsync(
            async () => (await ImportAsync(client, location)).GetProperty("state").GetString() is "completed" or "failed",
            "the import ends",
            300
        );
        var import = await ImportAsync(client, location);
        Assert.Equal("completed", import.GetProperty("state").GetString());
        Assert.Equal(
            (Rows, Rows - (Rows / BadEvery), Rows / BadEvery),
            (import.GetProperty("total").GetInt32(), import.GetProperty("succeeded").GetInt32(), import.GetProperty("failed").GetInt32())
        );
        using var mongo = new MongoClient(installation.Mongo);
        var todos = mongo.GetDatabase(MongoUrl.Create(installation.Mongo).DatabaseName).GetCollection<BsonDocument>(CollectionNames.Todos);
        Assert.Equal(Rows - (Rows / BadEvery), await todos.CountDocumentsAsync(new BsonDocument()));
        Assert.Equal(1, await todos.CountDocumentsAsync(new BsonDocument("title", $"Row {Rows - 1}")));
    }

    private static async Task<string?> MailHealthAsync(Installation installation)
    {
        using var client = new HttpClient { BaseAddress = installation.Services.Worker };
        return (await client.GetFromJsonAsync<JsonElement>("/health"))
            .GetProperty("checks")
            .GetProperty("mail")
            .GetProperty("status")
            .GetString();
    }

    private static async Task<byte[]> AttachmentAsync(MimeMessage mail)
    {
        var part = Assert.IsType<MimePart>(Assert.Single(mail.Attachments), exactMatch: false);
        using var content = new MemoryStream();
        await part.Content!.DecodeToAsync(content);
        return content.ToArray();
    }

    private static void AssertReport(byte[] pdf)
    {
        using var document = PdfDocument.Open(pdf);
        var text = string.Concat(document.GetPages().Select(page => page.Text));
        foreach (var figure in new[] { Rows, Rows - (Rows / BadEvery), Rows / BadEvery })
            Assert.Contains(figure.ToString("N0", CultureInfo.InvariantCulture), text, StringComparison.Ordinal);
        Assert.Contains("todos.csv", text, StringComparison.Ordinal);
    }
}
