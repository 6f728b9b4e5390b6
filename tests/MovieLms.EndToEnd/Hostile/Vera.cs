using System.Net.Http.Json;
using System.Text;
using Microsoft.AspNetCore.SignalR.Client;
using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Storage;

namespace MovieLms.EndToEnd.Hostile;

/// <summary>Private data of a user whom the walk never names: nobody else may see it, and it must be the same afterwards.</summary>
internal sealed class Vera(Campus campus)
{
    private static readonly string[] Collections =
    [
        CollectionNames.Users,
        CollectionNames.Todos,
        CollectionNames.Courses,
        CollectionNames.Enrollments,
        CollectionNames.Assignments,
        CollectionNames.Submissions,
        CollectionNames.Orders,
        CollectionNames.Announcements,
        CollectionNames.ChatMessages,
        CollectionNames.Imports,
    ];

    private Dictionary<string, string> _before = [];

    /// <summary>Creates the data and remembers how it is stored.</summary>
    internal async Task PlantAsync()
    {
        var (vera, keeper) = (campus["vera"].Client, campus["keeper"].Client);
        await Campus.JsonAsync(await vera.PostAsJsonAsync("/api/todos", new { title = Campus.Canary, description = Campus.Canary }));
        using var rows = new StringContent($"title,priority\n{Campus.Canary},high\n{Campus.Canary},wrong\n", Encoding.UTF8, "text/csv");
        await Campus.JsonAsync(await vera.PostAsync("/api/todos/import", rows));
        var course = await IdAsync(keeper.PostAsJsonAsync("/api/courses", new { title = "The keeper's course", status = "published" }));
        await IdAsync(keeper.PostAsJsonAsync("/api/courses", new { title = $"A draft {Campus.Canary}" }));
        await IdAsync(vera.PostAsJsonAsync("/api/enrollments", new { courseId = course }));
        await IdAsync(vera.PostAsJsonAsync("/api/orders", new { courseId = course }));
        await IdAsync(keeper.PostAsJsonAsync($"/api/courses/{course}/announcements", new { title = Campus.Canary, text = Campus.Canary }));
        var assignment = await IdAsync(keeper.PostAsJsonAsync($"/api/courses/{course}/assignments", new { title = Campus.Canary }));
        var submission = await IdAsync(vera.PostAsJsonAsync($"/api/assignments/{assignment}/submissions", new { text = Campus.Canary }));
        await Campus.JsonAsync(
            await keeper.PutAsJsonAsync($"/api/submissions/{submission}/grade", new { grade = 50, feedback = Campus.Canary })
        );
        await using var hub = new HubConnectionBuilder()
            .WithUrl(
                new Uri(campus.Address, "/hubs/chat"),
                options => options.AccessTokenProvider = () => Task.FromResult<string?>(campus["vera"].Token)
            )
            .Build();
        await hub.StartAsync();
        await hub.InvokeAsync<object>("SendMessage", $"course:{course}", Campus.Canary, "1");
        await Testing.Eventually.TrueAsync(
            async () =>
                await campus
                    .Database.GetCollection<BsonDocument>(CollectionNames.Todos)
                    .CountDocumentsAsync(new BsonDocument("title", Campus.Canary)) == 2,
            "the import is done",
            60
        );
        // Mail and receipts that follow are noted on the documents.
        await Task.Delay(TimeSpan.FromSeconds(2));
        _before = await StoredAsync();
        Assert.True(_before.Count > 10, $"only {_before.Count} documents were planted");
    }

    /// <summary>What has changed since, by collection and ID.</summary>
    internal async Task<IReadOnlyList<string>> ChangesAsync()
    {
        var after = await StoredAsync();
        return
        [
            .. _before
                .Keys.Union(after.Keys)
                .Where(key => _before.GetValueOrDefault(key) != after.GetValueOrDefault(key))
                .Select(key => $"{key}: {_before.GetValueOrDefault(key)} -> {after.GetValueOrDefault(key)}"),
        ];
    }

    private async Task<Dictionary<string, string>> StoredAsync()
    {
        var stored = new Dictionary<string, string>();
        foreach (var name in Collections)
        {
            foreach (
                var document in await (await campus.Database.GetCollection<BsonDocument>(name).FindAsync(new BsonDocument())).ToListAsync()
            )
            {
                var json = document.ToJson();
                if (json.Contains(Campus.Canary, StringComparison.Ordinal) || json.Contains(campus["vera"].Id, StringComparison.Ordinal))
                    stored[$"{name} {document["_id"]}"] = json;
            }
        }
        return stored;
    }

    private static async Task<string> IdAsync(Task<HttpResponseMessage> response) =>
        (await Campus.JsonAsync(await response)).GetProperty("id").GetString()!;
}
