using System.Net;
using MovieLms.Web.Tests.Console;

namespace MovieLms.Web.Tests.Notifications;

/// <summary>The pages of notifications without scripts, with an API that responds as each test says.</summary>
public sealed class NotificationPagesTests
{
    private static readonly string Id = new('1', 24);
    private static readonly string Course = new('c', 24);

    [Fact]
    public async Task The_list_shows_read_and_unread_notifications()
    {
        await using var console = await StartAsync();
        var (_, html) = await console.GetAsync("/notifications?unread=true");
        Assert.Contains($"<a href=\"/notifications/{Id}\">You are enrolled in &lt;i&gt;Editing</a>", html);
        Assert.Contains("notification-unread", html);
        Assert.Contains($"aria-label=\"Mark as read: You are enrolled in &lt;i&gt;Editing\"", html);
        Assert.Contains("href=\"/notifications?unread=true&amp;cursor=c%2F2\"", html);
        Assert.Contains(console.Api.Received, request => request.Target.Contains("unread=true", StringComparison.Ordinal));
        Assert.DoesNotContain(console.Api.Received, request => request.Target.Contains("/unread", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_visitor_marks_one_or_all_as_read()
    {
        await using var console = await StartAsync();
        console.Respond("POST /api/notifications/read", new { read = 1 });
        var (one, _) = await console.PostAsync("/notifications?unread=true", "read", ("id", Id));
        Assert.Equal("/notifications?unread=true", one.Headers.Location?.ToString());
        Assert.Contains(console.Api.Received, request => request.Target == $"/api/notifications/{Id}/read");
        await console.PostAsync("/notifications", "read", ("id", "all"), ("upTo", "2026-06-01T10:00:00.1230000+00:00"));
        Assert.Single(console.Api.Received, request => request.Target == "/api/notifications/read");
    }

    [Theory]
    [InlineData("/api/courses/cccccccccccccccccccccccc", "/courses/cccccccccccccccccccccccc")]
    [InlineData("/api/courses/cccccccccccccccccccccccc/announcements/1", "/courses/cccccccccccccccccccccccc/announcements")]
    [InlineData("/api/orders/1", "/orders/1")]
    [InlineData("/api/submissions/2", "/courses/cccccccccccccccccccccccc/grades")]
    [InlineData("/api/submissions/none", "/notifications")]
    [InlineData("https://evil.example/", "/notifications")]
    [InlineData(null, "/notifications")]
    public async Task A_notification_opens_the_page_that_it_is_about_and_is_read(string? link, string expected)
    {
        await using var console = await StartAsync(link);
        console.Respond("GET /api/submissions/2", new { id = "2", courseId = Course });
        var (response, _) = await console.GetAsync($"/notifications/{Id}");
        Assert.Equal(HttpStatusCode.Found, response.StatusCode);
        Assert.Equal(expected, response.Headers.Location?.ToString());
    }

    [Fact]
    public async Task An_unknown_notification_is_not_found()
    {
        await using var console = await StartAsync();
        var (response, _) = await console.GetAsync($"/notifications/{new string('2', 24)}");
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    private static async Task<ConsoleHost> StartAsync(string? link = null)
    {
        var console = await ConsoleHost.StartAsync("student");
        var notification = new
        {
            id = Id,
            kind = "enrollment",
            title = "You are enrolled in <i>Editing",
            text = "Welcome.",
            link,
            createdAt = "2026-06-01T10:00:00.123Z",
        };
        console.Respond("GET /api/notifications", new { items = new[] { notification }, nextCursor = "c/2" });
        console.Respond($"POST /api/notifications/{Id}/read", notification);
        return console;
    }
}
