using System.Net;

namespace MovieLms.Web.Tests.Console;

/// <summary>The pages of to-dos, with an API that responds as each test says.</summary>
public sealed class TodoTests
{
    private const string List = "GET /api/todos";
    private static readonly string Id = new('0', 24);

    [Fact]
    public async Task The_list_is_filtered_as_its_address_says()
    {
        await using var console = await ConsoleHost.StartAsync("student");
        console.Respond(List, Page(Todo("Buy <film>", due: "2020-01-02T03:04:05Z"), nextCursor: "c/2"));
        var (_, html) = await console.GetAsync("/todos?search=film&due=overdue&sort=priority");
        var request = Assert.Single(console.Api.Received);
        foreach (var part in new[] { "search=film", "done=false", "dueTo=", "sort=-priority", "count=true" })
            Assert.Contains(part, request.Target);
        Assert.Contains("Buy &lt;film&gt;", html);
        Assert.Contains("todo-overdue", html);
        Assert.Contains("1 open to-do", html);
        Assert.Contains("cursor=c%2F2", html);
    }

    [Theory]
    [InlineData("", "done=false")]
    [InlineData("?state=done", "done=true")]
    [InlineData("?state=deleted", "deleted=true")]
    [InlineData("?state=made-up&due=never&sort=x", "done=false")]
    public async Task The_state_selects_the_todos(string query, string expected)
    {
        await using var console = await ConsoleHost.StartAsync("student");
        console.Respond(List, Page());
        var (response, _) = await console.GetAsync($"/todos{query}");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Contains(expected, Assert.Single(console.Api.Received).Target);
    }

    [Fact]
    public async Task A_visitor_who_is_not_signed_in_is_sent_to_the_sign_in_page()
    {
        await using var console = await ConsoleHost.StartAsync();
        console.Refuse(List, 401, "Unauthorized");
        var (response, _) = await console.GetAsync("/todos");
        Assert.Equal("/sign-in?returnUrl=%2Ftodos", response.Headers.Location!.ToString());
    }

    [Fact]
    public async Task A_todo_is_added_with_the_end_of_a_day_in_the_visitors_time_zone()
    {
        await using var console = await ConsoleHost.StartAsync("student");
        console.Respond(List, Page());
        console.Respond("POST /api/todos", Todo("Call"), 201);
        var (response, _) = await console.PostAsync(
            "/todos?sort=newest",
            "add",
            ("title", " Call "),
            ("dueDate", "2026-05-31"),
            ("dueOffset", "-120"),
            ("priority", "high")
        );
        Assert.EndsWith("/todos?sort=newest", response.Headers.Location!.ToString());
        var body = console.GetBody("POST /api/todos");
        foreach (var part in new[] { "\"title\":\"Call\"", "2026-05-31T21:59:00", "\"priority\":\"high\"" })
            Assert.Contains(part, body);
    }

    [Theory]
    [InlineData("31.05.2026")]
    [InlineData("9999-12-31")]
    public async Task A_due_date_that_cannot_be_read_keeps_the_text(string due)
    {
        await using var console = await ConsoleHost.StartAsync("student");
        console.Respond(List, Page());
        var (_, html) = await console.PostAsync("/todos", "add", ("title", "Call <them>"), ("dueDate", due), ("priority", "low"));
        Assert.Contains("Enter a date, such as 2026-05-31.", html);
        Assert.Contains("value=\"Call &lt;them&gt;\"", html);
        Assert.DoesNotContain(console.Api.Received, request => request.Method == "POST");
    }

    [Theory]
    [InlineData("done", "PATCH /api/todos/", "\"done\":true")]
    [InlineData("open", "PATCH /api/todos/", "\"done\":false")]
    [InlineData("delete", "DELETE /api/todos/", "")]
    [InlineData("restore", "POST /api/todos/", "")]
    public async Task A_button_of_a_row_changes_its_todo(string action, string expected, string body)
    {
        await using var console = await ConsoleHost.StartAsync("student");
        console.Respond(List, Page(Todo("Call")));
        console.Respond($"PATCH /api/todos/{Id}", Todo("Call"));
        console.Respond($"DELETE /api/todos/{Id}", "", 204);
        console.Respond($"POST /api/todos/{Id}/restore", Todo("Call"));
        var (response, _) = await console.PostAsync("/todos?state=all", "action", ("action", $"{action}:{Id}"));
        Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
        Assert.Contains($"state=all{(action == "delete" ? $"&undo={Id}" : "")}", response.Headers.Location!.ToString());
        var request = console.Api.Received.Single(request => request.Method != "GET");
        Assert.StartsWith(expected, $"{request.Method} {request.Target}", StringComparison.Ordinal);
        Assert.Contains(body, console.GetBody($"{request.Method} {request.Target}"));
    }

    [Fact]
    public async Task A_deleted_todo_can_be_restored_at_once()
    {
        await using var console = await ConsoleHost.StartAsync("student");
        console.Respond(List, Page());
        console.Respond($"POST /api/todos/{Id}/restore", Todo("Call"));
        var (response, _) = await console.PostAsync($"/todos?undo={Id}", "undo");
        Assert.EndsWith("/todos", response.Headers.Location!.ToString());
    }

    [Fact]
    public async Task A_change_of_an_old_version_keeps_the_text_and_replaces_at_the_second_attempt()
    {
        await using var console = await ConsoleHost.StartAsync("student");
        console.Respond(List, Page(Todo("Call", version: 7)));
        console.Refuse($"PUT /api/todos/{Id}", 412, "Precondition failed");
        var (_, html) = await console.PostAsync(
            $"/todos?edit={Id}",
            "edit",
            ("version", "6"),
            ("title", "My title"),
            ("dueDate", "2026-05-31T18:30"),
            ("priority", "low")
        );
        Assert.Contains("The to-do was changed in the meantime", html);
        Assert.Contains("value=\"My title\"", html);
        Assert.Contains("name=\"version\" value=\"7\"", html);
        var request = console.Api.Received.Single(received => received.Method == "PUT");
        Assert.Equal("\"6\"", request.Headers["If-Match"]);
        Assert.Contains("2026-05-31T18:30:00", console.GetBody($"PUT /api/todos/{Id}"));
    }

    [Fact]
    public async Task A_todo_of_another_page_of_the_list_can_be_edited()
    {
        await using var console = await ConsoleHost.StartAsync("student");
        console.Respond(List, Page());
        console.Respond($"GET /api/todos/{Id}", Todo("Far away", due: "2030-01-02T03:04:05Z"));
        var (_, html) = await console.GetAsync($"/todos?edit={Id}");
        Assert.Contains("value=\"Far away\"", html);
        Assert.Contains("data-due=\"2030-01-02T03:04Z\"", html);
    }

    [Fact]
    public async Task A_file_is_uploaded_and_its_progress_shown()
    {
        await using var console = await ConsoleHost.StartAsync("student");
        var (template, csv) = await console.GetAsync("/todos/template.csv");
        Assert.Equal("text/csv", template.Content.Headers.ContentType!.MediaType);
        Assert.StartsWith("title,description,dueDate,priority,done", csv, StringComparison.Ordinal);
        console.Respond("GET /api/imports", Page());
        var (_, html) = await console.GetAsync("/todos/import");
        Assert.Contains("href=\"/todos/template.csv\"", html);
        var (_, empty) = await console.PostAsync("/todos/import", "import");
        Assert.Contains("Choose a file that is not empty.", empty);
    }

    private static object Todo(string title, string? due = null, int version = 1) =>
        new
        {
            id = Id,
            title,
            dueDate = due,
            priority = "medium",
            done = false,
            version,
            createdAt = "2026-01-02T03:04:05Z",
            updatedAt = "2026-01-02T03:04:05Z",
        };

    private static object Page(object? item = null, string? nextCursor = null) =>
        new
        {
            items = item is null ? Array.Empty<object>() : [item],
            nextCursor,
            total = new { count = item is null ? 0 : 1, isExact = true },
        };
}
