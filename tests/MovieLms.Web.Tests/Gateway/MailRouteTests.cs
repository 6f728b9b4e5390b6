using System.Net;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Http;

namespace MovieLms.Web.Tests.Gateway;

public sealed class MailRouteTests
{
    [Fact]
    public async Task Without_a_mail_catcher_mail_is_not_found()
    {
        await using var gateway = await GatewayHost.StartAsync([]);
        Assert.Equal(HttpStatusCode.NotFound, (await gateway.Client.GetAsync("/mail")).StatusCode);
        Assert.DoesNotContain("/mail", await gateway.Client.GetStringAsync("/"));
    }

    [Fact]
    public async Task Only_local_callers_and_administrators_can_read_caught_mail()
    {
        await using var api = await Backend.StartAsync(context =>
            context.Response.WriteAsJsonAsync(new { role = context.Request.Headers.Authorization == "Bearer admin" ? "admin" : "student" })
        );
        await using var mail = await Backend.StartAsync();
        await using var gateway = await GatewayHost.StartAsync([("apiservice", api.Address), ("mail", mail.Address)]);

        Assert.Equal(HttpStatusCode.OK, await GetAsync(gateway));
        Assert.Contains("/mail", await gateway.Client.GetStringAsync("/"));
        foreach (var header in new[] { "X-Forwarded-For", "Forwarded", "X-Real-IP", "X-Client-IP", "Via" })
            Assert.Equal(HttpStatusCode.NotFound, await GetAsync(gateway, header));
        // DNS rebinding: a remote page whose host name resolves to this machine.
        Assert.Equal(HttpStatusCode.NotFound, await GetAsync(gateway, "Host", value: "attacker.example"));
        Assert.Equal(HttpStatusCode.NotFound, await GetAsync(gateway, "X-Forwarded-For", "student"));
        Assert.Single(mail.Received);
        Assert.Equal(HttpStatusCode.OK, await GetAsync(gateway, "X-Forwarded-For", "admin"));

        // The mail catcher receives neither the client's token nor forwarding headers.
        foreach (var received in mail.Received)
            Assert.DoesNotContain(received.Headers.Keys, name => name is "Authorization" or "X-Forwarded-For" or "X-Forwarded-Host");
    }

    private static async Task<HttpStatusCode> GetAsync(
        GatewayHost gateway,
        string? header = null,
        string? token = null,
        string value = "for=127.0.0.1"
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/mail/1");
        if (header is "Via")
            value = "1.1 proxy";
        if (header is not null)
            request.Headers.Add(header, value);
        if (token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var response = await gateway.Client.SendAsync(request);
        return response.StatusCode;
    }
}
