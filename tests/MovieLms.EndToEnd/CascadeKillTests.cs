using System.Net.Http.Json;
using System.Text.Json;
using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Storage;
using MovieLms.Data.Todos;
using MovieLms.Testing;
using MovieLms.Testing.Processes;

namespace MovieLms.EndToEnd;

/// <summary>
/// Archives and restores a user with 5,000 to-dos while the processes are killed at random points: two kills, or twenty with
/// <c>MOVIELMS_TEST_SCALE=full</c>.
/// </summary>
public sealed class CascadeKillTests
{
    private const int Dependents = 5_000;
    private static readonly int Kills = TestEnvironment.IsFullScale ? 20 : 2;

    [Fact]
    public async Task A_cascade_completes_exactly_once_when_its_processes_are_killed()
    {
        var name = BackingServices.CreateName();
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
        await AddTodosAsync(database, user, Dependents);
        await AddTodosAsync(database, other, 50);
        var before = await ReadTodosAsync(database);
        var (kills, operations) = (0, 0);

        while (kills < Kills)
        {
            // Twenty kills take longer than the lifetime of an access token.
            await SignInAsync(api);
            await KillDuringAsync($"/api/users/{user}/archive", archived => archived);
            await AssertTodosAsync(isArchived: true);
            await KillDuringAsync($"/api/users/{user}/restore", archived => Dependents - archived);
            await AssertTodosAsync(isArchived: false);
            Assert.Equal(before, await ReadTodosAsync(database));
        }
        await mongo.DropDatabaseAsync(name);

        async Task KillDuringAsync(string path, Func<long, long> countDone)
        {
            var killAt = Random.Shared.Next(1, Dependents - 100);
            var request = api.PostAsync(path, null);
            await Eventually.WaitUntilAsync(
                async () => countDone(await CountArchivedAsync()) >= killAt || request.IsCompleted,
                $"{killAt} documents are processed",
                60
            );
            await Task.WhenAll(services.KillAsync("ApiService"), services.KillAsync("Worker"));
            await ((Task)request).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            var reached = countDone(await CountArchivedAsync());
            // Does not count if the operation completed before the kill.
            if (reached < Dependents)
                kills++;
            Assert.True(++operations <= Kills * 3, $"Only {kills} of {operations} operations were interrupted.");
            await Task.WhenAll(services.RestartAsync("ApiService"), services.RestartAsync("Worker"));
            await Eventually.WaitUntilAsync(
                async () => countDone(await CountArchivedAsync()) == Dependents && !await HasDueCascadeAsync(),
                "the Worker completes the interrupted operation",
                120
            );
        }

        async Task AssertTodosAsync(bool isArchived)
        {
            var mine = await TodoCollection(database).Find(new BsonDocument("ownerId", user)).ToListAsync();
            Assert.Equal(Dependents, mine.Count);
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

        Task<long> CountArchivedAsync() =>
            TodoCollection(database)
                .CountDocumentsAsync(new BsonDocument { { "ownerId", user }, { "archivedAt", new BsonDocument("$ne", BsonNull.Value) } });

        async Task<bool> HasDueCascadeAsync() =>
            await database
                .GetCollection<BsonDocument>(CollectionNames.Cascades)
                .Find(new BsonDocument("dueAt", new BsonDocument("$ne", BsonNull.Value)))
                .AnyAsync();
    }

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
        var pair = await response!.Content.ReadFromJsonAsync<JsonElement>();
        api.DefaultRequestHeaders.Authorization = new("Bearer", pair.GetProperty("accessToken").GetString());
    }

    private static async Task<ObjectId> RegisterAsync(HttpClient api)
    {
        using var response = await api.PostAsJsonAsync(
            "/api/auth/register",
            new
            {
                username = "Busy",
                email = TestUsers.NewEmail(),
                password = TestUsers.Password,
            }
        );
        response.EnsureSuccessStatusCode();
        return ObjectId.Parse((await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString());
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

    /// <summary>Returns the stored bytes of each to-do without the fields that every archive and restore changes.</summary>
    private static async Task<SortedDictionary<ObjectId, byte[]>> ReadTodosAsync(IMongoDatabase database)
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
        database.GetCollection<BsonDocument>(TodoEntity.Collection);
}
