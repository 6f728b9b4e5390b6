using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using MimeKit;
using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Todos;
using MovieLms.Testing;
using MovieLms.Testing.Processes;
using MovieLms.Testing.Tools;
using UglyToad.PdfPig;

namespace MovieLms.EndToEnd.Imports;

/// <summary>
/// An import has the same result as an undisturbed one when its worker, database, Redis or mail server is unavailable for a while.
/// </summary>
public sealed class ImportOutageTests
{
    private const int InvalidRowInterval = 250;
    private const string Subject = "Your import of to-dos is complete";
    private static readonly bool IsFull = TestEnvironment.IsFullScale;
    private static readonly int Kills = IsFull ? 20 : 2;
    private static readonly int Rows = IsFull ? 100_000 : 15_000;

    private static readonly Dictionary<string, string?> Settings = new()
    {
        ["Imports__Lease"] = "00:00:02",
        ["Imports__BatchRows"] = "250",
    };

    /// <summary>
    /// redis-server where it is installed, else the embedded Redis. At full scale both.
    /// </summary>
    public static TheoryData<string> Redis { get; } =
        IsFull
            ? ["embedded", "redis-server"]
            : [ExternalTool.AreAllRequired || ExternalTool.IsInstalled("redis-server") ? "redis-server" : "embedded"];

    [Theory]
    [MemberData(nameof(Redis))]
    public async Task Killing_the_Worker_at_random_points_changes_no_counts_and_sends_one_mail(string redis)
    {
        await using var installation = await Installation.StartAsync(Settings, redisServer: FindRedisServer(redis));
        using var client = await ApiClient.SignInAsync(installation.Services.Api, Installation.AdminEmail, Installation.AdminPassword);
        var import = await UploadAsync(client);
        var seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper?.WriteLine($"The seed of the delays is {seed}.");
        var random = new Random(seed);
        for (var kill = 0; kill < Kills; kill++)
        {
            await Task.Delay(random.Next(0, 600));
            await installation.KillAsync("Worker");
            await installation.RestartAsync("Worker");
        }

        await AssertCompletedAsync(client, import, installation);
        await Eventually.WaitUntilAsync(async () => (await installation.Mail.FindAsync(Subject)).Count > 0, "the report is mailed", 180);
        // The catcher stores one copy per Message-ID.
        using var mail = Assert.Single(await installation.Mail.FindAsync(Subject));
        AssertReport(await ReadAttachmentAsync(mail));
    }

    [Theory]
    [MemberData(nameof(Redis))]
    public async Task Outages_of_Redis_MongoDB_and_SMTP_only_delay_an_import(string redis)
    {
        var smtp = FreePort.Find();
        await using var installation = await Installation.StartAsync(
            new Dictionary<string, string?>(Settings) { ["ConnectionStrings__smtp"] = $"smtp://127.0.0.1:{smtp}?tls=none" },
            redisServer: FindRedisServer(redis)
        );
        using var client = await ApiClient.SignInAsync(installation.Services.Api, Installation.AdminEmail, Installation.AdminPassword);
        var import = await UploadAsync(client);
        await Eventually.WaitUntilAsync(
            async () => (await GetImportAsync(client, import)).GetProperty("state").GetString() != "queued",
            "the import starts",
            60
        );
        foreach (var (part, status) in new[] { ("redis", HttpStatusCode.OK), ("mongo", HttpStatusCode.ServiceUnavailable) })
        {
            await installation.KillAsync(part);
            await Eventually.WaitUntilAsync(
                async () => await Installation.GetHealthAsync(installation.Services.Worker) == status,
                $"the Worker responds with {status} without {part}",
                60
            );
            await Eventually.WaitUntilAsync(
                async () => await Installation.GetHealthAsync(installation.Services.Worker, "?strict") == HttpStatusCode.ServiceUnavailable,
                $"the Worker reports to monitors that {part} is unavailable",
                60
            );
            await installation.RestartAsync(part);
        }

        await AssertCompletedAsync(client, import, installation);
        await Eventually.WaitUntilAsync(
            async () => await GetMailHealthAsync(installation) == "Degraded",
            "health reports that mail cannot be sent",
            60
        );
        // The mail server has been unavailable so far. At full scale it stays unavailable for another minute.
        if (IsFull)
            await Task.Delay(TimeSpan.FromMinutes(1));
        Assert.Equal("Degraded", await GetMailHealthAsync(installation));
        await using var catcher = TestMailCatcher.Start(smtp);
        await Eventually.WaitUntilAsync(async () => (await catcher.FindAsync(Subject)).Count > 0, "the report is mailed", 180);
        using var mail = Assert.Single(await catcher.FindAsync(Subject));
        AssertReport(await ReadAttachmentAsync(mail));
        await Eventually.WaitUntilAsync(
            async () => await GetMailHealthAsync(installation) == "Healthy",
            "health reports that mail is sent again",
            60
        );
    }

    private static string? FindRedisServer(string redis) => redis == "embedded" ? null : ExternalTool.Require(redis);

    private static async Task<Uri> UploadAsync(HttpClient client)
    {
        var text = new StringBuilder("title,priority\n");
        for (var row = 1; row <= Rows; row++)
            text.Append(CultureInfo.InvariantCulture, $"Row {row},{(row % InvalidRowInterval == 0 ? "urgent" : "high")}\n");
        using var file = new MultipartFormDataContent
        {
            { new StringContent(text.ToString(), Encoding.UTF8, "text/csv"), "file", "todos.csv" },
        };
        using var response = await client.PostAsync("/api/todos/import", file);
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        return response.Headers.Location!;
    }

    private static async Task<JsonElement> GetImportAsync(HttpClient client, Uri import) =>
        await client.GetFromJsonAsync<JsonElement>(import);

    private static async Task AssertCompletedAsync(HttpClient client, Uri location, Installation installation)
    {
        await Eventually.WaitUntilAsync(
            async () => (await GetImportAsync(client, location)).GetProperty("state").GetString() is "completed" or "failed",
            "the import completes or fails",
            300
        );
        var import = await GetImportAsync(client, location);
        Assert.Equal("completed", import.GetProperty("state").GetString());
        Assert.Equal(
            (Rows, Rows - (Rows / InvalidRowInterval), Rows / InvalidRowInterval),
            (import.GetProperty("total").GetInt32(), import.GetProperty("succeeded").GetInt32(), import.GetProperty("failed").GetInt32())
        );
        using var mongo = new MongoClient(installation.Mongo);
        var todos = mongo.GetDatabase(MongoUrl.Create(installation.Mongo).DatabaseName).GetCollection<BsonDocument>(TodoEntity.Collection);
        Assert.Equal(Rows - (Rows / InvalidRowInterval), await todos.CountDocumentsAsync(new BsonDocument()));
        Assert.Equal(1, await todos.CountDocumentsAsync(new BsonDocument("title", $"Row {Rows - 1}")));
    }

    private static async Task<string?> GetMailHealthAsync(Installation installation)
    {
        using var client = new HttpClient { BaseAddress = installation.Services.Worker };
        return (await client.GetFromJsonAsync<JsonElement>("/health"))
            .GetProperty("checks")
            .GetProperty("mail")
            .GetProperty("status")
            .GetString();
    }

    private static async Task<byte[]> ReadAttachmentAsync(MimeMessage mail)
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
        foreach (var figure in new[] { Rows, Rows - (Rows / InvalidRowInterval), Rows / InvalidRowInterval })
            Assert.Contains(figure.ToString("N0", CultureInfo.InvariantCulture), text, StringComparison.Ordinal);
        Assert.Contains("todos.csv", text, StringComparison.Ordinal);
    }
}
