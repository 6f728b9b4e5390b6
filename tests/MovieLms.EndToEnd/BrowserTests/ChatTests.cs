using System.Text.RegularExpressions;
using Microsoft.Playwright;
using MovieLms.Testing.Processes;
using static Microsoft.Playwright.Assertions;

namespace MovieLms.EndToEnd.BrowserTests;

/// <summary>The chat of the console in browsers. Each test has its own course and students.</summary>
public sealed class ChatTests(ChatSite site) : IClassFixture<ChatSite>
{
    [Fact]
    public async Task Two_visitors_chat_and_edit_and_delete_messages()
    {
        var (course, ida, max) = await OpenRoomAsync();
        await using var first = ida;
        await using var second = max;

        await ida.Page.Locator("#text").PressSequentiallyAsync("Is the <b>cut</b> ready?");
        await Expect(max.Page.Locator("#typing")).ToHaveTextAsync("Ida is writing…");
        await ida.Page.Keyboard.PressAsync("Enter");
        await Expect(Texts(max)).ToHaveTextAsync(["Is the <b>cut</b> ready?"]);
        await Expect(max.Page.Locator("#typing")).ToHaveTextAsync("");
        await SendAsync(max, "In an hour.");
        await SendAsync(max, "See https://example.test/cut?v=2.");
        await Expect(Texts(ida)).ToHaveCountAsync(3);
        await Expect(Message(max, "Is the <b>cut</b> ready?").Locator("b").First).ToHaveTextAsync("Ida");
        await Expect(Message(ida, "See https")).ToHaveClassAsync(new Regex("message-continued"));
        var link = Message(ida, "See https").GetByRole(AriaRole.Link);
        await Expect(link).ToHaveAttributeAsync("href", "https://example.test/cut?v=2");
        await Expect(link).ToHaveAttributeAsync("rel", "noopener noreferrer nofollow");

        // Arrow-Up edits the last message. Escape leaves it as it was.
        await max.Page.Locator("#text").PressAsync("ArrowUp");
        await Expect(Editor(max)).ToHaveValueAsync("See https://example.test/cut?v=2.");
        await Editor(max).FillAsync("Never mind.");
        await Editor(max).PressAsync("Escape");
        await Expect(Texts(max).Last).ToHaveTextAsync("See https://example.test/cut?v=2.");
        await Expect(max.Page.Locator("#text")).ToBeFocusedAsync();
        await max.Page.Locator("#text").PressAsync("ArrowUp");
        await Editor(max).FillAsync("See the second version.");
        await Editor(max).PressAsync("Enter");
        await Expect(Texts(ida).Last).ToHaveTextAsync("See the second version.");
        await Expect(Message(ida, "See the second version.")).ToContainTextAsync("edited");

        // A deletion is confirmed, and only the author may do it.
        await Expect(Message(ida, "In an hour.").GetByRole(AriaRole.Button)).ToHaveCountAsync(0);
        await DeleteAsync(max, "In an hour.", "Cancel");
        await Expect(Texts(max).Nth(1)).ToHaveTextAsync("In an hour.");
        await DeleteAsync(max, "In an hour.", "Delete");
        await Expect(Texts(ida).Nth(1)).ToHaveTextAsync("This message was deleted.");
        await Expect(Texts(max).Nth(1)).ToHaveTextAsync("This message was deleted.");

        // The page of the server shows the same.
        await ida.GoToAsync(course.RoomAddress);
        await Expect(Texts(ida)).ToHaveTextAsync(["Is the <b>cut</b> ready?", "This message was deleted.", "See the second version."]);
        Assert.Empty(ida.Errors.Concat(max.Errors));
    }

    [Fact]
    public async Task Unread_numbers_are_current_in_all_tabs()
    {
        var (course, ida, max) = await OpenRoomAsync();
        await using var first = ida;
        await using var second = max;
        var otherTab = await max.Page.Context.NewPageAsync();
        await otherTab.GotoAsync("/chat/lobby");
        await max.GoToAsync("/chat/lobby");
        var page = await max.Page.Context.NewPageAsync();
        await page.GotoAsync("/movies");

        await SendAsync(ida, "One");
        await SendAsync(ida, "Two");
        foreach (var tab in new[] { max.Page, otherTab })
        {
            await Expect(Badge(tab, course)).ToHaveTextAsync("2 unread");
            await Expect(tab).ToHaveTitleAsync(new Regex(@"^\(\d+\) "));
        }
        await page.ReloadAsync();
        await Expect(page.Locator(".site-nav .badge")).ToContainTextAsync("2");

        // It is read in one tab.
        await max.Page.Locator($"[data-room='course:{course.Id}']").First.ClickAsync();
        await Expect(Texts(max)).ToHaveTextAsync(["One", "Two"]);
        Assert.EndsWith(course.RoomAddress, max.Page.Url);
        foreach (var tab in new[] { max.Page, otherTab })
            await Expect(Badge(tab, course)).ToBeHiddenAsync();
        await Expect(page.Locator(".site-nav .badge")).ToBeHiddenAsync();
        await SendAsync(ida, "Three");
        await Expect(Texts(max).Last).ToHaveTextAsync("Three");
        await Expect(Badge(otherTab, course)).ToBeHiddenAsync();
        await max.Page.ReloadAsync();
        await Expect(max.Page.Locator("#status")).ToHaveTextAsync("Connected");
        await Expect(Badge(max.Page, course)).ToBeHiddenAsync();
    }

    [Fact]
    public async Task A_visitor_who_was_offline_catches_up_and_sends_waiting_messages_once()
    {
        var course = await site.CreateCourseAsync("Ida", "Max");
        await using var network = TcpProxy.Before(site.Address);
        await using var ida = await site.SignInAsync(course.Students[0]);
        await using var max = await site.SignInAsync(course.Students[1], 390, network.Address);
        await EnterAsync(ida, course);
        await EnterAsync(max, course);
        await SendAsync(max, "Before the tunnel.");
        await Expect(Texts(ida)).ToHaveCountAsync(1);

        network.Unplug();
        await Expect(max.Page.Locator("#status")).ToHaveAttributeAsync("data-state", "reconnecting");
        await SendAsync(max, "Written on the train.");
        await SendAsync(max, "And another one.");
        await Expect(Message(max, "Written on the train.")).ToContainTextAsync("Not sent yet");
        for (var i = 1; i <= 3; i++)
            await SendAsync(ida, $"Reel {i} is here.");
        await Expect(Texts(ida)).ToHaveCountAsync(4);
        await Expect(Texts(max)).ToHaveCountAsync(3);

        network.Restore();
        await Expect(max.Page.Locator("#status")).ToHaveAttributeAsync("data-state", "connected");
        string[] all =
        [
            "Before the tunnel.",
            "Reel 1 is here.",
            "Reel 2 is here.",
            "Reel 3 is here.",
            "Written on the train.",
            "And another one.",
        ];
        await Expect(Texts(ida)).ToHaveTextAsync(all);
        await Expect(Texts(max)).ToHaveTextAsync(all);
        await Expect(max.Page.Locator(".message-waiting")).ToHaveCountAsync(0);
        await max.Page.ReloadAsync();
        await Expect(Texts(max)).ToHaveTextAsync(all);
    }

    [Fact]
    public async Task Drafts_and_unsent_messages_survive_another_page()
    {
        var (course, ida, max) = await OpenRoomAsync();
        await using var first = ida;
        await using var second = max;
        await max.Page.Locator("#text").FillAsync("Unfinished");
        await max.GoToAsync("/movies");
        await max.GoToAsync("/chat/lobby");
        await Expect(max.Page.Locator("#text")).ToHaveValueAsync("");
        await max.GoToAsync(course.RoomAddress);
        await Expect(max.Page.Locator("#text")).ToHaveValueAsync("Unfinished");

        // More than the rate limit: the reason is shown, and nothing is lost.
        for (var i = 1; i <= 24; i++)
            await SendAsync(max, $"Line {i}");
        await Expect(max.Page.Locator(".message-refused").First).ToContainTextAsync("Not sent: ");
        await max.Page.ReloadAsync();
        await Expect(max.Page.Locator(".message-refused").First).ToContainTextAsync("try again");
        var refused = await max.Page.Locator(".message-refused").CountAsync();
        await max.Page.WaitForTimeoutAsync(11_000);
        for (; refused > 0; refused--)
        {
            await max.Page.Locator(".message-refused").First.GetByRole(AriaRole.Button, new() { Name = "Send again" }).ClickAsync();
            await Expect(max.Page.Locator(".message-refused")).ToHaveCountAsync(refused - 1);
        }
        await Expect(Texts(ida)).ToHaveTextAsync([.. Enumerable.Range(1, 24).Select(i => $"Line {i}")]);
    }

    [Fact]
    public async Task A_phone_shows_the_people_and_starts_a_direct_message()
    {
        var course = await site.CreateCourseAsync("Ida", "Max");
        await using var ida = await site.SignInAsync(course.Students[0]);
        await using var max = await site.SignInAsync(course.Students[1], 390);
        await EnterAsync(ida, course);
        await EnterAsync(max, course);
        await max.Page.GetByRole(AriaRole.Button, new() { Name = "People" }).ClickAsync();
        var dialog = max.Page.GetByRole(AriaRole.Dialog);
        await Expect(dialog.GetByText("Max (you)")).ToBeVisibleAsync();
        await dialog.GetByRole(AriaRole.Link, new() { Name = "Ida" }).ClickAsync();
        await Expect(dialog).ToBeHiddenAsync();
        await Expect(max.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Ida");
        await SendAsync(max, "Psst.");
        await Expect(ida.Page.Locator("#rooms").GetByRole(AriaRole.Link, new() { Name = "Max" })).ToContainTextAsync("1 unread");

        // Back to the course, and to the direct message by the list of rooms.
        await max.Page.GoBackAsync();
        await Expect(max.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Editing");
        await max.Page.GetByRole(AriaRole.Link, new() { Name = "Rooms" }).ClickAsync();
        await max.Page.Locator("#rooms").GetByRole(AriaRole.Link, new() { Name = "Ida" }).ClickAsync();
        await Expect(Texts(max)).ToHaveTextAsync(["Psst."]);
        Assert.False(await max.Page.EvaluateAsync<bool>("document.documentElement.scrollWidth > innerWidth"));
    }

    [Fact]
    public async Task History_is_loaded_while_scrolling_and_nothing_moves()
    {
        var course = await site.CreateCourseAsync("Ida", "Max");
        await site.WriteAsync(course, 100);
        await using var max = await site.SignInAsync(course.Students[1]);
        await EnterAsync(max, course);
        await Expect(Texts(max).Last).ToHaveTextAsync("Take 100");
        await Expect(Badge(max.Page, course)).ToBeHiddenAsync();
        await max.GoToAsync("/movies");
        await site.WriteAsync(course, 30, 101);
        await EnterAsync(max, course);
        await Expect(max.Page.Locator(".chat-new-line + .message")).ToContainTextAsync("Take 101");
        await Expect(max.Page.Locator(".chat-new-line")).ToBeInViewportAsync();
        await max.Page.Locator("#log").EvaluateAsync("log => (log.scrollTop = 0)");
        await Expect(Texts(max).Last).ToBeInViewportAsync();
        Assert.True(await Texts(max).CountAsync() < 130);
        // Scrolls to the first message that is held, whose place must stay the same.
        await max.Page.Locator("#log").EvaluateAsync("log => (log.scrollTop = -log.scrollHeight)");
        await Expect(Texts(max)).ToHaveCountAsync(130);
        await Expect(max.Page.Locator("#earlier")).ToBeHiddenAsync();
        Assert.True(await max.Page.Locator("#log").EvaluateAsync<double>("log => log.scrollTop") < -1_000, "The list jumped.");
        await Expect(Texts(max).First).Not.ToBeInViewportAsync();
        Assert.Equal(Enumerable.Range(1, 130).Select(i => $"Take {i}"), await Texts(max).AllInnerTextsAsync());
    }

    [Fact]
    public async Task Administrators_delete_messages_of_others()
    {
        var (course, ida, max) = await OpenRoomAsync();
        await using var first = ida;
        await using var second = max;
        await SendAsync(ida, "Buy my course!");
        await using var admin = await site.SignInAdminAsync();
        await EnterAsync(admin, course);
        await Expect(Message(admin, "Buy my course!").GetByRole(AriaRole.Button, new() { Name = "Edit" })).ToHaveCountAsync(0);
        await DeleteAsync(admin, "Buy my course!", "Delete");
        await Expect(Texts(max)).ToHaveTextAsync(["This message was deleted."]);
    }

    [Fact]
    public async Task Long_messages_wrap_and_the_limit_is_shown()
    {
        var (_, ida, max) = await OpenRoomAsync(390);
        await using var first = ida;
        await using var second = max;
        await SendAsync(ida, new string('m', 3_900));
        await Expect(Texts(max)).ToHaveCountAsync(1);
        Assert.False(await max.Page.EvaluateAsync<bool>("document.documentElement.scrollWidth > innerWidth"));
        await max.Page.Locator("#text").FillAsync(new string('m', 4_002));
        await Expect(max.Page.Locator("#length")).ToHaveTextAsync("2 characters too many");
        await max.Page.Keyboard.PressAsync("Enter");
        await Expect(Texts(max)).ToHaveCountAsync(1);
        await max.Page.Locator("#text").PressAsync("Backspace");
        await max.Page.Locator("#text").PressAsync("Backspace");
        await Expect(max.Page.Locator("#length")).ToHaveTextAsync("0 characters left");
        await max.Page.Keyboard.PressAsync("Enter");
        await Expect(Texts(ida)).ToHaveCountAsync(2);
    }

    [Fact]
    public async Task A_room_says_that_the_visitor_has_signed_out_elsewhere_and_keeps_the_text()
    {
        var (course, ida, max) = await OpenRoomAsync();
        await using var first = ida;
        await using var second = max;
        await max.Page.Locator("#text").FillAsync("Unfinished");
        var otherTab = await max.Page.Context.NewPageAsync();
        await otherTab.GotoAsync("/movies");
        await otherTab.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        await Expect(max.Page.Locator("#status")).ToHaveTextAsync("Signed out");
        await Expect(max.Page.Locator("#problem")).ToContainTextAsync("sign in again");
        await max.Page.ReloadAsync();
        await Expect(max.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Sign in");
        await max.SignInAsync(course.Students[1].Email, ChatSite.Password, "Max");
        await EnterAsync(max, course);
        await Expect(max.Page.Locator("#text")).ToHaveValueAsync("Unfinished");
    }

    [Fact]
    public async Task A_room_stays_connected_when_the_access_token_expires()
    {
        // 30 s, of which the last 7.5 s are for the renewal.
        await using var shortTokens = new ChatSite(new Dictionary<string, string?> { ["Auth__AccessTokenMinutes"] = "0.5" });
        await shortTokens.InitializeAsync();
        var course = await shortTokens.CreateCourseAsync("Ida", "Max");
        await using var ida = await shortTokens.SignInAsync(course.Students[0]);
        await using var max = await shortTokens.SignInAsync(course.Students[1]);
        await EnterAsync(ida, course);
        await EnterAsync(max, course);
        await max.Page.WaitForWebSocketAsync(new() { Timeout = 90_000 });
        await Expect(max.Page.Locator("#status")).ToHaveTextAsync("Connected");
        await SendAsync(max, "Still here?");
        await Expect(Texts(ida)).ToHaveTextAsync(["Still here?"]);
        await SendAsync(ida, "Yes.");
        await Expect(Texts(max)).ToHaveTextAsync(["Still here?", "Yes."]);
        Assert.Empty(ida.Errors.Concat(max.Errors));
    }

    private async Task<(ChatCourse Course, Visitor Ida, Visitor Max)> OpenRoomAsync(int width = 1_400)
    {
        var course = await site.CreateCourseAsync("Ida", "Max");
        var ida = await site.SignInAsync(course.Students[0], width);
        var max = await site.SignInAsync(course.Students[1], width);
        await EnterAsync(ida, course);
        await EnterAsync(max, course);
        return (course, ida, max);
    }

    private static async Task EnterAsync(Visitor visitor, ChatCourse course)
    {
        await visitor.GoToAsync(course.RoomAddress);
        await Expect(visitor.Page.Locator("#status")).ToHaveTextAsync("Connected");
    }

    private static async Task SendAsync(Visitor visitor, string text)
    {
        await visitor.Page.Locator("#text").FillAsync(text);
        await visitor.Page.Locator("#text").PressAsync("Enter");
    }

    private static async Task DeleteAsync(Visitor visitor, string text, string answer)
    {
        await Message(visitor, text).HoverAsync();
        await Message(visitor, text).GetByRole(AriaRole.Button, new() { Name = "Delete" }).ClickAsync();
        var dialog = visitor.Page.GetByRole(AriaRole.Dialog);
        await Expect(dialog).ToContainTextAsync(text);
        await dialog.GetByRole(AriaRole.Button, new() { Name = answer, Exact = true }).ClickAsync();
        await Expect(dialog).ToBeHiddenAsync();
    }

    private static ILocator Texts(Visitor visitor) => visitor.Page.Locator("#messages .message-text");

    private static ILocator Message(Visitor visitor, string text) =>
        visitor.Page.Locator("#messages .message").Filter(new() { HasText = text });

    private static ILocator Editor(Visitor visitor) => visitor.Page.GetByLabel("Edit the message");

    private static ILocator Badge(IPage page, ChatCourse course) => page.Locator($"#rooms [data-room='course:{course.Id}'] [data-unread]");
}
