using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace MovieLms.EndToEnd.BrowserTests;

/// <summary>Notifications of the console in browsers.</summary>
public sealed class NotificationTests(ChatSite site) : IClassFixture<ChatSite>
{
    [Fact]
    public async Task A_notification_appears_on_an_open_page_and_leads_to_its_own()
    {
        var course = await site.CreateCourseAsync();
        var student = await site.RegisterAsync("Ida");
        await using var ida = await site.SignInAsync(student);
        await ida.GoToAsync("/movies");
        var otherTab = await ida.Page.Context.NewPageAsync();
        await otherTab.GotoAsync("/notifications");
        await Expect(otherTab.GetByText("No notifications yet")).ToBeVisibleAsync();
        await ida.Page.GetByRole(AriaRole.Searchbox).FocusAsync();
        await WaitUntilConnectedAsync(ida.Page);
        await WaitUntilConnectedAsync(otherTab);

        await site.EnrollAsync(course.Id, student);
        var toast = ida.Page.Locator(".toast");
        await Expect(toast).ToContainTextAsync("You are enrolled in Editing");
        await Expect(ida.Page.GetByRole(AriaRole.Searchbox)).ToBeFocusedAsync();
        await Expect(ida.Page.Locator("#bell .badge")).ToHaveTextAsync("1 unread");
        await Expect(otherTab.Locator(".notification-unread")).ToContainTextAsync("You are enrolled in Editing");

        await toast.GetByRole(AriaRole.Link).ClickAsync();
        await ida.Page.WaitForURLAsync(new Regex($"/courses/{course.Id}$"));
        await Expect(ida.Page.Locator("#bell .badge")).ToBeHiddenAsync();
        await Expect(otherTab.Locator("#bell .badge")).ToBeHiddenAsync();
        await otherTab.ReloadAsync();
        await Expect(otherTab.Locator(".notification")).ToHaveCountAsync(1);
        await Expect(otherTab.Locator(".notification-unread")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Notifications_are_marked_as_read_one_by_one_or_all()
    {
        var student = await site.RegisterAsync("Ida");
        for (var i = 0; i < 3; i++)
            await site.EnrollAsync((await site.CreateCourseAsync()).Id, student);
        await using var ida = await site.SignInAsync(student, 390);
        await ida.GoToAsync("/notifications");
        await Expect(ida.Page.Locator("#bell .badge")).ToHaveTextAsync("3 unread");
        await ida.Page.GetByRole(AriaRole.Button, new() { Name = "Mark as read" }).First.ClickAsync();
        await Expect(ida.Page.Locator(".notification-unread")).ToHaveCountAsync(2);
        await Expect(ida.Page.Locator("#bell .badge")).ToHaveTextAsync("2 unread");
        await ida.Page.GetByRole(AriaRole.Link, new() { Name = "Unread", Exact = true }).ClickAsync();
        await Expect(ida.Page.Locator(".notification")).ToHaveCountAsync(2);
        await ida.Page.GetByRole(AriaRole.Button, new() { Name = "Mark all as read" }).ClickAsync();
        await Expect(ida.Page.GetByText("Nothing unread")).ToBeVisibleAsync();
        await Expect(ida.Page.Locator("#bell .badge")).ToBeHiddenAsync();
        Assert.Empty(ida.Errors);
    }

    [Fact]
    public async Task Visitors_who_are_not_signed_in_have_no_connection()
    {
        await using var visitor = await site.OpenAnonymousAsync();
        var requests = new List<string>();
        visitor.Page.Request += (_, request) => requests.Add(new Uri(request.Url).AbsolutePath);
        await visitor.GoToAsync("/movies");
        await visitor.Page.WaitForLoadStateAsync(LoadState.NetworkIdle);
        Assert.NotEmpty(requests);
        Assert.DoesNotContain(requests, path => path.StartsWith("/hubs", StringComparison.Ordinal) || path == "/api/unread");
        Assert.DoesNotContain(requests, path => path.Contains("signalr", StringComparison.Ordinal));
    }

    /// <summary>The hub sends a notification only to open connections.</summary>
    private static Task WaitUntilConnectedAsync(IPage page) => Expect(page.Locator("html")).ToHaveAttributeAsync("data-hub", "connected");
}
