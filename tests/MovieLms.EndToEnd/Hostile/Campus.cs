using System.Net.Http.Json;
using System.Text.Json;
using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Storage;

namespace MovieLms.EndToEnd.Hostile;

/// <summary>A user of the hostile walk.</summary>
/// <param name="Id">The user's ID.</param>
/// <param name="Email">The user's e-mail address.</param>
/// <param name="Token">An access token.</param>
/// <param name="RefreshToken">A refresh token of the same session.</param>
/// <param name="Client">A client that sends the access token.</param>
internal sealed record Person(string Id, string Email, string Token, string RefreshToken, HttpClient Client);

/// <summary>
/// The services as separate processes (Standalone, or one process each behind the gateway). The database and Redis run in the test
/// process, so that the memory of the services can be measured. The users are an administrator, a teacher with a course, a student
/// in it, a stranger in no course, and Vera, whose data no other user may see.
/// </summary>
internal sealed class Campus : IAsyncDisposable
{
    /// <summary>A text that all of Vera's private data contains.</summary>
    internal const string Canary = "canary-7a1f3c";

    /// <summary>The password of all users.</summary>
    internal const string Password = "planted-dolly-zoom-Kx93-on-the-pier";

    private const string AdminEmail = "admin@campus.example";
    private readonly Dictionary<string, Person> _people = [];
    private readonly CampusProcesses _processes;
    private int _emails;

    private Campus(CampusProcesses processes) => _processes = processes;

    internal Uri Address => _processes.Address;

    internal CampusProcesses Processes => _processes;

    internal IMongoDatabase Database => _processes.Database;

    /// <summary>Secrets that must never be logged.</summary>
    internal HashSet<string> Secrets { get; } = [Password];

    internal Person this[string name] => _people[name];

    internal static async Task<Campus> StartAsync(bool isBehindGateway)
    {
        var campus = new Campus(await CampusProcesses.StartAsync(isBehindGateway, AdminEmail, Password));
        try
        {
            await campus.AddPeopleAsync();
            return campus;
        }
        catch
        {
            await campus.DisposeAsync();
            throw;
        }
    }

    /// <summary>Creates a student with a verified e-mail address.</summary>
    internal async Task<Person> CreateStudentAsync()
    {
        var person = await CreatePersonAsync($"walker{Interlocked.Increment(ref _emails)}@campus.example", "student");
        await Database
            .GetCollection<BsonDocument>(CollectionNames.Users)
            .UpdateOneAsync(
                new BsonDocument("_id", ObjectId.Parse(person.Id)),
                new BsonDocument("$set", new BsonDocument("emailVerifiedAt", DateTime.UnixEpoch))
            );
        return person;
    }

    /// <summary>Signs in a user.</summary>
    internal async Task<Person> SignInAsync(string email)
    {
        using var anonymous = new HttpClient { BaseAddress = Address };
        var pair = await ReadJsonAsync(await anonymous.PostAsJsonAsync("/api/auth/login", new { email, password = Password }));
        var (token, refresh) = (pair.GetProperty("accessToken").GetString()!, pair.GetProperty("refreshToken").GetString()!);
        lock (Secrets)
            Secrets.UnionWith([token, refresh]);
        var client = new HttpClient { BaseAddress = Address, DefaultRequestHeaders = { Authorization = new("Bearer", token) } };
        var me = await client.GetFromJsonAsync<JsonElement>("/api/auth/me");
        return new Person(me.GetProperty("id").GetString()!, email, token, refresh, client);
    }

    /// <summary>Returns the JSON of a response, which must be successful.</summary>
    internal static async Task<JsonElement> ReadJsonAsync(HttpResponseMessage response)
    {
        using (response)
        {
            var text = await response.Content.ReadAsStringAsync();
            Assert.True(response.IsSuccessStatusCode, $"{response.RequestMessage!.RequestUri}: {(int)response.StatusCode} {text}");
            return text.Length == 0 ? default : JsonSerializer.Deserialize<JsonElement>(text);
        }
    }

    public ValueTask DisposeAsync() => _processes.DisposeAsync();

    private async Task AddPeopleAsync()
    {
        _people["admin"] = await SignInAsync(AdminEmail);
        foreach (
            var (person, role) in new[]
            {
                ("teacher", "instructor"),
                ("outsider", "instructor"),
                ("student", "student"),
                ("stranger", "student"),
                ("keeper", "instructor"),
            }
        )
        {
            _people[person] = await CreatePersonAsync($"{person}@campus.example", role);
        }

        _people["vera"] = await CreatePersonAsync($"{Canary}@campus.example", "student");
    }

    private async Task<Person> CreatePersonAsync(string email, string role)
    {
        using var anonymous = new HttpClient { BaseAddress = Address };
        var user = await ReadJsonAsync(
            await anonymous.PostAsJsonAsync(
                "/api/auth/register",
                new
                {
                    username = $"A {role}",
                    email,
                    password = Password,
                }
            )
        );
        if (role != "student")
        {
            await ReadJsonAsync(
                await this["admin"].Client.PatchAsJsonAsync($"/api/users/{user.GetProperty("id").GetString()}/role", new { role })
            );
        }

        return await SignInAsync(email);
    }
}
