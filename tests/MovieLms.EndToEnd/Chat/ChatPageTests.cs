using MovieLms.Testing;
using MovieLms.Testing.Processes;
using MovieLms.Testing.Tools;

namespace MovieLms.EndToEnd.Chat;

/// <summary>Tests of <c>/chat</c> in two browsers: they exchange messages, and one goes offline, shows it, and catches up.</summary>
public sealed class ChatPageTests
{
    private const string Messages = "[...document.querySelectorAll('#messages li')].map((line) => line.textContent).join('\\n')";

    [Fact]
    public async Task An_offline_browser_catches_up_and_sends_its_queued_messages_after_reconnecting()
    {
        await using var browser = await Browser.StartAsync();
        await using var host = await ServiceHost.StartAsync(new ServiceHostOptions { Services = Services.Api | Services.Realtime });
        await using var network = TcpProxy.Before(host.Address);
        var (ida, max) = (await host.SignInStudentAsync(), await host.SignInStudentAsync());
        var desk = await SignInAsync(browser, host.Address, ida, 1_100, 700);
        var phone = await SignInAsync(browser, network.Address, max, 390, 760);

        await SendAsync(desk, "Is the <b>cut</b> ready?");
        await WaitForMessageAsync(phone, "Is the <b>cut</b> ready?");
        Assert.False(
            (await phone.EvaluateAsync("!!document.querySelector('#messages .text b')")).GetBoolean(),
            "Message text was rendered as markup."
        );
        await SendAsync(phone, "In an hour.");
        await WaitForMessageAsync(desk, "In an hour.");
        await desk.WaitUntilAsync("document.querySelectorAll('#members li').length === 2", "both are shown as present");

        network.Unplug();
        await phone.WaitUntilAsync("document.getElementById('status').dataset.state === 'offline'", "the phone shows that it is offline");
        await SendAsync(phone, "Written on the train.");
        for (var i = 1; i <= 3; i++)
            await SendAsync(desk, $"Reel {i} is here.");
        await WaitForMessageAsync(desk, "Reel 3 is here.");
        Assert.DoesNotContain("Reel 3", (await phone.EvaluateAsync(Messages)).GetString(), StringComparison.Ordinal);
        await phone.SaveScreenshotAsync("chat-offline");

        network.Restore();
        await phone.WaitUntilAsync("document.getElementById('status').dataset.state === 'connected'", "the phone is connected again");
        foreach (var page in new[] { desk, phone })
        {
            foreach (var text in new[] { "Reel 1 is here.", "Reel 2 is here.", "Reel 3 is here.", "Written on the train." })
                await WaitForMessageAsync(page, text);
            var lines = (await page.EvaluateAsync(Messages)).GetString()!;
            Assert.Equal(2, lines.Split("Written on the train.").Length);
            Assert.True(lines.IndexOf("Reel 1", StringComparison.Ordinal) < lines.IndexOf("Reel 3", StringComparison.Ordinal));
        }
        await desk.SaveScreenshotAsync("chat-desk");
        await phone.SaveScreenshotAsync("chat-phone");
        Assert.False(
            (await phone.EvaluateAsync("document.documentElement.scrollWidth > innerWidth")).GetBoolean(),
            "The page scrolls horizontally on a phone."
        );
    }

    private static async Task<BrowserPage> SignInAsync(Browser browser, Uri address, TestUser user, int width, int height)
    {
        var page = await browser.OpenAsync(new Uri(address, "/chat"), width, height);
        await page.WaitUntilAsync("document.getElementById('sign-in')?.hidden === false", "the page shows the sign-in form");
        await page.FillAsync("email", user.Email);
        await page.FillAsync("password", user.Password);
        await page.PressEnterAsync();
        await page.WaitUntilAsync("document.getElementById('status').dataset.state === 'connected'", "the page is connected");
        return page;
    }

    private static async Task SendAsync(BrowserPage page, string text)
    {
        await page.FillAsync("text", text);
        await page.PressEnterAsync();
    }

    private static Task WaitForMessageAsync(BrowserPage page, string text) =>
        page.WaitUntilAsync($"({Messages}).includes({System.Text.Json.JsonSerializer.Serialize(text)})", $"the page shows: {text}");
}
