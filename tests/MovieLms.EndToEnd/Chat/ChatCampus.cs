using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Storage;
using MovieLms.Testing;
using MovieLms.Testing.Processes;

namespace MovieLms.EndToEnd.Chat;

/// <summary>A student with a place in courses.</summary>
/// <param name="Name">Also the client's name.</param>
/// <param name="Id">The user's id.</param>
/// <param name="Api">Sends their access token.</param>
/// <param name="Token">The access token.</param>
/// <param name="Rooms">The rooms of their courses.</param>
internal sealed record CampusStudent(string Name, string Id, HttpClient Api, string Token, IReadOnlyList<string> Rooms);

/// <summary>
/// An installation of processes with two Realtime nodes behind one Redis, free courses, and students who each take two of
/// them: of every course half on each node.
/// </summary>
internal sealed class ChatCampus : IAsyncDisposable
{
    private readonly MongoClient _mongo;

    private ChatCampus(Installation installation, Uri second, IReadOnlyList<CampusStudent> students, HttpClient admin)
    {
        (Installation, Students, Admin) = (installation, students, admin);
        Nodes = [installation.Services.Realtime, second];
        _mongo = new MongoClient(installation.Mongo);
        Database = _mongo.GetDatabase(MongoUrl.Create(installation.Mongo).DatabaseName);
    }

    internal static bool IsFull => Environment.GetEnvironmentVariable("MOVIELMS_TEST_SCALE") == "full";

    internal Installation Installation { get; }

    /// <summary>The processes <c>Realtime</c> and <c>Realtime2</c>.</summary>
    internal IReadOnlyList<Uri> Nodes { get; }

    internal IReadOnlyList<CampusStudent> Students { get; }

    internal HttpClient Admin { get; }

    internal IMongoDatabase Database { get; }

    /// <summary>Which node a student's client calls.</summary>
    internal int NodeOf(CampusStudent student) => IndexOf(student) / (Students.Count / 10) % 2;

    private int IndexOf(CampusStudent student) => Students.Index().First(pair => pair.Item == student).Index;

    /// <summary>Starts everything; a tenth as many courses as students, so that each has twenty.</summary>
    internal static async Task<ChatCampus> StartAsync(int students, IReadOnlyDictionary<string, string?>? settings = null)
    {
        var environment = new Dictionary<string, string?>
        {
            ["RateLimits__ChatMessages__Permits"] = "1000000", ["RateLimits__Register__Permits"] = "100000", ["RateLimits__LoginAddress__Permits"] = "100000",
            ["Realtime__ReadsPerTenSeconds"] = "100000", ["Realtime__JoinsPerTenSeconds"] = "100000", ["Realtime__PresenceTtl"] = "00:00:08",
        };
        foreach (var (name, value) in settings ?? new Dictionary<string, string?>()) environment[name] = value;
        var installation = await Installation.StartAsync(environment);
        try
        {
            var second = await installation.Services.AddReplicaAsync("Realtime2");
            var admin = await ApiClient.SignInAsync(installation.Services.Api, Installation.AdminEmail, Installation.AdminPassword);
            var courses = new List<string>();
            for (var i = 0; i < students / 10; i++) courses.Add(await IdOfAsync(await admin.PostAsJsonAsync("/api/courses", new { title = $"Course {i}", status = "published" })));
            var enrolled = new CampusStudent[students];
            await Parallel.ForEachAsync(Enumerable.Range(0, students), new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (i, _) =>
                enrolled[i] = await EnrollAsync(installation.Services.Api, $"student{i}", courses[i % courses.Count], courses[(i + 1) % courses.Count]));
            return new ChatCampus(installation, second, enrolled, admin);
        }
        catch
        {
            await installation.DisposeAsync();
            throw;
        }
    }

    /// <summary>Lets all students' clients join their rooms.</summary>
    /// <param name="clients">Where they are played.</param>
    /// <param name="node">Where a student's client calls, if not at its node itself.</param>
    internal Task OpenAllAsync(ChatClients clients, Func<CampusStudent, Uri>? node = null) => Task.WhenAll(Students.Index().Select(pair =>
        clients.OpenAsync(pair.Item.Name, node?.Invoke(pair.Item) ?? Nodes[NodeOf(pair.Item)], pair.Item.Token, pair.Item.Rooms, messagePack: pair.Index % 5 == 0)));

    /// <summary>How many messages are stored.</summary>
    internal Task<long> CountStoredAsync() => Database.GetCollection<BsonDocument>(CollectionNames.ChatMessages).CountDocumentsAsync(new BsonDocument());

    /// <summary>Waits until every client holds its rooms as they are stored, each message once and in order, and nobody holds another's.</summary>
    /// <returns>What the rooms hold.</returns>
    internal async Task<int> AssertCompleteAsync(ChatClients clients, SentLoad load)
    {
        var stored = await StoredAsync();
        Assert.Equal(load.Sent.Keys.Order(), stored.Keys.Order());
        foreach (var (room, ids) in load.Sent) Assert.Equal(ids.Order(), stored[room].Select(message => message["clientMessageId"].AsString).Order());
        foreach (var messages in stored.Values) Assert.Equal(Enumerable.Range(1, messages.Count), messages.Select(message => message["sequence"].ToInt32()));
        var digests = stored.ToDictionary(pair => pair.Key, pair => Digest(pair.Value));
        foreach (var student in Students)
        {
            HeldState held = null!;
            await Eventually.TrueAsync(
                async () =>
                {
                    held = await clients.HeldAsync(student.Name);
                    return student.Rooms.All(room => held.Rooms[room].Count >= stored[room].Count);
                },
                $"{student.Name} holds {string.Join(", ", student.Rooms.Select(room => $"{stored[room].Count} in {room}"))}", 90);
            Assert.Equal(student.Rooms.Order(), held.Rooms.Keys.Order());
            foreach (var room in student.Rooms)
            {
                var own = held.Rooms[room];
                Assert.Equal((digests[room], 1, stored[room].Count, stored[room].Count), (own.Digest, own.First, own.Last, own.Accepted));
            }
            Assert.Equal(0, held.Foreign);
        }
        return stored.Values.Sum(messages => messages.Count);
    }

    /// <summary>Waits until every client believes its rooms' members to be those who are there.</summary>
    internal async Task AssertPresenceAsync(ChatClients clients, Func<CampusStudent, bool> isThere, double seconds = 40)
    {
        foreach (var student in Students.Where(isThere))
        {
            foreach (var room in student.Rooms)
            {
                var there = Students.Where(other => other.Rooms.Contains(room) && isThere(other)).Select(other => other.Id).Order().ToArray();
                await Eventually.TrueAsync(
                    async () => (await clients.HeldAsync(student.Name)).Rooms[room].Members.SequenceEqual(there), $"{student.Name} sees the {there.Length} of {room}", seconds);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var student in Students) student.Api.Dispose();
        Admin.Dispose();
        _mongo.Dispose();
        await Installation.DisposeAsync();
    }

    private static async Task<CampusStudent> EnrollAsync(Uri server, string name, params string[] courses)
    {
        var email = $"{name}@campus.example";
        using var anonymous = new HttpClient { BaseAddress = server };
        var id = await IdOfAsync(await anonymous.PostAsJsonAsync("/api/auth/register", new { username = name, email, password = TestUsers.Password }));
        var api = await ApiClient.SignInAsync(server, email, TestUsers.Password);
        foreach (var course in courses) await IdOfAsync(await api.PostAsJsonAsync("/api/enrollments", new { courseId = course }));
        return new CampusStudent(name, id, api, api.DefaultRequestHeaders.Authorization!.Parameter!, [.. courses.Select(course => $"course:{course}")]);
    }

    private static async Task<string> IdOfAsync(HttpResponseMessage answer)
    {
        using (answer)
        {
            Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
            return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!;
        }
    }

    /// <summary>The database's messages by room, in order.</summary>
    private async Task<Dictionary<string, List<BsonDocument>>> StoredAsync()
    {
        var rooms = await Database.GetCollection<BsonDocument>(CollectionNames.Rooms).Find(new BsonDocument()).ToListAsync();
        var messages = await Database.GetCollection<BsonDocument>(CollectionNames.ChatMessages).Find(new BsonDocument()).ToListAsync();
        return messages.GroupBy(message => message["roomId"]).ToDictionary(
            group => rooms.Single(room => room["_id"] == group.Key)["name"].AsString, group => group.OrderBy(message => message["sequence"]).ToList());
    }

    private static string Digest(IEnumerable<BsonDocument> messages) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(
        messages.Select(message => $"{message["sequence"]} {message["userId"]} {message["clientMessageId"]} {message["text"]}\n")))));
}
