using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.ApiService.Identity.Passwords;
using MovieLms.Data.Storage;
using MovieLms.Testing;

namespace MovieLms.ApiService.Tests.Identity;

/// <summary>
/// Response times must not reveal whether an address is registered. Tests cannot assert the time, but they can assert the work: the same
/// number of password hashes and the same database commands before the response is sent.
/// </summary>
public sealed class EqualWorkTests(IdentityHost fixture) : IClassFixture<IdentityHost>
{
    private readonly ServiceHost _host = fixture.Host;

    [Fact]
    public async Task Every_sign_in_costs_one_hash()
    {
        var (known, archived, elsewhere) = (
            await _host.SignInStudentAsync(),
            await _host.SignInStudentAsync(),
            await _host.SignInStudentAsync()
        );
        await SetAsync(archived, new BsonDocument("$set", new BsonDocument("archivedAt", new BsonDateTime(DateTime.UnixEpoch))));
        await SetAsync(elsewhere, new BsonDocument("$unset", new BsonDocument("passwordHash", 1)));
        foreach (var email in new[] { known.Email, archived.Email, elsewhere.Email, TestUsers.NewEmail(), "not an address" })
        {
            var before = Hasher.HashCount;
            Assert.Equal(
                HttpStatusCode.Unauthorized,
                (await _host.Client.PostAsJsonAsync("/api/auth/login", new { email, password = "not the password" })).StatusCode
            );
            Assert.Equal(1, Hasher.HashCount - before);
        }
    }

    [Fact]
    public async Task A_failed_sign_in_sends_the_same_database_commands_for_known_and_unknown_addresses()
    {
        var user = await _host.SignInStudentAsync();
        var known = await CommandsAsync("/api/auth/login", new { email = user.Email, password = "not the password" });
        Assert.NotEmpty(known);
        Assert.Equal(known, await CommandsAsync("/api/auth/login", new { email = TestUsers.NewEmail(), password = "not the password" }));
    }

    [Fact]
    public async Task A_password_reset_request_sends_no_database_command_before_the_response()
    {
        var user = await _host.SignInStudentAsync();
        var hashes = Hasher.HashCount;
        Assert.Empty(await CommandsAsync("/api/auth/forgot-password", new { email = user.Email }));
        Assert.Empty(await CommandsAsync("/api/auth/forgot-password", new { email = TestUsers.NewEmail() }));
        Assert.Equal(hashes, Hasher.HashCount);
        Assert.NotEmpty(await _host.GetMailTextAsync(user.Email, "Set a new password"));
    }

    private PasswordHasher Hasher => _host.App.Services.GetRequiredService<PasswordHasher>();

    private Task SetAsync(TestUser user, BsonDocument update) =>
        _host.Database.GetCollection<BsonDocument>(CollectionNames.Users).UpdateOneAsync(new BsonDocument("email", user.Email), update);

    /// <summary>Returns the database commands of a request in order, from the driver's spans in its trace.</summary>
    private async Task<IReadOnlyList<string>> CommandsAsync(string path, object body)
    {
        var trace = ActivityTraceId.CreateRandom();
        var commands = new ConcurrentQueue<string>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is "Microsoft.AspNetCore" || source.Name == MongoTelemetry.ActivitySourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity =>
            {
                if (activity.TraceId == trace && activity.Source.Name == MongoTelemetry.ActivitySourceName)
                    commands.Enqueue(activity.DisplayName);
            },
        };
        ActivitySource.AddActivityListener(listener);
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
        request.Headers.Add("traceparent", $"00-{trace}-{ActivitySpanId.CreateRandom()}-01");
        using var response = await _host.Client.SendAsync(request);
        return [.. commands];
    }
}
