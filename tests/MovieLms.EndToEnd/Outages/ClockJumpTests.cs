using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.SignalR.Client;
using MovieLms.Testing;
using MovieLms.Testing.Processes;

namespace MovieLms.EndToEnd.Outages;

/// <summary>A wall clock that is set an hour forward or back while the services run.</summary>
public sealed class ClockJumpTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    [Fact]
    public async Task A_revoked_token_stays_refused_after_an_hour_forward_and_back()
    {
        await using var host = await ClockedHost.StartAsync();
        var (signedOut, changed, ended, kept) = (
            await host.RegisterAsync(),
            await host.RegisterAsync(),
            await host.RegisterAsync(),
            await host.RegisterAsync()
        );
        (await signedOut.SendAsync(HttpMethod.Post, "/api/auth/logout", new { })).EnsureSuccessStatusCode();
        (
            await changed.SendAsync(
                HttpMethod.Post,
                "/api/auth/change-password",
                new { currentPassword = TestUsers.Password, newPassword = "rack-focus-through-rain-9" }
            )
        ).EnsureSuccessStatusCode();
        (await (await host.SignInAsync(ended.Email)).SendAsync(HttpMethod.Delete, "/api/auth/sessions")).EnsureSuccessStatusCode();
        ClockedUser[] revoked = [signedOut, changed, ended];

        // Nobody presents the revoked tokens here: a token that was refused once is remembered as such.
        await host.SetClockAsync(Hour);
        Assert.Equal(HttpStatusCode.Unauthorized, await kept.StatusAsync());

        // Still before the tokens expire, and later than what a process reads again from the store.
        await host.SetClockAsync(TimeSpan.FromMinutes(3));
        foreach (var user in revoked)
        {
            Assert.Equal(HttpStatusCode.Unauthorized, await user.StatusAsync());
            Assert.Null(await user.RefreshAsync());
        }
    }

    [Fact]
    public async Task A_used_refresh_token_is_refused_and_ends_its_session_after_an_hour_back()
    {
        await using var host = await ClockedHost.StartAsync();
        var stolen = await host.RegisterAsync();
        var successor = await stolen.RefreshAsync();
        Assert.NotNull(successor);

        await host.SetClockAsync(-Hour);
        Assert.Null(await stolen.RefreshAsync());
        Assert.Null(await successor.RefreshAsync());
        Assert.Equal(HttpStatusCode.Unauthorized, await successor.StatusAsync());
        var earlier = await host.RegisterAsync();
        Assert.Equal(HttpStatusCode.OK, await earlier.StatusAsync());

        await host.SetClockAsync(TimeSpan.Zero);
        Assert.Equal(HttpStatusCode.Unauthorized, await earlier.StatusAsync());
        Assert.Null(await earlier.RefreshAsync());
        Assert.Equal(HttpStatusCode.OK, await (await host.SignInAsync(earlier.Email)).StatusAsync());
    }

    [Fact]
    public async Task An_account_that_was_blocked_an_hour_ahead_is_not_blocked_for_that_hour()
    {
        await using var host = await ClockedHost.StartAsync();
        var user = await host.RegisterAsync();
        await host.SetClockAsync(Hour);
        for (var i = 0; i < 5; i++)
            Assert.Equal(HttpStatusCode.Unauthorized, await SignInStatusAsync(host, user.Email, "wrong"));
        Assert.Equal(HttpStatusCode.TooManyRequests, await SignInStatusAsync(host, user.Email, TestUsers.Password));

        await host.SetClockAsync(TimeSpan.Zero);
        Assert.Equal(HttpStatusCode.OK, await SignInStatusAsync(host, user.Email, TestUsers.Password));
        for (var i = 0; i < 5; i++)
            Assert.Equal(HttpStatusCode.Unauthorized, await SignInStatusAsync(host, user.Email, "wrong"));
        Assert.Equal(HttpStatusCode.TooManyRequests, await SignInStatusAsync(host, user.Email, TestUsers.Password));
    }

    [Fact]
    public async Task What_was_accepted_before_and_between_jumps_is_there_after_them()
    {
        await using var host = await ClockedHost.StartAsync();
        var admin = await host.SignInAsync(Installation.AdminEmail, Installation.AdminPassword);
        var course = Path.GetFileName((await admin.CreateAsync("/api/courses", new { title = "Clocks", status = "published" })).ToString());
        var user = await host.RegisterAsync();
        await user.CreateAsync("/api/enrollments", new { courseId = course });
        List<Uri> created = [];
        List<Uri> imports = [];
        List<string> registered = [user.Email];
        var sent = 0;
        foreach (var offset in new[] { TimeSpan.Zero, Hour, TimeSpan.Zero, -Hour, TimeSpan.Zero })
        {
            await host.SetClockAsync(offset);
            // Tokens of another time may have expired, or not be valid yet.
            user = await user.RefreshAsync() ?? await host.SignInAsync(user.Email);
            created.Add(await user.CreateAsync("/api/todos", new { title = $"At {offset}" }));
            created.Add(await user.CreateAsync("/api/orders", new { courseId = course }));
            imports.Add(await user.CreateAsync("/api/todos/import", new StringContent("title\nA\nB\n", Encoding.UTF8, "text/csv")));
            registered.Add((await host.RegisterAsync()).Email);
            await SayAsync(host, user, $"course:{course}", 3, sent);
            sent += 3;
        }

        foreach (var location in created)
            Assert.Equal(HttpStatusCode.OK, (await user.SendAsync(HttpMethod.Get, location.OriginalString)).StatusCode);
        foreach (var location in imports)
        {
            await Eventually.TrueAsync(
                async () =>
                    (await JsonAsync(await user.SendAsync(HttpMethod.Get, location.OriginalString))).GetProperty("state").GetString()
                    == "completed",
                "the import is done",
                60
            );
            Assert.Equal(
                2,
                (await JsonAsync(await user.SendAsync(HttpMethod.Get, location.OriginalString))).GetProperty("succeeded").GetInt32()
            );
        }
        var messages = (await JsonAsync(await user.SendAsync(HttpMethod.Get, $"/api/rooms/course:{course}/messages?limit=100")))
            .GetProperty("items")
            .EnumerateArray()
            .ToList();
        Assert.Equal(Enumerable.Range(1, sent), messages.Select(message => message.GetProperty("sequence").GetInt32()).Order());
        foreach (var email in registered)
            await Eventually.TrueAsync(async () => await MailsAsync(host, email) == 1, $"one mail reaches {email}", 60);
        // Lists show what was written at any time.
        var listed = await JsonAsync(await user.SendAsync(HttpMethod.Get, "/api/todos?limit=100"));
        Assert.Equal(15, listed.GetProperty("items").GetArrayLength());
    }

    private static async Task SayAsync(ClockedHost host, ClockedUser user, string room, int count, int first)
    {
        await using var hub = new HubConnectionBuilder()
            .WithUrl(
                new Uri(host.Address, "/hubs/chat"),
                options => options.AccessTokenProvider = () => Task.FromResult<string?>(user.AccessToken)
            )
            .Build();
        await hub.StartAsync();
        await hub.InvokeAsync<object>("JoinRoom", room);
        for (var i = first; i < first + count; i++)
            await hub.InvokeAsync<object>("SendMessage", room, $"Message {i}", $"m{i}");
    }

    private static async Task<int> MailsAsync(ClockedHost host, string email) =>
        (await host.Client.GetFromJsonAsync<JsonElement>("/mail.json"))
            .EnumerateArray()
            .Count(mail =>
                mail.GetProperty("to").GetString()!.Contains(email, StringComparison.OrdinalIgnoreCase)
                && mail.GetProperty("subject").GetString() == "Your verification code"
            );

    private static async Task<HttpStatusCode> SignInStatusAsync(ClockedHost host, string email, string password) =>
        (await host.Client.PostAsJsonAsync("/api/auth/login", new { email, password })).StatusCode;

    private static async Task<JsonElement> JsonAsync(HttpResponseMessage response)
    {
        Assert.True(response.IsSuccessStatusCode, $"{response.RequestMessage!.RequestUri}: {await response.Content.ReadAsStringAsync()}");
        return await response.Content.ReadFromJsonAsync<JsonElement>();
    }
}
