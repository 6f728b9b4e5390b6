using MovieLms.Testing;
using MovieLms.Testing.Processes;
using MovieLms.Testing.Tools;

namespace MovieLms.EndToEnd.Chat;

/// <summary><c>/chat</c> in two browsers: they hear each other, one loses its network, says so, and catches up.</summary>
public sealed class ChatPageTests
{
    private const string Messages = "[...document.querySelectorAll('#messages li')].map((line) => line.textContent).join('\\n')";

    [Fact]
    public async Task Two_browsers_talk_and_the_one_that_was_offline_catches_up_and_sends_what_it_kept()
    {
        await using var browser = await Browser.StartAsync();
        await using var host = await ServiceHost.StartAsync(new ServiceHostOptions { Services = Services.Api | Services.Realtime });
        await using var network = TcpProxy.Before(host.Address);
        var (ida, max) = (await host.SignInStudentAsync(), await host.SignInStudentAsync());
        var desk = await SignInAsync(browser, host.Address, ida, 1_100, 700);
        var phone = await SignInAsync(browser, network.Address, max, 390, 760);

        await SayAsync(desk, "Is the <b>cut</b> ready?");
        await HearsAsync(phone, "Is the <b>cut</b> ready?");
        Assert.False(
            (await phone.EvaluateAsync("!!document.querySelector('#messages .text b')")).GetBoolean(),
            "Text of a person became markup."
        );
        await SayAsync(phone, "In an hour.");
        await HearsAsync(desk, "In an hour.");
        await desk.UntilAsync("document.querySelectorAll('#members li').length === 2", "both are shown as present");

        network.Unplug();
        await phone.UntilAsync("document.getElementById('status').dataset.state === 'offline'", "the phone says that it is offline");
        await SayAsync(phone, "Written on the train.");
        for (var i = 1; i <= 3; i++)
            await SayAsync(desk, $"Reel {i} is here.");
        await HearsAsync(desk, "Reel 3 is here.");
        Assert.DoesNotContain("Reel 3", (await phone.EvaluateAsync(Messages)).GetString(), StringComparison.Ordinal);
        await phone.SaveAsync("chat-offline");

        network.Mend();
        await phone.UntilAsync("document.getElementById('status').dataset.state === 'connected'", "the phone is connected again");
        foreach (var page in new[] { desk, phone })
        {
            foreach (var text in new[] { "Reel 1 is here.", "Reel 2 is here.", "Reel 3 is here.", "Written on the train." })
                await HearsAsync(page, text);
            var lines = (await page.EvaluateAsync(Messages)).GetString()!;
            Assert.Equal(2, lines.Split("Written on the train.").Length);
            Assert.True(lines.IndexOf("Reel 1", StringComparison.Ordinal) < lines.IndexOf("Reel 3", StringComparison.Ordinal));
        }
        await desk.SaveAsync("chat-desk");
        await phone.SaveAsync("chat-phone");
        Assert.False(
            (await phone.EvaluateAsync("document.documentElement.scrollWidth > innerWidth")).GetBoolean(),
            "A phone must scroll sideways."
        );
    }

    private static async Task<BrowserPage> SignInAsync(Browser browser, Uri address, TestUser user, int width, int height)
    {
        var page = await browser.OpenAsync(new Uri(address, "/chat"), width, height);
        await page.UntilAsync("document.getElementById('sign-in')?.hidden === false", "the page asks who one is");
        await page.FillAsync("email", user.Email);
        await page.FillAsync("password", user.Password);
        await page.PressEnterAsync();
        await page.UntilAsync("document.getElementById('status').dataset.state === 'connected'", "the page is connected");
        return page;
    }

    private static async Task SayAsync(BrowserPage page, string text)
    {
        await page.FillAsync("text", text);
        await page.PressEnterAsync();
    }

    private static Task HearsAsync(BrowserPage page, string text) =>
        page.UntilAsync($"({Messages}).includes({System.Text.Json.JsonSerializer.Serialize(text)})", $"the page shows: {text}");
}
