using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR.Client;
using MovieLms.Testing;
using MovieLms.Web.Tests.Accounts;
using MovieLms.Web.Tests.Origin;

namespace MovieLms.Web.Tests.Chat;

/// <summary>Connections of pages to the hub, with the session cookie in place of a token, in Standalone and behind the gateway.</summary>
[Collection(OriginTests.Name)]
public sealed class PageConnectionTests(OriginFixture origins)
{
    public static TheoryData<bool, HttpTransportType> Connections =>
        new MatrixTheoryData<bool, HttpTransportType>(
            [true, false],
            [HttpTransportType.WebSockets, HttpTransportType.ServerSentEvents, HttpTransportType.LongPolling]
        );

    [Theory]
    [MemberData(nameof(Connections))]
    public async Task A_page_connects_with_the_session(bool isStandalone, HttpTransportType transport)
    {
        var address = isStandalone ? origins.Standalone : origins.Gateway;
        using var browser = await SignInAsync(address);
        await using var hub = Connect(address, browser.Cookies, address, transport);
        await hub.StartAsync();
        var room = await hub.InvokeAsync<JsonElement>("JoinRoom", "lobby");
        Assert.Equal("Lobby", room.GetProperty("title").GetString());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Pages_of_other_sites_and_ended_sessions_do_not_connect(bool isStandalone)
    {
        var address = isStandalone ? origins.Standalone : origins.Gateway;
        using var browser = await SignInAsync(address);
        await using var foreign = Connect(address, browser.Cookies, new Uri("https://evil.example"), HttpTransportType.WebSockets);
        var refused = await Assert.ThrowsAsync<HttpRequestException>(() => foreign.StartAsync());
        Assert.True(refused.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden);
        await browser.SubmitAsync("/sign-out");
        await using var ended = Connect(address, browser.Cookies, address, HttpTransportType.WebSockets);
        refused = await Assert.ThrowsAsync<HttpRequestException>(() => ended.StartAsync());
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
    }

    private static async Task<PageBrowser> SignInAsync(Uri address)
    {
        var browser = new PageBrowser(address);
        await browser.SignInAsync(TestUsers.AdminEmail, TestUsers.AdminPassword);
        return browser;
    }

    private static HubConnection Connect(Uri address, CookieContainer cookies, Uri origin, HttpTransportType transport) =>
        new HubConnectionBuilder()
            .WithUrl(
                new Uri(address, "/hubs/chat"),
                options =>
                {
                    options.Transports = transport;
                    options.Cookies = cookies;
                    options.Headers["Origin"] = origin.GetLeftPart(UriPartial.Authority);
                }
            )
            .Build();
}
