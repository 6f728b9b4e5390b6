using System.Net.Http.Json;
using System.Text.Json;
using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Storage;
using MovieLms.Testing;
using MovieLms.Testing.Processes;

namespace MovieLms.EndToEnd;

/// <summary>
/// A user with five thousand to-dos is archived and restored by processes that are killed in the middle of it, at points
/// drawn at random: two kills, or twenty with <c>MOVIELMS_TEST_SCALE=full</c>.
/// </summary>
public sealed class CascadeKillTests
{
    private const int Dependants = 5_000;
    private static readonly int Kills = Environment.GetEnvironmentVariable("MOVIELMS_TEST_SCALE") == "full" ? 20 : 2;

    [Fact]
    public async Task A_cascade_whose_processes_are_killed_is_finished_exactly_once()
    {
        var name = BackingServices.NewName();
        using var mongo = new MongoClient((await BackingServices.GetAsync()).MongoServer);
        var database = mongo.GetDatabase(name);
        await using var services = await ServiceProcesses.StartAsync(
            name,
            new Dictionary<string, string?>
            {
                ["Admin__Email"] = TestUsers.AdminEmail,
                ["Admin__Password"] = TestUsers.AdminPassword,
                ["Cascades__ChunkSize"] = "20",
                ["Cascades__LeaseSeconds"] = "3",
                ["Cascades__SettleSeconds"] = "1",
            }
        );
        using var api = new HttpClient { BaseAddress = services.Api };
        var (user, other) = (await RegisterAsync(api), await RegisterAsync(api));
        await AddTodosAsync(database, user, Dependants);
        await AddTodosAsync(database, other, 50);
        var before = await TodosAsync(database);
        var (kills, operations) = (0, 0);

        while (kills < Kills)
        {
            // Twenty kills take longer than an access token lives.
            await SignInAsync(api);
            await KillDuringAsync($"/api/users/{user}/archive", marked => marked);
            await AssertAllAsync(isArchived: true);
            await KillDuringAsync($"/api/users/{user}/restore", marked => Dependants - marked);
            await AssertAllAsync(isArchived: false);
            Assert.Equal(before, await TodosAsync(database));
        }
        await mongo.DropDatabaseAsync(name);

        async Task KillDuringAsync(string path, Func<long, long> done)
        {
            var killAt = Random.Shared.Next(1, Dependants - 100);
            var request = api.PostAsync(path, null);
            await Eventually.TrueAsync(
                async () => done(await MarkedAsync()) >= killAt || request.IsCompleted,
                $"{killAt} documents are reached",
                60
            );
            await Task.WhenAll(services.KillAsync("ApiService"), services.KillAsync("Worker"));
            await ((Task)request).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            var reached = done(await MarkedAsync());
            // The end came before the kill: an operation like any other, and no kill that counts.
            if (reached < Dependants)
                kills++;
            Assert.True(++operations <= Kills * 3, $"Only {kills} of {operations} operations were met in the middle.");
            await Task.WhenAll(services.RestartAsync("ApiService"), services.RestartAsync("Worker"));
            await Eventually.TrueAsync(
                async () => done(await MarkedAsync()) == Dependants && !await AnyDueAsync(),
                "the Worker finishes what was cut off",
                120
            );
        }

        async Task AssertAllAsync(bool isArchived)
        {
            var mine = await TodoCollection(database).Find(new BsonDocument("ownerId", user)).ToListAsync();
            Assert.Equal(Dependants, mine.Count);
            Assert.All(mine, todo => Assert.Equal((operations + 1, isArchived), (todo["version"].ToInt32(), todo.Contains("archivedAt"))));
            Assert.All(
                await TodoCollection(database).Find(new BsonDocument("ownerId", other)).ToListAsync(),
                todo => Assert.Equal(1, todo["version"].ToInt32())
            );
            var profile = await database
                .GetCollection<BsonDocument>(CollectionNames.Users)
                .Find(new BsonDocument("_id", user))
                .SingleAsync();
            Assert.Equal(isArchived, profile.Contains("archivedAt"));
        }

        Task<long> MarkedAsync() =>
            TodoCollection(database)
                .CountDocumentsAsync(new BsonDocument { { "ownerId", user }, { "archivedAt", new BsonDocument("$ne", BsonNull.Value) } });

        async Task<bool> AnyDueAsync() =>
            await database
                .GetCollection<BsonDocument>(CollectionNames.Cascades)
                .Find(new BsonDocument("dueAt", new BsonDocument("$ne", BsonNull.Value)))
                .AnyAsync();
    }

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
        var pair = await answer!.Content.ReadFromJsonAsync<JsonElement>();
        api.DefaultRequestHeaders.Authorization = new("Bearer", pair.GetProperty("accessToken").GetString());
    }

    private static async Task<ObjectId> RegisterAsync(HttpClient api)
    {
        using var answer = await api.PostAsJsonAsync(
            "/api/auth/register",
            new
            {
                username = "Busy",
                email = TestUsers.NewEmail(),
                password = TestUsers.Password,
            }
        );
        answer.EnsureSuccessStatusCode();
        return ObjectId.Parse((await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString());
    }

    private static Task AddTodosAsync(IMongoDatabase database, ObjectId owner, int count) =>
        TodoCollection(database)
            .InsertManyAsync(
                Enumerable
                    .Range(0, count)
                    .Select(i => new BsonDocument
                    {
                        { "_id", ObjectId.GenerateNewId() },
                        { "ownerId", owner },
                        { "title", $"Task {i}" },
                        { "priority", "medium" },
                        { "done", false },
                        { "version", 1L },
                        { "createdAt", DateTime.UnixEpoch },
                        { "updatedAt", DateTime.UnixEpoch },
                    })
            );

    /// <summary>Byte for byte, without what a change of marks changes for good.</summary>
    private static async Task<SortedDictionary<ObjectId, byte[]>> TodosAsync(IMongoDatabase database)
    {
        var documents = new SortedDictionary<ObjectId, byte[]>();
        foreach (var todo in await TodoCollection(database).Find(new BsonDocument()).ToListAsync())
        {
            todo.Remove("version");
            todo.Remove("updatedAt");
            documents.Add(todo["_id"].AsObjectId, todo.ToBson());
        }
        return documents;
    }

    private static IMongoCollection<BsonDocument> TodoCollection(IMongoDatabase database) =>
        database.GetCollection<BsonDocument>(CollectionNames.Todos);
}
