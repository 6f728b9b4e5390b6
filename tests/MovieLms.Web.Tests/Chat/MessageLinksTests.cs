using MovieLms.Testing.Tools;
using MovieLms.Web.Chat;

namespace MovieLms.Web.Tests.Chat;

/// <summary>The links in messages, as the server and the script of the page find them.</summary>
public sealed class MessageLinksTests
{
    public static TheoryData<string, string> Texts =>
        new()
        {
            { "no link: example.test, ftp://example.test/a, javascript:alert(1)", "" },
            { "See https://example.test/a?b=c#d.", "https://example.test/a?b=c#d" },
            { "(https://example.test/a) and HTTP://EXAMPLE.test!", "https://example.test/a http://example.test/" },
            { "https://en.wikipedia.org/wiki/Cut_(film), please", "https://en.wikipedia.org/wiki/Cut_(film)" },
            { "\"https://example.test/\"\nhttps://example.test/2", "https://example.test/ https://example.test/2" },
            { "<a href=https://example.test/x>y</a>", "https://example.test/x" },
            { "https:// https://… xhttps://example.test", "" },
        };

    [Theory]
    [MemberData(nameof(Texts))]
    public void The_server_finds_web_addresses(string text, string expected)
    {
        var parts = MessageLinks.Split(text).ToList();
        Assert.Equal(expected, string.Join(' ', parts.Select(part => part.Address).OfType<string>()));
        Assert.Equal(text, string.Concat(parts.Select(part => part.Text)));
    }

    [Fact]
    public async Task The_script_finds_the_same()
    {
        await using var console = await Console.ConsoleHost.StartAsync();
        console.Respond("GET /api/analytics/top-rated", Array.Empty<object>());
        await using var browser = await Browser.StartAsync();
        var page = await browser.OpenAsync(console.Gateway.Address, 1400, 900);
        await page.WaitUntilAsync("document.readyState === 'complete' && !!document.querySelector('h1')", "the page loaded");
        await page.EvaluateAsync(
            $"import('{Assets.Asset.Url("message-text.js")}').then((module) => (window.splitLinks = module.splitLinks)), true"
        );
        await page.WaitUntilAsync("!!window.splitLinks", "the script is loaded");
        foreach (var (text, expected) in Texts.Select(row => row.Data))
        {
            var json = System.Text.Json.JsonSerializer.Serialize(text);
            var found = await page.EvaluateAsync(
                $"splitLinks({json}).map((part) => part.address).filter((address) => address !== null).join(' ')"
            );
            Assert.Equal(expected, found.GetString());
            Assert.Equal(text, (await page.EvaluateAsync($"splitLinks({json}).map((part) => part.text).join('')")).GetString());
        }
    }
}
