using System.Net.Http.Json;
using System.Text.Json;
using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Notifications;
using MovieLms.Data.Orders;
using MovieLms.Data.Storage;
using MovieLms.Testing;
using MovieLms.Testing.Processes;

namespace MovieLms.EndToEnd.Orders;

/// <summary>Kills ApiService while many orders are being paid. The Worker finds and completes the interrupted orders by itself.</summary>
public sealed class OrderKillTests
{
    private const int Orders = 40;

    [Fact]
    public async Task Every_order_paid_when_its_process_is_killed_gets_one_receipt_and_one_notification()
    {
        Assert.SkipUnless(TestEnvironment.IsFullScale, "runs at full scale only, since it waits for a sweep that runs every minute");
        var name = BackingServices.CreateName();
        using var mongo = new MongoClient((await BackingServices.GetAsync()).MongoServer);
        var database = mongo.GetDatabase(name);
        var stored = database.GetCollection<BsonDocument>(OrderEntity.Collection);
        await using var services = await ServiceProcesses.StartAsync(
            name,
            new Dictionary<string, string?> { ["Admin__Email"] = TestUsers.AdminEmail, ["Admin__Password"] = TestUsers.AdminPassword }
        );
        using var api = new HttpClient { BaseAddress = services.Api };
        await SignInAsync(api);
        var course = await CreateAsync(
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

        var interrupted = new List<ObjectId>();
        while (interrupted.Count == 0)
        {
            var orders = new List<string>();
            for (var i = 0; i < Orders; i++)
                orders.Add(await CreateAsync(api, "/api/orders", new { courseId = course }));
            var payments = orders.ConvertAll(id => api.PatchAsJsonAsync($"/api/orders/{id}", new { status = "paid" }));
            await Task.WhenAny(payments);
            await services.KillAsync("ApiService");
            await WaitForAsync(payments);
            interrupted = await stored.Distinct<ObjectId>("_id", Due).ToListAsync();
            await services.RestartAsync("ApiService");
        }

        // The sweep skips orders of the last 30 s, since their requests may still be running. Make them older for the next sweep.
        await stored.UpdateManyAsync(Due, new BsonDocument("$set", new BsonDocument("effectsDueAt", DateTime.UnixEpoch)));
        await Eventually.WaitUntilAsync(async () => !await stored.Find(Due).AnyAsync(), "the Worker's sweep completes them", 180);

        foreach (var order in await stored.Find(new BsonDocument()).ToListAsync())
        {
            var expected = order["status"] == "Paid" ? 1 : 0;
            Assert.Equal(expected, await CountAsync(CollectionNames.Outbox, $"receipt:{order["_id"]}"));
            Assert.Equal(expected, await CountAsync(NotificationEntity.Collection, $"order:{order["_id"]}:Paid"));
        }
        Assert.All(
            await stored.Find(new BsonDocument("_id", new BsonDocument("$in", new BsonArray(interrupted)))).ToListAsync(),
            order => Assert.Equal("Paid", order["status"])
        );
        await mongo.DropDatabaseAsync(name);

        Task<long> CountAsync(string collection, string key) =>
            database.GetCollection<BsonDocument>(collection).CountDocumentsAsync(new BsonDocument("key", key));
    }

    private static BsonDocument Due => new("effectsDueAt", new BsonDocument("$exists", true));

    /// <summary>Waits until every request has completed or failed.</summary>
    private static async Task WaitForAsync(IEnumerable<Task> requests) =>
        await Task.WhenAll(requests).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private static async Task SignInAsync(HttpClient api)
    {
        HttpResponseMessage? response = null;
        await Eventually.WaitUntilAsync(
            async () =>
                (
                    response = await api.PostAsJsonAsync(
                        "/api/auth/login",
                        new { email = TestUsers.AdminEmail, password = TestUsers.AdminPassword }
                    )
                ).IsSuccessStatusCode,
            "the first administrator is created"
        );
        api.DefaultRequestHeaders.Authorization = new(
            "Bearer",
            (await response!.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("accessToken").GetString()
        );
    }

    private static async Task<string> CreateAsync(HttpClient api, string path, object body)
    {
        using var response = await api.PostAsJsonAsync(path, body);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
        return (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!;
    }
}
