using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.ApiService.Tests.Identity;
using MovieLms.Data.PersonalData;
using MovieLms.Data.Storage;
using MovieLms.Testing;

namespace MovieLms.ApiService.Tests.PersonalData;

/// <summary>Users delete their accounts, and change their minds.</summary>
public sealed class AccountDeletionTests(IdentityHost fixture) : IClassFixture<IdentityHost>
{
    private const string Path = "/api/auth/me";
    private const string Subject = "Your account will be deleted";
    private readonly ServiceHost _host = fixture.Host;

    [Fact]
    public async Task After_the_grace_period_no_collection_contains_the_user()
    {
        var world = await PersonalWorld.CreateAsync(_host);
        var before = await ScanAsync(world, _ => true);
        foreach (var collection in PersonalCollections.All.Where(declared => declared.Links.Count > 0))
        {
            var declared = before.Any(document => document.StartsWith($"{collection.Name}:", StringComparison.Ordinal));
            // Refresh tokens refer to the session only.
            Assert.True(declared || collection.Name == CollectionNames.RefreshTokens, $"{collection.Name} has no document of the user.");
        }

        using var deleted = await DeleteAsync(world.User, world.User.Password);
        Assert.Equal(HttpStatusCode.Accepted, deleted.StatusCode);
        Assert.Equal(0, await Get<AccountErasure>().RunAsync(default));
        await MakeDueAsync(world.UserId);
        Assert.Equal(1, await Get<AccountErasure>().RunAsync(default));

        Assert.Empty(await PersonalWorld.ScanAsync(_host.Database, _ => true, world.User.Email, world.Username, world.Phone));
        var removed = PersonalCollections.All.Where(declared => declared.Erasure == Erasure.Remove).Select(declared => declared.Name);
        Assert.Empty(await PersonalWorld.ScanAsync(_host.Database, removed.Contains, world.User.Id));
        Assert.Empty(await PersonalWorld.ScanAsync(_host.Database, _ => true, $"{PersonalWorld.FileContent} by {world.Username}"));
        var names = await (await _host.Database.ListCollectionNamesAsync()).ToListAsync();
        Assert.DoesNotContain(
            names,
            name => PersonalCollections.Find(name) is null && !name.StartsWith("system.", StringComparison.Ordinal)
        );
        // The accounting and the numbers of the chat messages are complete, and the address can be registered again.
        var order = await Collection("orders").Find(new BsonDocument("customerId", world.UserId)).SingleAsync();
        Assert.Equal(PersonalCollections.ErasedName, order["customerName"].AsString);
        Assert.Equal(2, await Collection(CollectionNames.ChatMessages).CountDocumentsAsync(new BsonDocument("userId", world.UserId)));
        Assert.Equal(HttpStatusCode.Created, (await RegisterAsync(world.User.Email)).StatusCode);
    }

    [Fact]
    public async Task The_other_user_of_a_direct_room_still_reads_it()
    {
        var world = await PersonalWorld.CreateAsync(_host);
        (await DeleteAsync(world.User, world.User.Password)).EnsureSuccessStatusCode();
        await MakeDueAsync(world.UserId);
        Assert.Equal(1, await Get<AccountErasure>().RunAsync(default));
        var page = await world.Other.Client.GetFromJsonAsync<JsonElement>($"/api/rooms/{world.DirectRoom}/messages");
        Assert.Equal(3, page.GetProperty("items").GetArrayLength());
        Assert.Contains("Hello", page.ToString());
        var rooms = await world.Other.Client.GetStringAsync("/api/rooms");
        Assert.Contains(PersonalCollections.ErasedName, rooms);
        using var unknown = await world.Other.Client.GetAsync(
            $"/api/rooms/dm:{string.Join(':', new[] { world.Other.Id, ObjectId.GenerateNewId().ToString() }.Order(StringComparer.Ordinal))}/messages"
        );
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
    }

    [Fact]
    public async Task A_deletion_ends_the_sessions_and_hides_the_reviews_and_the_mailed_link_restores_the_account()
    {
        var world = await PersonalWorld.CreateAsync(_host);
        var user = world.User;
        using var deleted = await DeleteAsync(user, user.Password);
        var dueAt = (await deleted.JsonAsync()).GetProperty("deletionDueAt").GetDateTimeOffset();
        Assert.InRange(dueAt, TimeProvider.System.GetUtcNow().AddDays(13), TimeProvider.System.GetUtcNow().AddDays(15));
        Assert.Equal(HttpStatusCode.Unauthorized, (await user.Client.GetAsync(Path)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await LogInAsync(user)).StatusCode);
        Assert.Equal(0, await CountReviewsAsync(world));

        var token = TestMail.ExtractToken(await _host.GetMailTextAsync(user.Email, Subject));
        Assert.Equal(HttpStatusCode.NoContent, (await KeepAsync(token)).StatusCode);
        Assert.Equal(1, await CountReviewsAsync(world));
        Assert.Equal(HttpStatusCode.OK, (await LogInAsync(user)).StatusCode);
        await (await KeepAsync(token)).AssertProblemAsync(400, "token");
        await MakeDueAsync(world.UserId);
        Assert.Equal(0, await Get<AccountErasure>().RunAsync(default));
    }

    [Fact]
    public async Task A_deletion_requires_the_current_password()
    {
        var user = await _host.SignInStudentAsync();
        await (await DeleteAsync(user, null)).AssertProblemAsync(400, "currentPassword");
        await (await DeleteAsync(user, "not the password")).AssertProblemAsync(400, "currentPassword");
        Assert.Equal(HttpStatusCode.OK, (await user.Client.GetAsync(Path)).StatusCode);
    }

    [Fact]
    public async Task An_administrator_restores_an_account_whose_deletion_is_scheduled()
    {
        var user = await _host.SignInStudentAsync();
        (await DeleteAsync(user, user.Password)).EnsureSuccessStatusCode();
        var admin = await _host.SignInAdminAsync();
        Assert.Equal(HttpStatusCode.OK, (await admin.Client.PostAsync($"/api/users/{user.Id}/restore", null)).StatusCode);
        // The link must not undo what an administrator does later.
        Assert.Equal(HttpStatusCode.OK, (await admin.Client.PostAsync($"/api/users/{user.Id}/archive", null)).StatusCode);
        var token = TestMail.ExtractToken(await _host.GetMailTextAsync(user.Email, Subject));
        await (await KeepAsync(token)).AssertProblemAsync(400, "token");
        await MakeDueAsync(ObjectId.Parse(user.Id));
        Assert.Equal(0, await Get<AccountErasure>().RunAsync(default));
    }

    private Task<List<string>> ScanAsync(PersonalWorld world, Func<string, bool> includes) =>
        PersonalWorld.ScanAsync(_host.Database, includes, world.User.Id, world.User.Email, world.Username);

    private async Task<int> CountReviewsAsync(PersonalWorld world)
    {
        var page = await world.Other.Client.GetFromJsonAsync<JsonElement>($"/api/movies/{world.MovieId}/reviews");
        return page.GetProperty("items").GetArrayLength();
    }

    private static Task<HttpResponseMessage> DeleteAsync(TestUser user, string? currentPassword) =>
        user.Client.SendAsync(new HttpRequestMessage(HttpMethod.Delete, Path) { Content = JsonContent.Create(new { currentPassword }) });

    private Task<HttpResponseMessage> KeepAsync(string token) => _host.Client.PostAsJsonAsync("/api/auth/keep-account", new { token });

    private Task<HttpResponseMessage> LogInAsync(TestUser user) =>
        _host.Client.PostAsJsonAsync("/api/auth/login", new { email = user.Email, password = user.Password });

    private Task<HttpResponseMessage> RegisterAsync(string email) =>
        _host.Client.PostAsJsonAsync(
            "/api/auth/register",
            new
            {
                username = "Another",
                email,
                password = TestUsers.Password,
            }
        );

    private Task MakeDueAsync(ObjectId id) =>
        Collection(CollectionNames.Users)
            .UpdateOneAsync(
                new BsonDocument { { "_id", id }, { "deletionDueAt", new BsonDocument("$exists", true) } },
                new BsonDocument("$set", new BsonDocument("deletionDueAt", new BsonDateTime(0)))
            );

    private IMongoCollection<BsonDocument> Collection(string name) => _host.Database.GetCollection<BsonDocument>(name);

    private T Get<T>()
        where T : notnull => _host.App.Services.GetRequiredService<T>();
}

/// <summary>The last administrator keeps the account.</summary>
public sealed class LastAdminDeletionTests(IdentityHost fixture) : IClassFixture<IdentityHost>
{
    [Fact]
    public async Task The_last_administrator_cannot_delete_the_account()
    {
        var host = fixture.Host;
        var admin = await host.SignInAdminAsync();
        using var refused = await DeleteAsync(admin);
        await refused.AssertProblemAsync(409);
        Assert.Equal(HttpStatusCode.OK, (await admin.Client.GetAsync("/api/auth/me")).StatusCode);
        var second = await host.CreateAndSignInAsync("admin");
        Assert.Equal(HttpStatusCode.Accepted, (await DeleteAsync(second)).StatusCode);
        await (await DeleteAsync(admin)).AssertProblemAsync(409);
    }

    private static Task<HttpResponseMessage> DeleteAsync(TestUser user) =>
        user.Client.SendAsync(
            new HttpRequestMessage(HttpMethod.Delete, "/api/auth/me")
            {
                Content = JsonContent.Create(new { currentPassword = user.Password }),
            }
        );
}
