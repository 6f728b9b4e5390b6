using System.Net;
using MovieLms.Web.Tests.Console;

namespace MovieLms.Web.Tests.Chat;

/// <summary>The pages of the chat without scripts, with an API that responds as each test says.</summary>
public sealed class ChatPagesTests
{
    private static readonly string Me = new('a', 24);
    private static readonly string Other = new('b', 24);
    private static readonly string Course = new('c', 24);

    [Fact]
    public async Task The_list_has_the_rooms_with_their_unread_messages_and_people_to_write_to()
    {
        await using var console = await StartAsync();
        var (_, html) = await console.GetAsync("/chat?people=max");
        Assert.Contains($"href=\"/chat/course:{Course}\"", html);
        Assert.Contains("Editing &lt;b&gt;", html);
        Assert.Contains("data-unread>3<span", html);
        Assert.Contains("data-unread hidden>0<span", html);
        Assert.Contains($"href=\"/chat/dm:{Me}:{Other}\">Max</a>", html);
        Assert.Contains(console.Api.Received, request => request.Target.Contains("search=max", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_room_shows_its_messages_as_text_with_links()
    {
        await using var console = await StartAsync();
        var (response, html) = await console.GetAsync("/chat/lobby");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Contains("<h1 class=\"chat-title\" id=\"room-title\">Lobby</h1>", html);
        Assert.Contains("Monday, 1 June 2026", html);
        Assert.Contains(
            "<p class=\"message-text\">&lt;b&gt;Look&lt;/b&gt;: "
                + "<a href=\"https://example.test/a?b=1&amp;c=2\" target=\"_blank\" rel=\"noopener noreferrer nofollow\">"
                + "https://example.test/a?b=1&amp;c=2</a>.\nNow</p>",
            html.Replace("&#xA;", "\n")
        );
        Assert.Contains("<li class=\"message message-own\">", html);
        Assert.Contains("<li class=\"message message-own message-continued\">", html);
        Assert.Contains("This message was deleted.", html);
        Assert.Contains("href=\"/chat/lobby?before=7\"", html);
        Assert.Contains("Sending messages needs JavaScript", html);
        Assert.Contains("aria-current=\"page\" data-room=\"lobby\"", html);
    }

    [Fact]
    public async Task Earlier_messages_have_an_address()
    {
        await using var console = await StartAsync();
        await console.GetAsync("/chat/lobby?before=7");
        Assert.Contains(console.Api.Received, request => request.Target.Contains("before=7", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_room_that_the_visitor_may_not_read_is_not_found()
    {
        await using var console = await StartAsync();
        var (response, html) = await console.GetAsync("/chat/course:none");
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Contains("Page not found", html);
    }

    [Theory]
    [InlineData("/chat")]
    [InlineData("/chat/lobby")]
    [InlineData("/notifications")]
    public async Task Visitors_who_are_not_signed_in_are_sent_to_the_sign_in_page(string path)
    {
        await using var console = await ConsoleHost.StartAsync();
        foreach (var request in new[] { "/api/rooms", "/api/rooms/lobby/messages", "/api/notifications" })
            console.Refuse($"GET {request}", 401, "Unauthorized");
        var (response, _) = await console.GetAsync(path);
        Assert.Equal($"/sign-in?returnUrl={Uri.EscapeDataString(path)}", response.Headers.Location?.ToString());
    }

    [Theory]
    [InlineData("student", "lobby", false)]
    [InlineData("admin", "lobby", true)]
    [InlineData("admin", "course", true)]
    [InlineData("admin", "dm", false)]
    [InlineData("instructor", "lobby", false)]
    [InlineData("instructor", "course", true)]
    public async Task Staff_may_delete_the_messages_of_others(string role, string kind, bool expected)
    {
        await using var console = await StartAsync(role);
        console.Respond("GET /api/courses", new { items = new[] { new { id = Course } } });
        var (_, html) = await console.GetAsync("/chat");
        var room = kind switch
        {
            "course" => $"course:{Course}",
            "dm" => $"dm:{Me}:{Other}",
            _ => "lobby",
        };
        Assert.Equal(expected, html.Contains($"data-room=\"{room}\" data-moderated=\"true\"", StringComparison.Ordinal));
        Assert.Contains($"data-room=\"{room}\"", html);
    }

    private static async Task<ConsoleHost> StartAsync(string role = "student")
    {
        var console = await ConsoleHost.StartAsync(role);
        console.Respond(
            "GET /api/rooms",
            new
            {
                items = new[] { Room("lobby", "Lobby", 0), Room($"course:{Course}", "Editing <b>", 3), Room($"dm:{Me}:{Other}", "Max", 0) },
            }
        );
        console.Respond(
            "GET /api/rooms/people",
            new
            {
                items = new[]
                {
                    new
                    {
                        id = Other,
                        name = "Max",
                        room = $"dm:{Me}:{Other}",
                    },
                },
            }
        );
        console.Respond(
            "GET /api/rooms/lobby/messages",
            new
            {
                items = new[]
                {
                    Message(7, Other, "<b>Look</b>: https://example.test/a?b=1&c=2.\nNow", "2026-06-01T10:00:00Z"),
                    Message(8, Me, "Thanks", "2026-06-01T10:01:00Z"),
                    Message(9, Me, "Bye", "2026-06-01T10:02:00Z"),
                    Message(10, null, null, "2026-06-02T10:02:00Z"),
                },
            }
        );
        return console;
    }

    private static object Room(string name, string title, int unread) =>
        new
        {
            name,
            title,
            unread,
            lastSequence = 10,
            readSequence = 7,
        };

    private static object Message(int sequence, string? author, string? text, string sentAt) =>
        new
        {
            id = $"{sequence:x24}",
            room = "lobby",
            sequence,
            from = author is null ? null : new { id = author, name = "Max" },
            text,
            sentAt,
            deleted = author is null,
        };
}
