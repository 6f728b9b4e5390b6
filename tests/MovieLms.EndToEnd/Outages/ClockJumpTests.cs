using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.SignalR.Client;
using MovieLms.Testing;
using MovieLms.Testing.Processes;

namespace MovieLms.EndToEnd.Outages;

/// <summary>The wall clock is set an hour forward or back while the services run.</summary>
public sealed class ClockJumpTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    [Fact]
    public async Task A_revoked_token_stays_revoked_after_an_hour_forward_and_back()
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

        // Do not use the revoked tokens here, since a rejected token is cached as rejected.
        await host.SetClockAsync(Hour);
        Assert.Equal(HttpStatusCode.Unauthorized, await kept.GetStatusAsync());

        // Before the tokens expire, but after the period whose revocations a process reads again from the store.
        await host.SetClockAsync(TimeSpan.FromMinutes(3));
        foreach (var user in revoked)
        {
            Assert.Equal(HttpStatusCode.Unauthorized, await user.GetStatusAsync());
            Assert.Null(await user.RefreshAsync());
        }
    }

    [Fact]
    public async Task A_reused_refresh_token_is_rejected_and_ends_its_session_after_an_hour_back()
    {
        await using var host = await ClockedHost.StartAsync();
        var stolen = await host.RegisterAsync();
        var successor = await stolen.RefreshAsync();
        Assert.NotNull(successor);

        await host.SetClockAsync(-Hour);
        Assert.Null(await stolen.RefreshAsync());
        Assert.Null(await successor.RefreshAsync());
        Assert.Equal(HttpStatusCode.Unauthorized, await successor.GetStatusAsync());
        var earlier = await host.RegisterAsync();
        Assert.Equal(HttpStatusCode.OK, await earlier.GetStatusAsync());

        await host.SetClockAsync(TimeSpan.Zero);
        Assert.Equal(HttpStatusCode.Unauthorized, await earlier.GetStatusAsync());
        Assert.Null(await earlier.RefreshAsync());
        Assert.Equal(HttpStatusCode.OK, await (await host.SignInAsync(earlier.Email)).GetStatusAsync());
    }

    [Fact]
    public async Task An_account_locked_while_the_clock_was_an_hour_ahead_is_unlocked_when_the_clock_is_corrected()
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
    public async Task Everything_accepted_before_and_between_jumps_is_available_afterwards()
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
            // Tokens issued before the jump may have expired or may not be valid yet.
            user = await user.RefreshAsync() ?? await host.SignInAsync(user.Email);
            created.Add(await user.CreateAsync("/api/todos", new { title = $"At {offset}" }));
            created.Add(await user.CreateAsync("/api/orders", new { courseId = course }));
            imports.Add(await user.CreateAsync("/api/todos/import", new StringContent("title\nA\nB\n", Encoding.UTF8, "text/csv")));
            registered.Add((await host.RegisterAsync()).Email);
            await SendMessagesAsync(host, user, $"course:{course}", 3, sent);
            sent += 3;
        }

        foreach (var location in created)
            Assert.Equal(HttpStatusCode.OK, (await user.SendAsync(HttpMethod.Get, location.OriginalString)).StatusCode);
        foreach (var location in imports)
        {
            await Eventually.WaitUntilAsync(
                async () =>
                    (await ReadJsonAsync(await user.SendAsync(HttpMethod.Get, location.OriginalString))).GetProperty("state").GetString()
                    == "completed",
                "the import is completed",
                60
            );
            Assert.Equal(
                2,
                (await ReadJsonAsync(await user.SendAsync(HttpMethod.Get, location.OriginalString))).GetProperty("succeeded").GetInt32()
            );
        }
        var messages = (await ReadJsonAsync(await user.SendAsync(HttpMethod.Get, $"/api/rooms/course:{course}/messages?limit=100")))
            .GetProperty("items")
            .EnumerateArray()
            .ToList();
        Assert.Equal(Enumerable.Range(1, sent), messages.Select(message => message.GetProperty("sequence").GetInt32()).Order());
        foreach (var email in registered)
            await Eventually.WaitUntilAsync(async () => await CountMailsAsync(host, email) == 1, $"one mail reaches {email}", 60);
        // Lists include items from before and after each jump.
        var listed = await ReadJsonAsync(await user.SendAsync(HttpMethod.Get, "/api/todos?limit=100"));
        Assert.Equal(15, listed.GetProperty("items").GetArrayLength());
    }

    private static async Task SendMessagesAsync(ClockedHost host, ClockedUser user, string room, int count, int first)
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

    private static async Task<int> CountMailsAsync(ClockedHost host, string email) =>
        (await host.Client.GetFromJsonAsync<JsonElement>("/mail.json"))
            .EnumerateArray()
            .Count(mail =>
                mail.GetProperty("to").GetString()!.Contains(email, StringComparison.OrdinalIgnoreCase)
                && mail.GetProperty("subject").GetString() == "Your verification code"
            );

    private static async Task<HttpStatusCode> SignInStatusAsync(ClockedHost host, string email, string password) =>
        (await host.Client.PostAsJsonAsync("/api/auth/login", new { email, password })).StatusCode;

    private static async Task<JsonElement> ReadJsonAsync(HttpResponseMessage response)
    {
        Assert.True(response.IsSuccessStatusCode, $"{response.RequestMessage!.RequestUri}: {await response.Content.ReadAsStringAsync()}");
        return await response.Content.ReadFromJsonAsync<JsonElement>();
    }
}
