using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MovieLms.Testing;
using MovieLms.Testing.Processes;

namespace MovieLms.EndToEnd.Outages;

/// <summary>
/// Redis, MongoDB or the mail server is killed or suspended under load for 25 s. No accepted write is lost, and revoked tokens stay
/// revoked. <c>.ci/extended outages</c> runs these tests.
/// </summary>
public sealed class OutageTests
{
    private static readonly TimeSpan Outage = TimeSpan.FromSeconds(25);

    [Theory]
    [InlineData("redis", true)]
    [InlineData("mongo", true)]
    [InlineData("smtp", true)]
    [InlineData("redis", false)]
    [InlineData("mongo", false)]
    public async Task Accepted_writes_are_kept_and_revoked_tokens_stay_revoked_after_an_outage(string part, bool hangs)
    {
        Assert.SkipUnless(TestEnvironment.IsFullScale, "runs at full scale only; ChaosTests kills each service in every run");
        await using var mail = TestMailCatcher.Start();
        await using var network = TcpProxy.Before(new Uri(mail.ConnectionString.Replace("smtp:", "http:", StringComparison.Ordinal)));
        await using var installation = await Installation.StartAsync(CreateSettings(network));
        using var admin = await ApiClient.SignInAsync(installation.Services.Api, Installation.AdminEmail, Installation.AdminPassword);
        var course = await CreateCourseAsync(admin);
        await using var chat = await OutageChat.StartAsync(
            installation.Services.Realtime,
            admin.DefaultRequestHeaders.Authorization!.Parameter!,
            $"course:{course}"
        );
        var load = new OutageLoad(installation, course);
        await load.StartAsync();
        await Eventually.WaitUntilAsync(
            () =>
                Task.FromResult(
                    load is { Written.Count: > 3, Orders.Count: > 3, Imports.Count: > 0, Revoked.Count: > 1, Refreshes: > 3 }
                        && chat.Sent > 3
                ),
            "all kinds of requests are accepted",
            60
        );

        if (part == "smtp")
            network.Cut();
        else if (hangs)
            installation.Suspend(part);
        else
            await installation.KillAsync(part);
        await Task.Delay(Outage);
        if (part == "smtp")
            network.Restore();
        else if (hangs)
            await installation.ResumeAsync(part);
        else
            await installation.RestartAsync(part);

        var (written, refreshes, sent) = (load.Written.Count, load.Refreshes, chat.Sent);
        await Eventually.WaitUntilAsync(
            () => Task.FromResult(load.Written.Count > written + 3 && load.Refreshes > refreshes + 3 && chat.Sent > sent + 3),
            "all kinds of requests are accepted again",
            60
        );
        await load.StopAsync();
        await chat.StopAsync();
        Figures.Report(
            $"{part} {(part == "smtp" ? "cut off" : hangs ? "hung" : "killed")}: {load.Written.Count} to-dos, {load.Orders.Count} orders, {load.Imports.Count} imports, {load.Revoked.Count} sign-outs, {load.Refreshes} refreshes, {load.Registered.Count} registrations, {chat.Sent} messages; {load.Rejected} rejected"
        );

        Assert.True(load.Faults.IsEmpty, string.Join('\n', load.Faults.Distinct().Take(20)));
        await AssertWrittenAsync(installation, load);
        await AssertRevokedAsync(installation, load);
        await chat.AssertCompleteAsync(admin);
        await AssertMailedAsync(mail, load.Registered);
    }

    private static Dictionary<string, string?> CreateSettings(TcpProxy mail)
    {
        var settings = new Dictionary<string, string?>
        {
            ["Imports__MaxQueued"] = "1000",
            ["Imports__Lease"] = "00:00:05",
            ["ConnectionStrings__smtp"] = $"smtp://127.0.0.1:{mail.Address.Port}?tls=none",
        };
        foreach (var limit in new[] { "Register", "Refresh", "LoginAddress", "LoginAccount", "ChatMessages" })
            settings[$"RateLimits__{limit}__Permits"] = "100000";
        return settings;
    }

    private static async Task AssertWrittenAsync(Installation installation, OutageLoad load)
    {
        using var client = new HttpClient { BaseAddress = installation.Services.Api };
        foreach (var (token, location) in load.Written.Concat(load.Orders))
            Assert.Equal(HttpStatusCode.OK, (await GetAsync(client, token, location)).StatusCode);
        Assert.Equal(load.Orders.Count, load.Orders.Select(order => order.Location).Distinct().Count());
        foreach (var (token, location) in load.Imports)
        {
            await Eventually.WaitUntilAsync(
                async () => await GetStateAsync(client, token, location) is "completed" or "failed",
                $"{location} completes or fails",
                120
            );
            Assert.Equal("completed", await GetStateAsync(client, token, location));
        }
    }

    private static async Task AssertRevokedAsync(Installation installation, OutageLoad load)
    {
        using var client = new HttpClient { BaseAddress = installation.Services.Api };
        foreach (var (token, refreshToken, _) in load.Revoked)
        {
            Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized), await load.GetStatusesAsync(token));
            Assert.Equal(HttpStatusCode.Unauthorized, (await client.PostAsJsonAsync("/api/auth/refresh", new { refreshToken })).StatusCode);
        }
    }

    /// <summary>
    /// Asserts that each address received one mail. A mail that a suspended server received twice has the same Message-ID.
    /// </summary>
    private static async Task AssertMailedAsync(TestMailCatcher mail, IReadOnlyCollection<string> addresses)
    {
        List<string> reached = [];
        await Eventually.WaitUntilAsync(
            async () =>
            {
                reached = [.. (await mail.FindAsync("Your verification code")).Select(message => message.To.ToString())];
                return addresses.All(reached.Contains);
            },
            "a mail reaches every address",
            180
        );
        Assert.All(addresses, address => Assert.Equal(1, reached.Count(to => to == address)));
    }

    private static async Task<string> CreateCourseAsync(HttpClient admin)
    {
        using var response = await admin.PostAsJsonAsync("/api/courses", new { title = "Outages", status = "published" });
        return (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!;
    }

    private static async Task<string?> GetStateAsync(HttpClient client, string token, Uri location) =>
        (await (await GetAsync(client, token, location)).Content.ReadFromJsonAsync<JsonElement>()).GetProperty("state").GetString();

    private static async Task<HttpResponseMessage> GetAsync(HttpClient client, string token, Uri location)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, location) { Headers = { Authorization = new("Bearer", token) } };
        return await client.SendAsync(request);
    }
}
