using System.Net.Http.Json;
using System.Text.Json;
using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Storage;
using MovieLms.Testing;
using MovieLms.Testing.Processes;

namespace MovieLms.EndToEnd.Orders;

/// <summary>ApiService is killed while many orders get paid at once: the Worker, which nobody tells, finishes what was cut off.</summary>
public sealed class OrderKillTests
{
    private const int Orders = 40;

    [Fact]
    public async Task Every_order_that_was_paid_when_its_process_was_killed_gets_one_receipt_and_one_notification()
    {
        Assert.SkipUnless(
            Environment.GetEnvironmentVariable("MOVIELMS_TEST_SCALE") == "full",
            "at full scale only: it waits for the sweep of each minute"
        );
        var name = BackingServices.NewName();
        using var mongo = new MongoClient((await BackingServices.GetAsync()).MongoServer);
        var database = mongo.GetDatabase(name);
        var stored = database.GetCollection<BsonDocument>(CollectionNames.Orders);
        await using var services = await ServiceProcesses.StartAsync(
            name,
            new Dictionary<string, string?> { ["Admin__Email"] = TestUsers.AdminEmail, ["Admin__Password"] = TestUsers.AdminPassword }
        );
        using var api = new HttpClient { BaseAddress = services.Api };
        await SignInAsync(api);
        var course = await AddAsync(
            api,
            "/api/courses",
            new
            {
                title = "Lighting",
                status = "published",
                price = 30,
                currency = "EUR",
            }
        );

        var cutOff = new List<ObjectId>();
        while (cutOff.Count == 0)
        {
            var orders = new List<string>();
            for (var i = 0; i < Orders; i++)
                orders.Add(await AddAsync(api, "/api/orders", new { courseId = course }));
            var payments = orders.ConvertAll(id => api.PatchAsJsonAsync($"/api/orders/{id}", new { status = "paid" }));
            await Task.WhenAny(payments);
            await services.KillAsync("ApiService");
            await EndedAsync(payments);
            cutOff = await stored.Distinct<ObjectId>("_id", Due).ToListAsync();
            await services.RestartAsync("ApiService");
        }

        // Younger than half a minute they might be a living request's: they are made older, and the next run takes them.
        await stored.UpdateManyAsync(Due, new BsonDocument("$set", new BsonDocument("effectsDueAt", DateTime.UnixEpoch)));
        await Eventually.TrueAsync(async () => !await stored.Find(Due).AnyAsync(), "the Worker's run of every minute finishes them", 180);

        foreach (var order in await stored.Find(new BsonDocument()).ToListAsync())
        {
            var expected = order["status"] == "Paid" ? 1 : 0;
            Assert.Equal(expected, await CountAsync(CollectionNames.Outbox, $"receipt:{order["_id"]}"));
            Assert.Equal(expected, await CountAsync(CollectionNames.Notifications, $"order:{order["_id"]}:Paid"));
        }
        Assert.All(
            await stored.Find(new BsonDocument("_id", new BsonDocument("$in", new BsonArray(cutOff)))).ToListAsync(),
            order => Assert.Equal("Paid", order["status"])
        );
        await mongo.DropDatabaseAsync(name);

        Task<long> CountAsync(string collection, string key) =>
            database.GetCollection<BsonDocument>(collection).CountDocumentsAsync(new BsonDocument("key", key));
    }

    private static BsonDocument Due => new("effectsDueAt", new BsonDocument("$exists", true));

    /// <summary>Answered, or cut off with their process.</summary>
    private static async Task EndedAsync(IEnumerable<Task> requests) =>
        await Task.WhenAll(requests).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private static async Task SignInAsync(HttpClient api)
    {
        HttpResponseMessage? answer = null;
        await Eventually.TrueAsync(
            async () =>
                (
                    answer = await api.PostAsJsonAsync(
                        "/api/auth/login",
                        new { email = TestUsers.AdminEmail, password = TestUsers.AdminPassword }
                    )
                ).IsSuccessStatusCode,
            "the first admin is made"
        );
        api.DefaultRequestHeaders.Authorization = new(
            "Bearer",
            (await answer!.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("accessToken").GetString()
        );
    }

    private static async Task<string> AddAsync(HttpClient api, string path, object body)
    {
        using var answer = await api.PostAsJsonAsync(path, body);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!;
    }
}
