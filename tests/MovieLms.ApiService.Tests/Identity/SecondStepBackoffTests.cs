using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using MongoDB.Bson;
using MovieLms.Data.Storage;
using MovieLms.Testing;

namespace MovieLms.ApiService.Tests.Identity;

/// <summary>Guessing codes with a known password is slowed down exponentially, and the user is notified.</summary>
public sealed class SecondStepBackoffTests : IAsyncLifetime
{
    private const string Subject = "Wrong codes for your sign-in";
    private readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow());
    private ServiceHost _host = null!;

    public async ValueTask InitializeAsync() =>
        _host = await ServiceHost.StartAsync(
            new ServiceHostOptions { Services = Services.Api, Configure = services => services.AddSingleton<TimeProvider>(_time) }
        );

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task After_twenty_wrong_codes_each_one_doubles_the_delay_and_a_right_one_resets_it()
    {
        var (user, _, recovery) = await SecondStepTests.TurnOnAsync(_host);
        await GuessAsync(user, 20);
        Assert.Contains("password", await _host.GetMailTextAsync(user.Email, Subject));
        foreach (var minutes in (int[])[1, 2, 4, 8, 16])
        {
            // The right code is rejected too, because accepting it would confirm the guess.
            var early = await VerifyAsync(user, recovery[0]);
            Assert.Equal(HttpStatusCode.TooManyRequests, early.StatusCode);
            Assert.InRange(early.Headers.RetryAfter!.Delta!.Value.TotalMinutes, minutes - 0.1, minutes);
            _time.Advance(TimeSpan.FromMinutes(minutes));
            Assert.Equal(HttpStatusCode.Unauthorized, (await VerifyAsync(user, "000000")).StatusCode);
        }
        _time.Advance(TimeSpan.FromMinutes(32));
        Assert.Equal(HttpStatusCode.OK, (await VerifyAsync(user, recovery[0])).StatusCode);
        Assert.Equal(1, await CountMailsAsync(user));
        // A new series starts from zero and causes another mail.
        await GuessAsync(user, 19);
        Assert.Equal(HttpStatusCode.OK, (await VerifyAsync(user, recovery[1])).StatusCode);
        await GuessAsync(user, 20);
        Assert.Equal(2, await CountMailsAsync(user));
    }

    [Fact]
    public async Task The_delay_is_at_most_twelve_hours_and_ends_with_a_new_password()
    {
        var (user, _, recovery) = await SecondStepTests.TurnOnAsync(_host);
        await _host
            .Database.GetCollection<BsonDocument>(CollectionNames.Users)
            .UpdateOneAsync(
                new BsonDocument("email", user.Email),
                new BsonDocument(
                    "$set",
                    new BsonDocument(
                        "secondStepFailures",
                        new BsonDocument { { "count", 5000 }, { "lastAt", _time.GetUtcNow().UtcDateTime } }
                    )
                )
            );
        Assert.Equal(HttpStatusCode.Unauthorized, (await VerifyAsync(user, "000000")).StatusCode);
        Assert.InRange((await VerifyAsync(user, recovery[0])).Headers.RetryAfter!.Delta!.Value.TotalHours, 11.9, 12);
        (await _host.Client.PostAsJsonAsync("/api/auth/forgot-password", new { email = user.Email })).EnsureSuccessStatusCode();
        var token = TestMail.ExtractToken(await _host.GetMailTextAsync(user.Email, "Set a new password"));
        var changed = user with { Password = "rack-focus-through-rain-9" };
        (
            await _host.Client.PostAsJsonAsync("/api/auth/reset-password", new { token, newPassword = changed.Password })
        ).EnsureSuccessStatusCode();
        Assert.Equal(HttpStatusCode.OK, (await VerifyAsync(changed, recovery[0])).StatusCode);
    }

    private async Task GuessAsync(TestUser user, int times)
    {
        for (var i = 0; i < times; i++)
        {
            // Four per minute stay below the limit for right and wrong codes.
            _time.Advance(TimeSpan.FromSeconds(15));
            Assert.Equal(HttpStatusCode.Unauthorized, (await VerifyAsync(user, "000000")).StatusCode);
        }
    }

    private async Task<HttpResponseMessage> VerifyAsync(TestUser user, string code)
    {
        var login = await _host.Client.PostAsJsonAsync("/api/auth/login", new { email = user.Email, password = user.Password });
        var challenge = (await login.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("challenge").GetString();
        return await _host.Client.PostAsJsonAsync("/api/auth/login/verify", new { challenge, code });
    }

    private Task<long> CountMailsAsync(TestUser user) =>
        _host
            .Database.GetCollection<BsonDocument>(CollectionNames.Outbox)
            .CountDocumentsAsync(new BsonDocument { { "to", user.Email }, { "subject", Subject } });
}
