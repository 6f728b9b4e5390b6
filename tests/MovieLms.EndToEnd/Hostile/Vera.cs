using System.Net.Http.Json;
using System.Text;
using Microsoft.AspNetCore.SignalR.Client;
using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Announcements;
using MovieLms.Data.Assignments;
using MovieLms.Data.Courses;
using MovieLms.Data.Enrollments;
using MovieLms.Data.Orders;
using MovieLms.Data.Storage;
using MovieLms.Data.Submissions;
using MovieLms.Data.Todos;

namespace MovieLms.EndToEnd.Hostile;

/// <summary>The private data of a user who takes no part in the walk. No other user may see it, and it must not change.</summary>
internal sealed class Vera(Campus campus)
{
    private static readonly string[] Collections =
    [
        CollectionNames.Users,
        TodoEntity.Collection,
        CourseEntity.Collection,
        EnrollmentEntity.Collection,
        AssignmentEntity.Collection,
        SubmissionEntity.Collection,
        OrderEntity.Collection,
        AnnouncementEntity.Collection,
        CollectionNames.ChatMessages,
        CollectionNames.Imports,
    ];

    private Dictionary<string, string> _before = [];

    /// <summary>Creates the data and records its stored state.</summary>
    internal async Task PlantAsync()
    {
        var (vera, keeper) = (campus["vera"].Client, campus["keeper"].Client);
        await Campus.ReadJsonAsync(await vera.PostAsJsonAsync("/api/todos", new { title = Campus.Canary, description = Campus.Canary }));
        using var rows = new StringContent($"title,priority\n{Campus.Canary},high\n{Campus.Canary},wrong\n", Encoding.UTF8, "text/csv");
        await Campus.ReadJsonAsync(await vera.PostAsync("/api/todos/import", rows));
        var course = await GetIdAsync(keeper.PostAsJsonAsync("/api/courses", new { title = "The keeper's course", status = "published" }));
        await GetIdAsync(keeper.PostAsJsonAsync("/api/courses", new { title = $"A draft {Campus.Canary}" }));
        await GetIdAsync(vera.PostAsJsonAsync("/api/enrollments", new { courseId = course }));
        await GetIdAsync(vera.PostAsJsonAsync("/api/orders", new { courseId = course }));
        await GetIdAsync(
            keeper.PostAsJsonAsync($"/api/courses/{course}/announcements", new { title = Campus.Canary, text = Campus.Canary })
        );
        var assignment = await GetIdAsync(keeper.PostAsJsonAsync($"/api/courses/{course}/assignments", new { title = Campus.Canary }));
        var submission = await GetIdAsync(vera.PostAsJsonAsync($"/api/assignments/{assignment}/submissions", new { text = Campus.Canary }));
        await Campus.ReadJsonAsync(
            await keeper.PutAsJsonAsync($"/api/submissions/{submission}/grade", new { grade = 50, feedback = Campus.Canary })
        );
        await using var hub = new HubConnectionBuilder()
            .WithUrl(
                new Uri(campus.Address, "/hubs/chat"),
                options => options.AccessTokenProvider = () => Task.FromResult<string?>(campus["vera"].Token)
            )
            .Build();
        await hub.StartAsync();
        await hub.InvokeAsync<object>("JoinRoom", $"course:{course}");
        await hub.InvokeAsync<object>("SendMessage", $"course:{course}", Campus.Canary, "1");
        await Testing.Eventually.WaitUntilAsync(
            async () =>
                await campus
                    .Database.GetCollection<BsonDocument>(TodoEntity.Collection)
                    .CountDocumentsAsync(new BsonDocument("title", Campus.Canary)) == 2,
            "the import is completed",
            60
        );
        // Sending mail and receipts updates the documents, too.
        await Task.Delay(TimeSpan.FromSeconds(2));
        _before = await ReadStoredAsync();
        Assert.True(_before.Count > 10, $"Only {_before.Count} documents were planted.");
    }

    /// <summary>Returns the changes since then, by collection and ID.</summary>
    internal async Task<IReadOnlyList<string>> FindChangesAsync()
    {
        var after = await ReadStoredAsync();
        return
        [
            .. _before
                .Keys.Union(after.Keys)
                .Where(key => _before.GetValueOrDefault(key) != after.GetValueOrDefault(key))
                .Select(key => $"{key}: {_before.GetValueOrDefault(key)} -> {after.GetValueOrDefault(key)}"),
        ];
    }

    private async Task<Dictionary<string, string>> ReadStoredAsync()
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

    private static async Task<string> GetIdAsync(Task<HttpResponseMessage> response) =>
        (await Campus.ReadJsonAsync(await response)).GetProperty("id").GetString()!;
}
