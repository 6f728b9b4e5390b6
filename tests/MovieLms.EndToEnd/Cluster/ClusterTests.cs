using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Movies;
using MovieLms.Data.Orders;
using MovieLms.Data.Storage;
using MovieLms.EndToEnd.Chat;
using MovieLms.EndToEnd.Containers;
using MovieLms.Testing;
using MovieLms.Testing.Processes;

namespace MovieLms.EndToEnd.Cluster;

/// <summary>
/// Partitions and host failures under a steady load of orders and chat messages: no accepted write is lost or duplicated, health
/// checks report the fault, and clients recover by themselves. Cuts off one node of each service, or every node with
/// <c>MOVIELMS_TEST_SCALE=full</c>.
/// </summary>
[Collection(ClusterCollection.Name)]
public sealed class ClusterTests(ClusterNetwork cluster)
{
    private const int Students = 10;

    /// <summary>An import's lease lasts 15 s (Imports:Lease). A worker that does not renew it in time loses it.</summary>
    private static readonly TimeSpan LongerThanLease = TimeSpan.FromSeconds(25);
    private static readonly int ImportRows = ChatCampus.IsFull ? 200_000 : 40_000;
    private static readonly string[] Cut = ChatCampus.IsFull ? [.. ClusterNetwork.Services] : ["apiservice2", "worker2", "realtime2"];

    [Fact]
    public async Task No_accepted_write_is_lost_or_duplicated_while_nodes_fail_in_turn()
    {
        ContainerEngine.SkipUnlessEnabled();
        using var admin = await ApiClient.SignInAsync(cluster.Gateways[0], TestUsers.AdminEmail, TestUsers.AdminPassword);
        var course = await ReadIdAsync(admin.PostAsJsonAsync("/api/courses", new { title = "Lighting", status = "published" }));
        var cohort = await EnrollAsync(course);
        await using var clients = ChatClients.Start();
        await cohort.OpenAllAsync(clients, student => cluster.Gateways[student.Node]);
        await using var orders = new OrderLoad(cluster.Gateways, cohort.Students[0].Token, course);
        var chat = new ChatLoad(clients, cohort);
        orders.Start();
        chat.Start();

        foreach (var name in Cut)
        {
            await StepAsync($"cut {name} from Redis", orders, chat, () => CutAsync(name, cluster.Redis, HttpStatusCode.OK));
            await StepAsync(
                $"cut {name} from MongoDB",
                orders,
                chat,
                () => CutAsync(name, cluster.Mongo, HttpStatusCode.ServiceUnavailable)
            );
        }
        await StepAsync("disconnect realtime1", orders, chat, () => DisconnectAsync("realtime1"));
        await StepAsync("pause the worker of an import for longer than its lease", orders, chat, () => PauseWorkerAsync(admin));
        foreach (var name in new[] { "apiservice1", "realtime2", "worker1", "web2" })
            await StepAsync($"kill {name}", orders, chat, () => KillAsync(name));

        var sent = await chat.StopAsync();
        await orders.StopAsync();
        Assert.Empty(orders.Unexpected);
        await AssertOrdersAsync(orders);
        var stored = await cohort.AssertCompleteAsync(clients, sent);
        Assert.Equal(chat.Count, stored);
        Figures.Report($"{orders.Accepted.Count} orders in {orders.Attempts} requests, {stored} messages in {chat.Attempts} sends");
    }

    /// <summary>Runs a step and checks that both loads continue afterwards.</summary>
    private static async Task StepAsync(string title, OrderLoad orders, ChatLoad chat, Func<Task> step)
    {
        var watch = Stopwatch.StartNew();
        var (ordersBefore, chatBefore) = (orders.Accepted.Count, chat.Count);
        await step();
        var (ordersAfter, chatAfter) = (orders.Accepted.Count, chat.Count);
        await Eventually.WaitUntilAsync(
            () => Task.FromResult(orders.Accepted.Count > ordersAfter + 5 && chat.Count > chatAfter),
            $"orders and messages are accepted after: {title}",
            120
        );
        var (newOrders, newMessages) = (orders.Accepted.Count - ordersBefore, chat.Count - chatBefore);
        Figures.Report($"{title}: {watch.Elapsed.TotalSeconds:0} s, {newOrders} orders, {newMessages} messages");
    }

    private async Task CutAsync(string name, ClusterNode other, HttpStatusCode ready)
    {
        await cluster[name].CutAsync(other);
        await cluster.WaitForHealthAsync(name, HttpStatusCode.ServiceUnavailable, "?strict");
        await cluster.WaitForHealthAsync(name, ready);
        foreach (var others in ClusterNetwork.Services.Where(service => service != name))
            await cluster.WaitForHealthAsync(others, HttpStatusCode.OK);
        await cluster[name].HealAsync();
        await cluster.WaitUntilHealthyAsync(name);
    }

    private async Task DisconnectAsync(string name)
    {
        await cluster[name].DisconnectAsync();
        await cluster.WaitForHealthAsync(name, null);
        await cluster.WaitForHealthAsync("web1", HttpStatusCode.OK);
        await cluster[name].ConnectAsync();
        await cluster.WaitUntilHealthyAsync(name);
    }

    private async Task KillAsync(string name)
    {
        await cluster[name].KillAsync();
        await cluster.WaitForHealthAsync(name, null);
        await cluster[name].RestartAsync();
        await cluster.WaitUntilHealthyAsync(name);
    }

    /// <summary>
    /// Pauses the worker that runs an import. The other worker takes over, and the resumed worker must detect that it lost the lease.
    /// </summary>
    private async Task PauseWorkerAsync(HttpClient admin)
    {
        var location = await ImportAsync(admin);
        var imports = cluster.Database.GetCollection<BsonDocument>(CollectionNames.Imports);
        var id = ObjectId.Parse(location.OriginalString.Split('/')[^1]);
        string? owner = null;
        await Eventually.WaitUntilAsync(
            async () =>
            {
                var import = await imports.Find(new BsonDocument("_id", id)).SingleAsync();
                if (import["state"] == "Processing" && import["succeeded"].ToInt64() > 0)
                    owner = import["lease"]["owner"].AsString.Split('-')[0];
                return owner is not null;
            },
            "a worker processes the import",
            120
        );
        await cluster[owner!].PauseAsync();
        await Task.Delay(LongerThanLease);
        await cluster[owner!].ResumeAsync();
        JsonElement import = default;
        await Eventually.WaitUntilAsync(
            async () =>
                (import = await ReadAsync(admin, location)) is { ValueKind: JsonValueKind.Object }
                && import.GetProperty("state").GetString() == "completed",
            "the import is completed",
            300
        );
        Assert.Equal(ImportRows, import.GetProperty("succeeded").GetInt32());
        var movies = cluster.Database.GetCollection<BsonDocument>(MovieEntity.Collection);
        Assert.Equal(ImportRows, await movies.CountDocumentsAsync(new BsonDocument("title", new BsonRegularExpression("^Reel "))));
        await cluster.WaitUntilHealthyAsync(owner!);
    }

    private static async Task<JsonElement> ReadAsync(HttpClient client, Uri location)
    {
        using var response = await client.GetAsync(location);
        return response.IsSuccessStatusCode ? await response.Content.ReadFromJsonAsync<JsonElement>() : default;
    }

    private static async Task<Uri> ImportAsync(HttpClient admin)
    {
        var rows = new StringBuilder();
        for (var i = 0; i < ImportRows; i++)
            rows.Append("{\"title\":\"Reel ").Append(i).Append("\"}\n");
        using var content = new StringContent(rows.ToString(), null, "application/x-ndjson");
        using var response = await admin.PostAsync("/api/movies/import", content);
        Assert.True(response.StatusCode == HttpStatusCode.Accepted, await response.Content.ReadAsStringAsync());
        return response.Headers.Location!;
    }

    /// <summary>Asserts that the database contains each accepted order exactly once, and no other order.</summary>
    private async Task AssertOrdersAsync(OrderLoad load)
    {
        var stored = await cluster.Database.GetCollection<BsonDocument>(OrderEntity.Collection).Find(new BsonDocument()).ToListAsync();
        Assert.Equal(
            load.Accepted.Values.Order(StringComparer.Ordinal),
            stored.Select(order => order["_id"].ToString()).Order(StringComparer.Ordinal)
        );
        Assert.Equal(load.Accepted.Count, load.Accepted.Values.Distinct().Count());
    }

    private async Task<ChatCohort> EnrollAsync(string course)
    {
        var students = new List<CampusStudent>();
        for (var i = 0; i < Students; i++)
        {
            var gateway = cluster.Gateways[i % 2];
            var email = TestUsers.NewEmail();
            using var anonymous = new HttpClient { BaseAddress = gateway };
            var account = new
            {
                username = $"student{i}",
                email,
                password = TestUsers.Password,
            };
            var id = await ReadIdAsync(anonymous.PostAsJsonAsync("/api/auth/register", account));
            var api = await ApiClient.SignInAsync(gateway, email, TestUsers.Password);
            await ReadIdAsync(api.PostAsJsonAsync("/api/enrollments", new { courseId = course }));
            var token = api.DefaultRequestHeaders.Authorization!.Parameter!;
            students.Add(new CampusStudent($"student{i}", id, api, token, i % 2, [$"course:{course}"]));
        }
        return new ChatCohort(cluster.Gateways, cluster.Database, students);
    }

    private static async Task<string> ReadIdAsync(Task<HttpResponseMessage> request)
    {
        using var response = await request;
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
        return (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!;
    }
}
