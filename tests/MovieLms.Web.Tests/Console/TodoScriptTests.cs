using MovieLms.Testing;
using MovieLms.Testing.Tools;

namespace MovieLms.Web.Tests.Console;

/// <summary>The script of the page of to-dos, in Chromium.</summary>
public sealed class TodoScriptTests
{
    private static readonly string Id = new('0', 24);

    [Fact]
    public async Task A_todo_is_checked_off_without_loading_the_page()
    {
        await using var console = await ConsoleHost.StartAsync("student");
        RespondTodo(console);
        console.Respond($"PATCH /api/todos/{Id}", new { id = Id });
        await using var browser = await Browser.StartAsync();
        var page = await OpenAsync(browser, console, "/todos");
        await page.EvaluateAsync("window.isSame = true; document.querySelector('.todo-check').click()");
        await page.WaitUntilAsync("document.querySelector('.todo-check').getAttribute('aria-pressed') === 'true'", "it is checked");
        await Eventually.WaitUntilAsync(() => Task.FromResult(Count(console, "PATCH") == 1), "the API has the change");
        Assert.Contains("\"done\":true", console.GetBody($"PATCH /api/todos/{Id}"));
        await page.WaitUntilAsync("window.isSame && document.querySelector('.todo').classList.contains('todo-done')", "the page stayed");
    }

    [Fact]
    public async Task A_failure_is_shown_by_the_page()
    {
        await using var console = await ConsoleHost.StartAsync("student");
        RespondTodo(console);
        console.Refuse($"PATCH /api/todos/{Id}", 429, "Too many requests");
        await using var browser = await Browser.StartAsync();
        var page = await OpenAsync(browser, console, "/todos");
        await page.EvaluateAsync("document.querySelector('.todo-check').click()");
        await page.WaitUntilAsync(
            "document.querySelector('.notice-error')?.textContent.includes('Too many requests')",
            "the problem is shown"
        );
        await page.WaitUntilAsync("document.querySelector('.todo-check').getAttribute('aria-pressed') === 'false'", "it is still open");
    }

    [Fact]
    public async Task A_due_date_is_edited_in_the_visitors_time_zone()
    {
        await using var console = await ConsoleHost.StartAsync("student");
        RespondTodo(console);
        console.Respond($"PUT /api/todos/{Id}", new { id = Id });
        await using var browser = await Browser.StartAsync();
        var page = await OpenAsync(browser, console, $"/todos?edit={Id}");
        const string local =
            "new Date(new Date('2026-05-31T16:30Z').getTime() - new Date('2026-05-31T16:30Z').getTimezoneOffset() * 60000)";
        await page.WaitUntilAsync($"document.getElementById('field-dueDate').value === {local}.toISOString().slice(0, 16)", "it is local");
        await page.EvaluateAsync("document.querySelector('.todo-edit form').requestSubmit()");
        await Eventually.WaitUntilAsync(() => Task.FromResult(Count(console, "PUT") == 1), "the API has the change");
        Assert.Contains("2026-05-31T16:30:00", console.GetBody($"PUT /api/todos/{Id}"));
    }

    private static int Count(ConsoleHost console, string method) => console.Api.Received.Count(request => request.Method == method);

    private static async Task<BrowserPage> OpenAsync(Browser browser, ConsoleHost console, string path)
    {
        var page = await browser.OpenAsync(new Uri(console.Gateway.Address, path), 390, 900);
        // Scripts run after the text is shown.
        await page.WaitUntilAsync("document.readyState === 'complete' && document.querySelector('.todo') !== null", "the page loaded");
        return page;
    }

    private static void RespondTodo(ConsoleHost console)
    {
        var todo = new
        {
            id = Id,
            title = "Call",
            dueDate = "2026-05-31T16:30:00Z",
            priority = "medium",
            done = false,
            version = 1,
            createdAt = "2026-01-02T03:04:05Z",
            updatedAt = "2026-01-02T03:04:05Z",
        };
        console.Respond("GET /api/todos", new { items = new[] { todo }, nextCursor = (string?)null });
    }
}
