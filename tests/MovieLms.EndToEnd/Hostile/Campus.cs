using System.Net.Http.Json;
using System.Text.Json;
using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Storage;
using MovieLms.Testing;
using MovieLms.Testing.Processes;

namespace MovieLms.EndToEnd.Hostile;

/// <summary>A user of the walk.</summary>
/// <param name="Id">The user's ID.</param>
/// <param name="Email">The user's address.</param>
/// <param name="Token">An access token.</param>
/// <param name="RefreshToken">A refresh token of the same session.</param>
/// <param name="Client">Sends the access token.</param>
internal sealed record Person(string Id, string Email, string Token, string RefreshToken, HttpClient Client);

/// <summary>
/// Standalone as a process, with its database and Redis in this one, so that its memory is that of the services alone. Its people:
/// an administrator, a teacher with a course, a student in it, a stranger in none, and Vera, whose data nobody else may see.
/// </summary>
public sealed class Campus : IAsyncLifetime
{
    /// <summary>In everything of Vera's that is private.</summary>
    internal const string Canary = "canary-7a1f3c";

    /// <summary>Everybody's password.</summary>
    internal const string Password = "planted-dolly-zoom-Kx93-on-the-pier";

    private const string AdminEmail = "admin@campus.example";
    private static readonly string[] Limits =
    [
        "Register", "Refresh", "RefreshToken", "LoginAddress", "LoginAccount", "LoginVerify", "ForgotAddress", "ForgotAccount", "Reset", "External", "Otp", "OtpVerify", "SecondStep",
    ];

    private readonly Dictionary<string, Person> _people = [];
    private StandaloneProcess _process = null!;
    private MongoClient _mongo = null!;
    private int _emails;

    internal DotnetProcess Process => _process.Process;

    internal Uri Address => _process.Address;

    internal IMongoDatabase Database { get; private set; } = null!;

    /// <summary>Secrets that must never be logged.</summary>
    internal HashSet<string> Secrets { get; } = [Password];

    internal Person this[string name] => _people[name];

    public async ValueTask InitializeAsync()
    {
        var (backing, name) = (await BackingServices.GetAsync(), BackingServices.NewName());
        _mongo = new MongoClient(backing.Mongo(name));
        Database = _mongo.GetDatabase(name);
        var environment = new Dictionary<string, string?>
        {
            ["ConnectionStrings__mongodb"] = backing.Mongo(name), ["ConnectionStrings__redis"] = backing.Redis, ["Redis__Prefix"] = name + ":",
            ["Admin__Email"] = AdminEmail, ["Admin__Password"] = Password, ["Auth__BcryptCost"] = "4", ["Auth__AccessTokenMinutes"] = "60",
            ["RateLimits__RequestsPerSecond"] = "1000000",
            ["Imports__MaxQueued"] = "10000", ["Imports__MaxBytesPerDay"] = "1000000000000",
            // Less that is only the collector's habit.
            ["DOTNET_GCgen0size"] = "0x1000000", ["DOTNET_GCConserveMemory"] = "5",
        };
        foreach (var limit in Limits) environment[$"RateLimits__{limit}__Permits"] = "1000000";
        _process = await StandaloneProcess.StartAsync(null, environment);
        _people["admin"] = await SignInAsync(AdminEmail);
        foreach (var (person, role) in new[] { ("teacher", "instructor"), ("outsider", "instructor"), ("student", "student"), ("stranger", "student"), ("keeper", "instructor") })
            _people[person] = await PersonAsync($"{person}@campus.example", role);
        _people["vera"] = await PersonAsync($"{Canary}@campus.example", "student");
    }

    /// <summary>A new student with a verified address.</summary>
    internal async Task<Person> NewPersonAsync()
    {
        var person = await PersonAsync($"walker{Interlocked.Increment(ref _emails)}@campus.example", "student");
        await Database.GetCollection<BsonDocument>(CollectionNames.Users).UpdateOneAsync(
            new BsonDocument("_id", ObjectId.Parse(person.Id)), new BsonDocument("$set", new BsonDocument("emailVerifiedAt", DateTime.UnixEpoch)));
        return person;
    }

    /// <summary>Signs a user in.</summary>
    internal async Task<Person> SignInAsync(string email)
    {
        using var anonymous = new HttpClient { BaseAddress = Address };
        var pair = await JsonAsync(await anonymous.PostAsJsonAsync("/api/auth/login", new { email, password = Password }));
        var (token, refresh) = (pair.GetProperty("accessToken").GetString()!, pair.GetProperty("refreshToken").GetString()!);
        lock (Secrets) Secrets.UnionWith([token, refresh]);
        var client = new HttpClient { BaseAddress = Address, DefaultRequestHeaders = { Authorization = new("Bearer", token) } };
        var me = await client.GetFromJsonAsync<JsonElement>("/api/auth/me");
        return new Person(me.GetProperty("id").GetString()!, email, token, refresh, client);
    }

    /// <summary>The JSON of a response, which must be a success.</summary>
    internal static async Task<JsonElement> JsonAsync(HttpResponseMessage response)
    {
        using (response)
        {
            var text = await response.Content.ReadAsStringAsync();
            Assert.True(response.IsSuccessStatusCode, $"{response.RequestMessage!.RequestUri}: {(int)response.StatusCode} {text}");
            return text.Length == 0 ? default : JsonSerializer.Deserialize<JsonElement>(text);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null) await _process.DisposeAsync();
        _mongo?.Dispose();
    }

    private async Task<Person> PersonAsync(string email, string role)
    {
        using var anonymous = new HttpClient { BaseAddress = Address };
        var user = await JsonAsync(await anonymous.PostAsJsonAsync("/api/auth/register", new { username = $"A {role}", email, password = Password }));
        if (role != "student") await JsonAsync(await this["admin"].Client.PatchAsJsonAsync($"/api/users/{user.GetProperty("id").GetString()}/role", new { role }));
        return await SignInAsync(email);
    }
}
